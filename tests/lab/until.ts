/**
 * Waiting in labs: always for a condition, polled, with a limit that counts what the machine could have
 * done in that time.
 */

import { measureSpeed, slowness } from "./speed.ts";

/** Interval between two looks on a quiet machine, in ms. A look often costs a process. */
const POLL = 25;

/** How long a quiet machine may take for anything, in ms: many times what it does take. Only a failure costs it. */
const LIMIT = 30_000;

/** So often it is looked at once the time is up: how slow the machine is may have been found too late. */
const LOOKS = 8;

/**
 * Resolves after `ms`. Only for pacing observations, never as a stand-in for waiting for
 * something.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Polls `probe` until it returns something other than `undefined` or `false`, and returns that.
 * Throws with `what` and what `explain` adds when it has waited as long as a quiet machine would in
 * `limit` ms. Says so when only the slowness of the machine made it wait longer than that.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly limit?: number; readonly explain?: () => string | Promise<string> } = {},
): Promise<T> {
  const limit = Math.max(options.limit ?? LIMIT, 1);
  const started = performance.now();
  // Time as a quiet machine would have spent it.
  let effective = 0;
  /** Since the time was up. */
  let looks = 0;
  for (let last = started;;) {
    const seen = await probe();
    const now = performance.now();
    effective += (now - last) / slowness();
    last = now;
    if (seen !== undefined && seen !== false) {
      if (now - started > limit) tellSlow(what, now - started);
      return seen;
    }
    if (effective > limit && ++looks > LOOKS) {
      const detail = await options.explain?.();
      throw new Error(
        `Waited ${seconds(now - started)} in vain${asSlow()}: ${what}${
          detail === undefined ? "" : `\n${detail}`
        }`,
      );
    }
    await measureSpeed();
    await pause(POLL * Math.min(slowness(), 4));
  }
}

function tellSlow(what: string, ms: number): void {
  const line = `slow: waited ${seconds(ms)}${asSlow()}: ${what}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}

function asSlow(): string {
  return slowness() < 1.5
    ? ""
    : ` (the machine is ${slowness().toFixed(1)} times slower than usual)`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
