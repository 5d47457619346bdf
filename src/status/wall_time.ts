/** Moments of the calendar as text. Pure arithmetic: the caller says what time it is and where. */

/** `1795217177.524548`: seconds since 1970 with microseconds. `wall` in µs. */
export function epochText(wall: number): string {
  const whole = Math.floor(wall / 1_000_000);
  return `${whole}.${pad(Math.round(wall - whole * 1_000_000), 6)}`;
}

/** `Fri Nov 20 23:26:17.524548 2026`, local time. `wall` in µs since 1970, `utcOffset` in s. */
export function calendarText(wall: number, utcOffset: number): string {
  const local = wall + utcOffset * 1_000_000;
  const second = Math.floor(local / 1_000_000);
  const micros = Math.round(local - second * 1_000_000);
  const day = Math.floor(second / 86_400);
  const inDay = second - day * 86_400;
  const { year, month, date } = civil(day);
  const clock = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60]
    .map((part) => pad(part, 2)).join(":");
  const weekday = WEEKDAYS[((day % 7) + 7) % 7] ?? "";
  const monthName = MONTHS[month - 1] ?? "";
  return `${weekday} ${monthName} ${pad(date, 2)} ${clock}.${pad(micros, 6)} ${year}`;
}

/** `2026-11-20T23:26:17.524Z`: ISO 8601 in UTC, to the ms. `wall` in µs since 1970. */
export function isoText(wall: number): string {
  const ms = Math.floor(wall / 1_000);
  const day = Math.floor(ms / 86_400_000);
  const inDay = ms - day * 86_400_000;
  const { year, month, date } = civil(day);
  const clock = [
    Math.floor(inDay / 3_600_000),
    Math.floor(inDay / 60_000) % 60,
    Math.floor(inDay / 1_000) % 60,
  ].map((part) => pad(part, 2)).join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}T${clock}.${pad(inDay % 1_000, 3)}Z`;
}

/** Date of a day counted from 1970-01-01, Gregorian; years are counted from March, in eras of 400. */
function civil(
  day: number,
): { readonly year: number; readonly month: number; readonly date: number } {
  const shifted = day + 719_468; // days from 0000-03-01 to 1970-01-01
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear = ofEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const date = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date };
}

function pad(value: number, digits: number): string {
  return `${value}`.padStart(digits, "0");
}

/** 1970-01-01 was a Thursday. */
const WEEKDAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];
