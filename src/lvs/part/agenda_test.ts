import assert from "node:assert/strict";
import fc from "fast-check";
import { type Agenda, type Due, withDue, withoutEarliest } from "./agenda.ts";

Deno.test("withDue() withoutEarliest() any entries, come out by time", () => {
  const task = fc.record({ kind: fc.constant("run" as const), order: fc.nat(20), seq: fc.nat() });
  const entries = fc.array(fc.record({ at: fc.nat(20), task }));
  fc.assert(fc.property(entries, (entries) => {
    let agenda: Agenda;
    for (const due of entries) agenda = withDue(agenda, due);
    const out: Due[] = [];
    for (; agenda !== undefined; agenda = withoutEarliest(agenda)) out.push(agenda.due);
    const times = (all: readonly Due[]) => all.map(({ at }) => at);
    assert.deepEqual(times(out), times(entries).toSorted((a, b) => a - b));
    assert.deepEqual(new Set(out), new Set(entries));
  }));
});

Deno.test("withDue() leaves the agenda it was given alone", () => {
  const one = withDue(undefined, { at: 2, task: { kind: "run", order: 0, seq: 1 } });
  const two = withDue(one, { at: 1, task: { kind: "run", order: 1, seq: 2 } });
  assert.equal(one?.due.at, 2);
  assert.equal(two?.due.at, 1);
  assert.deepEqual(withoutEarliest(two), one);
});
