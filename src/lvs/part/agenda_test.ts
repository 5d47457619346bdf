import assert from "node:assert/strict";
import fc from "fast-check";
import { type Agenda, type Due, withDue, withoutEarliest } from "./agenda.ts";

Deno.test("withDue() withoutEarliest() any entries, come out by time, then by order", () => {
  const entries = fc.array(fc.record({ at: fc.nat(20), order: fc.nat(20), seq: fc.nat() }));
  fc.assert(fc.property(entries, (entries) => {
    let agenda: Agenda;
    for (const due of entries) agenda = withDue(agenda, due);
    const out: Due[] = [];
    for (; agenda !== undefined; agenda = withoutEarliest(agenda)) out.push(agenda.due);
    const byTime = (a: Due, b: Due) => a.at - b.at || a.order - b.order;
    assert.deepEqual(
      out.map(({ at, order }) => [at, order]),
      entries.toSorted(byTime).map(({ at, order }) => [at, order]),
    );
  }));
});

Deno.test("withDue() leaves the agenda it was given alone", () => {
  const one = withDue(undefined, { at: 2, order: 0, seq: 1 });
  const two = withDue(one, { at: 1, order: 1, seq: 2 });
  assert.equal(one?.due.at, 2);
  assert.equal(two?.due.at, 1);
  assert.deepEqual(withoutEarliest(two), one);
});
