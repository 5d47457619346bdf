/** Time. Inside holdfast every duration and every moment is a count of microseconds. */

/** Microseconds, monotonic. The only unit inside; s, cs and ms exist in codecs and keyword rows. */
export type Micros = number & { readonly unit?: "µs" };

/** One millisecond. */
export const MILLISECOND: Micros = 1_000;

/** One second. */
export const SECOND: Micros = 1_000_000;

/** `value` seconds, rounded to a whole microsecond. */
export function seconds(value: number): Micros {
  return Math.round(value * SECOND);
}

/** The earlier of two moments, either of which may be absent. */
export function earlier(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a < b ? a : b;
}
