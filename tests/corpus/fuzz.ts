/**
 * Reads inputs nobody would write for some seconds: `fuzz.ts [seconds] [seed]`. Fails on a throw, a finding out of
 * place or order, a secret told, or time out of proportion to the input. Such an input is left in a file.
 */

import { goldenBases } from "./bases.ts";
import { type Reading, readInput } from "./fuzz_check.ts";
import { fuzzInput } from "./fuzz_input.ts";

/** Longest input, bytes: long enough to see what grows faster than the input. */
const LIMIT = 128 * 1024;

/** Times the median cost that an input may take: collections of garbage come in between. */
const SLOWER = 25;

/** What a million rounds of sequences may take, ms: there the reader gives up. */
const MOST_ROUNDS = 4000;

/** Below this nothing is said of time, ms. */
const LEAST = 40;

function main(): number {
  const seconds = Number(Deno.args[0] ?? 60);
  const seed = Number(Deno.args[1] ?? Date.now() % 1_000_000_000);
  const [first, ...others] = goldenBases().flatMap(({ files }) => Object.values(files));
  if (first === undefined) throw new RangeError("Cannot find a golden case");
  const end = performance.now() + seconds * 1000;
  const costs: number[] = [];
  let bad = 0;
  let count = 0;
  let bytes = 0;
  for (; performance.now() < end && bad < 10; count++) {
    const input = fuzzInput(seed + count, [first, ...others], LIMIT);
    const reading = readInput(input, () => performance.now());
    bytes += input.length;
    const slow = isSlow(reading, costs)
      ? [`${reading.milliseconds} ms for ${reading.kilobytes} KB`]
      : [];
    // A pause of the machine is no property of the input: only what is slow again counts.
    const again = slow.length > 0 && isSlow(readInput(input, () => performance.now()), costs);
    const wrong = [...reading.wrong, ...(again ? slow : [])];
    if (wrong.length > 0) {
      bad++;
      const path = Deno.makeTempFileSync({ prefix: "holdfast-fuzz-", suffix: ".conf" });
      Deno.writeFileSync(path, input);
      print(`seed ${seed + count}, ${path}:\n  ${wrong.slice(0, 5).join("\n  ")}`);
    }
    costs.push(costOf(reading));
  }
  const median = medianOf(costs) * 1000;
  print(
    `${count} inputs of ${(bytes / 2 ** 20).toFixed(1)} MiB from seed ${seed}: ${bad} wrong, ` +
      `median ${median.toFixed(0)} µs per KB and thousand lines`,
  );
  return bad === 0 ? 0 : 1;
}

/** Milliseconds per KB and thousand lines: sequences make many lines of few bytes. */
function costOf({ milliseconds, kilobytes, lines }: Reading): number {
  return milliseconds / (kilobytes + 25 * lines + 0.2);
}

function isSlow(reading: Reading, costs: readonly number[]): boolean {
  if (costs.length < 100 || reading.milliseconds < (reading.goesRound ? MOST_ROUNDS : LEAST)) {
    return false;
  }
  return costOf(reading) > SLOWER * medianOf(costs.slice(-1000));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(main());
