/**
 * How slow this machine is at the moment, against the one the limits of labs were written for: a quiet
 * one with two processors. Emulation, other work and few processors all show in the time a small
 * computation takes in a process of its own.
 */

/** What is computed: a loop of a shell. */
const WORK = "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done";

/** How long that takes on a quiet machine, ms. */
const USUAL = 7.5;

/** What a lab knows of its machine beforehand, from 1; the VM sets it. */
const AT_LEAST = Math.max(1, Number(Deno.env.get("HOLDFAST_LAB_SLOW") ?? "1") || 1);

/** Nobody waits longer for a failure, however slow the machine. */
const AT_MOST = 40;

/** Nobody is starved for several times as many seconds; beyond, tests only take longer. */
const LONGEST_BEAT = 5;

/** How many measurements count: the last ones, so that one bad moment does not. */
const KEPT = 3;

/** A measurement holds for so long, ms, and for so many times what it took: it must not be the load itself. */
const HOLDS = { ms: 3_000, times: 20 } as const;

/** What was measured: times of the last ones in ms, and until when the last holds. */
const known: { times: readonly number[]; until: number } = { times: [], until: 0 };

/** Seconds for a time limit in a configuration that is one second on a quiet machine, as words of a file. */
export function patience(seconds = 1): number {
  return Math.ceil(seconds * slowness());
}

/**
 * Length in whole seconds of what is a second on a quiet machine, where programs must not be starved for several of them, such as an
 * interval between adverts. Asked once for a test: all its nodes have the same.
 */
export async function beat(): Promise<number> {
  return Math.min(Math.ceil(await measureSpeed() / 3), LONGEST_BEAT);
}

/** Times slower than usual, from 1. What {@linkcode measureSpeed} found last. */
export function slowness(): number {
  const [middle = USUAL] = known.times.toSorted((a, b) => a - b).slice(
    (known.times.length - 1) / 2,
  );
  return Math.min(AT_MOST, Math.max(AT_LEAST, middle / USUAL));
}

/** Measures, unless the last measurement still holds; gives the slowness. */
export async function measureSpeed(): Promise<number> {
  const started = performance.now();
  if (started < known.until) return slowness();
  await new Deno.Command("sh", { args: ["-c", WORK], stdin: "null" }).output();
  const took = performance.now() - started;
  known.times = [...known.times, took].slice(-KEPT);
  known.until = started + took + Math.max(HOLDS.ms, HOLDS.times * took);
  return slowness();
}
