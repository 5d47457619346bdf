/** Clocks and timers. The clock that decides is the core's; these are for pacing and for people. */

/** A timer that has been set. */
export type Timer = ReturnType<typeof setTimeout>;

/** Longest time a timer can be set to, ms. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls `work` once, not before `ms` have passed. A set timer keeps the process alive. */
export function setTimer(work: () => void, ms: number): Timer {
  return setTimeout(work, ms);
}

/** Forgets a timer, also one that has fired. */
export function clearTimer(timer: Timer | undefined): void {
  clearTimeout(timer);
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
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
