/** Clocks and timers. The clock that decides is the core's; these are for pacing and for people. */

/** A timer that has been set. */
export type Timer = object | number;

/** Longest time a timer can be set to, ms. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Timers as the runtime makes those of the web of them. Whoever first names `setTimeout` waits for a script that is loaded then, which
 * takes as long as a third of a start.
 */
interface OwnTimers {
  createTimer(
    work: () => void,
    ms: number,
    args: undefined,
    isRepeated: boolean,
    keepsAlive: boolean,
  ): object;
  cancelTimer(timer: object): void;
}

/** Absent in a runtime that does not show them. */
let own: OwnTimers | "absent" | undefined;

function ownTimers(): OwnTimers | undefined {
  own ??= findOwnTimers() ?? "absent";
  return own === "absent" ? undefined : own;
}

function findOwnTimers(): OwnTimers | undefined {
  const inside: unknown = Reflect.get(Deno, Reflect.get(Deno, "internal") ?? "internal");
  const core: unknown = isObject(inside) ? Reflect.get(inside, "core") : undefined;
  return isOwnTimers(core) ? core : undefined;
}

function isOwnTimers(value: unknown): value is OwnTimers {
  return isObject(value) &&
    ["createTimer", "cancelTimer"].every((name) => typeof Reflect.get(value, name) === "function");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Calls `work` once, not before `ms` have passed. A set timer keeps the process alive. */
export function setTimer(work: () => void, ms: number): Timer {
  return ownTimers()?.createTimer(work, ms, undefined, false, true) ?? setTimeout(work, ms);
}

/** Forgets a timer, also one that has fired. */
export function clearTimer(timer: Timer | undefined): void {
  if (typeof timer === "number") clearTimeout(timer);
  else if (timer !== undefined) ownTimers()?.cancelTimer(timer);
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimer(resolve, ms));
}

/** Monotonic, in ms from any point. */
export function monotonicMs(): number {
  return performance.now();
}

/** Time of day: ms since 1970, and what local time is ahead of UTC, in minutes. */
export function wallClock(): { readonly ms: number; readonly utcOffsetMinutes: number } {
  const now = new Date();
  return { ms: now.getTime(), utcOffsetMinutes: -now.getTimezoneOffset() };
}

/** A time of day as ISO 8601 in UTC, with ms. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A time of day in UTC as mails have it (RFC 5322 §3.3). */
export function mailTime(ms: number): string {
  return new Date(ms).toUTCString().replace(/GMT$/, "+0000");
}

/** A number below `limit` that nobody can tell beforehand. */
export function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}

/** A name nobody has had. */
export function randomName(): string {
  return crypto.randomUUID();
}
