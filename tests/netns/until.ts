/**
 * Waiting in labs: always for a condition, polled, with a limit that is generous because machines
 * are slow.
 */

/** How much slower than the developer's machine this one may be; the VM sets it. From 1. */
export const SLOWNESS = Math.max(1, Number(Deno.env.get("HOLDFAST_LAB_SLOW") ?? "1") || 1);

/** Interval between two looks, in ms. A look often costs a process. */
const POLL = 25 * Math.min(SLOWNESS, 4);

/**
 * Resolves after `ms`. Only for pacing observations, never as a stand-in for waiting for
 * something.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Polls `probe` until it returns something other than `undefined` or `false`, and returns that.
 * Throws after `limit` ms (times SLOWNESS) with `what` and what `explain` adds.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: { readonly limit?: number; readonly explain?: () => string | Promise<string> } = {},
): Promise<T> {
  const limit = (options.limit ?? 15_000) * SLOWNESS;
  const started = performance.now();
  for (;;) {
    const seen = await probe();
    if (seen !== undefined && seen !== false) return seen;
    const spent = performance.now() - started;
    if (spent > limit) {
      const detail = await options.explain?.();
      throw new Error(
        `Waited ${Math.round(spent)} ms in vain: ${what}${
          detail === undefined ? "" : `\n${detail}`
        }`,
      );
    }
    await pause(POLL);
  }
}
