// deno-lint-ignore-file no-console -- a script talks on the console
/**
 * An hour of virtual time for each of many seeds: deno task simulate [--seeds N] [--from SEED] [--minutes N] [--share N --of N] [--tape FILE]
 *
 * A seed that fails leaves a tape, its story without all that is not needed to fail, and the program ends with 1. `--tape` plays one
 * again. `--share` and `--of` play every `of`th seed only, so that several processors can be kept busy.
 */

import { parseArgs } from "./arguments.ts";
import { SECOND } from "../../src/net/mod.ts";
import { type Fault, judge } from "./judge.ts";
import { play } from "./play.ts";
import { shortened } from "./shorten.ts";
import { type Story, storyOf } from "./story.ts";

const { seeds, from, minutes, tape, share, of } = parseArgs(Deno.args);
const duration = minutes * 60 * SECOND;

function faultsOf(story: Story): readonly Fault[] {
  return judge(play(story), story.ends);
}

function tell(faults: readonly Fault[]): void {
  for (const { router, from, to, what } of faults.slice(0, 10)) {
    console.log(
      `  ${(from / SECOND).toFixed(3)} to ${(to / SECOND).toFixed(3)} s: ${router}: ${what}`,
    );
  }
}

if (tape !== undefined) {
  const faults = faultsOf(JSON.parse(Deno.readTextFileSync(tape)));
  tell(faults);
  console.log(`${faults.length} faults`);
  Deno.exit(faults.length > 0 ? 1 : 0);
}

let failed = 0;
/** Seeds between two lines of progress. */
const PROGRESS = 50;
let played = 0;
for (let seed = from + share; seed < from + seeds; seed += of) {
  const story = storyOf(seed, duration);
  const faults = faultsOf(story);
  played += 1;
  if (played % PROGRESS === 0) console.log(`${played} seeds played, ${failed} failed`);
  if (faults.length === 0) continue;
  failed += 1;
  const file = `simulation-${seed}.json`;
  const ends = (faults[0]?.to ?? duration) + SECOND;
  const begun = { ...story, ends, acts: story.acts.filter(({ at }) => at < ends) };
  const short = shortened(begun, (one) => faultsOf(one).length > 0);
  Deno.writeTextFileSync(file, `${JSON.stringify(short, undefined, 1)}\n`);
  console.log(`seed ${seed}: ${faults.length} faults; ${short.acts.length} acts suffice: ${file}`);
  tell(faultsOf(short));
}
console.log(`${played} seeds from ${from + share} on: ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);
