// deno-lint-ignore-file no-console -- a program talks on the console
/**
 * Random faults on clusters, one after the other, for as long as it is told: pairs and triples of ours, and a pair with Debian's keepalived.
 * Says how many faults of which kind were injected, and every violation with its whole story and the seed that brings it back.
 *
 * `main.ts [--minutes N] [--seed N] [--steps N] [--cluster pair|triple|keepalived] [--report FILE]`, see `scripts/chaos`.
 */

import { parseArgs } from "node:util";
import { carryOutRun, type Done, NODES, startOf, type State, THREE } from "../netns/faults/mod.ts";
import { missing } from "../lab/mod.ts";
import { countsOf, reportText, type Violation } from "./report.ts";

/** Clusters, in the order in which they take turns. */
const CLUSTERS: Readonly<Record<string, State>> = {
  pair: startOf(NODES),
  triple: startOf(THREE),
  keepalived: startOf(NODES, ["b"]),
};

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: `${Date.now() % 100_000}` },
    steps: { type: "string", default: "60" },
    cluster: { type: "string" },
    report: { type: "string" },
  },
});

/** Runs until the time is over; gives the exit code. */
async function main(): Promise<number> {
  const lacks = missing(["tcpdump", "tshark", "nft", "python3"]);
  if (lacks !== undefined) {
    console.error(`Cannot run: ${lacks}`);
    return 1;
  }
  const end = Date.now() + Number(values.minutes) * 60_000;
  const names = values.cluster === undefined ? Object.keys(CLUSTERS) : [values.cluster];
  const done: Done[] = [];
  const violations: Violation[] = [];
  for (let round = 0; Date.now() < end; round += 1) {
    const cluster = names[round % names.length] ?? "pair";
    const start = CLUSTERS[cluster];
    if (start === undefined) throw new RangeError(`No cluster ${cluster}`);
    const seed = Number(values.seed) + round;
    const plan = { seed, count: Number(values.steps), start, crashes: true };
    try {
      const steps = await carryOutRun(plan);
      done.push(...steps);
      console.log(`${cluster} ${seed}: ${steps.length} faults, no violation`);
    } catch (error) {
      const story = error instanceof Error ? error.message : `${error}`;
      violations.push({ cluster, seed, story });
      console.log(`${cluster} ${seed}: VIOLATION\n${story}`);
    }
  }
  const text = reportText(countsOf(done), violations);
  console.log(text);
  if (values.report !== undefined) await Deno.writeTextFile(values.report, text);
  return violations.length === 0 ? 0 : 1;
}

Deno.exit(await main());
