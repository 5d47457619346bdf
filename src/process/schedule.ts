/**
 * `reload_time_file`: when to read again. Its first line is `HH:MM:SS`, or behind a date `YY-MM-DD ` or `YYYY-MM-DD `, in local time
 * or with `Z` at the end in UTC (keepalived.conf(5)).
 */

/** A moment, ms since 1970 in UTC. */
type Moment = number;

/** What such a file says. */
export type WrittenTime =
  | { readonly kind: "moment"; readonly at: Moment }
  /** The next time it is so late; every day, when it is to be repeated. */
  | { readonly kind: "daily"; readonly at: Moment };

const DAY = 86_400_000;

/** Reads the text of a file at a moment; `localOffset`: minutes local time is ahead of UTC. `undefined`: no time is in it. */
export function readReloadTime(
  text: string,
  { now, localOffset }: { readonly now: Moment; readonly localOffset: number },
): WrittenTime | undefined {
  const line = text.split("\n", 1)[0] ?? "";
  const found = /^(?:(\d{2}|\d{4})-(\d\d)-(\d\d) )?([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(Z)?$/
    .exec(line);
  if (found === null) return undefined;
  const [year, month, day, hours, minutes, seconds] = found.slice(1, 7).map(Number);
  const shift = found[7] === undefined ? 60_000 * localOffset : 0;
  const clock = 1_000 * (3_600 * (hours ?? 0) + 60 * (minutes ?? 0) + (seconds ?? 0));
  if (found[1] === undefined) {
    const today = Math.floor((now + shift) / DAY) * DAY + clock - shift;
    return { kind: "daily", at: today > now ? today : today + DAY };
  }
  const full = (year ?? 0) < 100 ? 2_000 + (year ?? 0) : year ?? 0;
  const date = dayOf(full, month ?? 0, day ?? 0);
  return date === undefined ? undefined : { kind: "moment", at: date + clock - shift };
}

/** Start of a day of the calendar in UTC; `undefined` for one that it does not have. */
function dayOf(year: number, month: number, day: number): Moment | undefined {
  const lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const length = lengths[month - 1];
  if (length === undefined || day < 1 || day > length) return undefined;
  const before = lengths.slice(0, month - 1).reduce((sum, each) => sum + each, 0);
  const years = year - 1970;
  const leaps = leapsUpTo(year - 1) - leapsUpTo(1969);
  return (365 * years + leaps + before + day - 1) * DAY;
}

function leapsUpTo(year: number): number {
  return Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
}

function isLeap(year: number): boolean {
  return leapsUpTo(year) > leapsUpTo(year - 1);
}
