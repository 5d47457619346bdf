/**
 * Random faults from outside on a pair of nodes, the same ones for the same seed:
 * `HOLDFAST_SEED=7 HOLDFAST_STEPS=50 deno test -A tests/netns/faults/faults_test.ts`. `scripts/chaos` goes on for as long as it is told.
 */

import { carryOutRun, NODES, startOf } from "./mod.ts";
import { labTest } from "../../lab/mod.ts";

const SEED = Number(Deno.env.get("HOLDFAST_SEED") ?? "20260");
const STEPS = Number(Deno.env.get("HOLDFAST_STEPS") ?? "200");

labTest(
  `faults, ${STEPS} at random (seed ${SEED}), one holder at any time, own addresses stay, nothing is left`,
  ["tcpdump", "tshark", "python3"],
  async () => {
    try {
      await carryOutRun({ seed: SEED, count: STEPS, start: startOf(NODES), crashes: false });
    } catch (error) {
      const command =
        `HOLDFAST_SEED=${SEED} HOLDFAST_STEPS=${STEPS} deno test -A tests/netns/faults/faults_test.ts`;
      const said = error instanceof Error ? error.message : `${error}`;
      throw new Error(`${said}\nAgain: ${command}`, { cause: error });
    }
  },
);
