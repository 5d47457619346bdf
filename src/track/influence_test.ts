import assert from "node:assert/strict";
import type { FaultCause } from "../notify/mod.ts";
import { outcomeOf } from "./influence.ts";
import type { Tracker, TrackerState } from "./tracker.ts";

const CHK: Tracker = { kind: "script", name: "chk" };
const ETH0: Tracker = { kind: "interface", name: "eth0" };

const LOAD: Tracker = { kind: "file", name: "load" };
const BFD: Tracker = { kind: "bfd", name: "peer" };

function fileFault(value: number): FaultCause {
  return { kind: "tracker", tracker: LOAD, found: `has ${value}` };
}

const ROWS: readonly {
  readonly tracker: Tracker;
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
  {
    tracker: CHK,
    state: "down",
    weight: 0,
    fault: { kind: "tracker", tracker: { kind: "script", name: "chk" }, found: "failed" },
  },
  {
    tracker: CHK,
    state: "up",
    weight: 0,
    reverse: true,
    fault: { kind: "tracker", tracker: { kind: "script", name: "chk" }, found: "succeeded" },
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
    fault: { kind: "tracker", tracker: { kind: "interface", name: "eth0" }, found: "is down" },
  },
  {
    tracker: ETH0,
    state: "missing",
    weight: 0,
    fault: {
      kind: "tracker",
      tracker: { kind: "interface", name: "eth0" },
      found: "does not exist",
    },
  },
  { tracker: ETH0, state: "missing", weight: -5, amount: -5 },
  { tracker: ETH0, state: "missing", weight: 0, reverse: true },
  { tracker: LOAD, state: "unknown", weight: 0, known: false },
  { tracker: LOAD, state: 0, weight: 0 },
  { tracker: LOAD, state: 7, weight: 0, fault: fileFault(7) },
  { tracker: LOAD, state: 7, weight: 0, reverse: true },
  { tracker: LOAD, state: 0, weight: 0, reverse: true, fault: fileFault(0) },
  { tracker: LOAD, state: 7, weight: 3, amount: 21 },
  { tracker: LOAD, state: -7, weight: 3, amount: -21 },
  { tracker: LOAD, state: 7, weight: 3, reverse: true, amount: -21 },
  { tracker: LOAD, state: -253, weight: 1, amount: -253 },
  { tracker: LOAD, state: -254, weight: 1, fault: fileFault(-254) },
  { tracker: LOAD, state: 2_147_483_647, weight: 254, amount: 253 },
  { tracker: BFD, state: "unknown", weight: 0 },
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
