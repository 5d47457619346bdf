import assert from "node:assert/strict";
import type { FaultCause, TrackerName } from "../notify/mod.ts";
import { outcomeOf } from "./influence.ts";
import type { TrackerState } from "./tracker.ts";

const CHK: TrackerName = { kind: "script", name: "chk" };
const ETH0: TrackerName = { kind: "interface", name: "eth0" };

const ROWS: readonly {
  readonly tracker: TrackerName;
  readonly state: TrackerState;
  readonly weight: number;
  readonly reverse?: true;
  readonly known?: false;
  readonly amount?: number;
  readonly fault?: FaultCause;
}[] = [
  { tracker: CHK, state: "unknown", weight: 0, known: false },
  { tracker: CHK, state: "unknown", weight: -20 },
  { tracker: CHK, state: "up", weight: 0 },
  { tracker: CHK, state: "down", weight: 0, fault: { kind: "script", name: "chk", ok: false } },
  {
    tracker: CHK,
    state: "up",
    weight: 0,
    reverse: true,
    fault: { kind: "script", name: "chk", ok: true },
  },
  { tracker: CHK, state: "down", weight: 0, reverse: true },
  { tracker: CHK, state: "up", weight: 20, amount: 20 },
  { tracker: CHK, state: "down", weight: 20 },
  { tracker: CHK, state: "up", weight: -20 },
  { tracker: CHK, state: "down", weight: -20, amount: -20 },
  { tracker: ETH0, state: "up", weight: 0 },
  {
    tracker: ETH0,
    state: "down",
    weight: 0,
    fault: { kind: "interface", ifname: "eth0", up: false },
  },
  {
    tracker: ETH0,
    state: "missing",
    weight: 0,
    fault: { kind: "interface-missing", ifname: "eth0" },
  },
  { tracker: ETH0, state: "missing", weight: -5, amount: -5 },
  { tracker: ETH0, state: "missing", weight: 0, reverse: true },
];

for (const { tracker, state, weight, reverse = false, ...row } of ROWS) {
  const how = `weight ${weight}${reverse ? " reverse" : ""}`;
  Deno.test(`outcomeOf() a ${tracker.kind} that is ${state}, ${how}`, () => {
    const { known = true, amount = 0, fault } = row;
    assert.deepEqual(outcomeOf({ tracker, weight, reverse }, state), {
      tracker,
      known,
      amount,
      fault,
    });
  });
}
