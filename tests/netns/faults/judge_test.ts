/** The verdict itself: a run that went wrong is told from one that did not. */

import assert from "node:assert/strict";
import type { Advert } from "../../lab/capture.ts";
import { outside, rivalry, shared, worst } from "./judge.ts";
import { sightsOf, spansOf } from "./witness.ts";
import { after, holders, START, startOf, steps, THREE } from "./plan.ts";

function advert(at: number, source: string, priority = 100): Advert {
  return {
    at,
    source,
    priority,
    destination: "224.0.0.18",
    ttl: 255,
    version: 3,
    vrid: 1,
    checksumGood: true,
    interval: 200,
    addresses: [],
    authType: undefined,
  };
}

Deno.test("outside, a span with excuses at its edges and within, leaves the rest", () => {
  const excuses = [{ from: 0, to: 12 }, { from: 15, to: 16 }, { from: 19, to: 40 }];
  assert.deepEqual(outside({ from: 10, to: 20 }, excuses), [
    { from: 12, to: 15 },
    { from: 16, to: 19 },
  ]);
  assert.deepEqual(outside({ from: 10, to: 20 }, [{ from: 5, to: Infinity }]), []);
});

Deno.test("shared, two hosts with one address, spans the time of both, to the end if need be", () => {
  const change = (at: number, host: string, kind: "added" | "deleted") =>
    ({ at, host, kind, address: "10.0.0.1" }) as const;
  const changes = [
    change(1, "a", "added"),
    change(5, "b", "added"),
    change(6, "b", "added"),
    change(9, "a", "deleted"),
    change(20, "a", "added"),
  ];
  assert.deepEqual(shared(changes, 50), [{ from: 5, to: 9 }, { from: 20, to: 50 }]);
  assert.deepEqual(worst(shared(changes, 50), [{ from: 19, to: 48 }]), { from: 5, to: 9 });
});

Deno.test("rivalry, adverts of two in turn, spans them; one after a farewell is none", () => {
  const turns = [advert(0, "a"), advert(100, "b"), advert(200, "a"), advert(300, "b")];
  assert.deepEqual(rivalry(turns, 400), [{ from: 100, to: 300 }]);
  assert.deepEqual(rivalry([advert(0, "a"), advert(10, "a", 0), advert(20, "b")], 400), []);
  assert.deepEqual(rivalry([advert(0, "a"), advert(700, "b")], 400), []);
});

Deno.test("steps, the same seed, are the same; each kind comes and the best able node holds", () => {
  const all = steps(1, 400);
  assert.deepEqual(steps(1, 400), all);
  assert.notDeepEqual(steps(2, 400), all);
  const said = new Set(all.map((step) => "what" in step ? `${step.kind} ${step.what}` : step.kind));
  assert.equal(said.size, 12 + 12, [...said].join());
  assert.deepEqual(holders(START), ["a"]);
  const cut = after(START, { kind: "break", node: "b", what: "lan" });
  assert.deepEqual(holders(cut), ["a", "b"]);
  const dumb = after(START, { kind: "script", node: "a", does: "hangs" });
  assert.deepEqual(holders(dumb), ["b"]);
  assert.deepEqual(holders(after(dumb, { kind: "stop", node: "b" })), []);
});

Deno.test("witness, its lines, tell for how long how many answered", () => {
  const sights = sightsOf([
    "begins",
    "1.000 aa:bb",
    "2.000",
    "3.000 aa bb",
    "4.000 late 2.0",
    "6.000 aa",
  ]);
  const spans = (which: (answers: number) => boolean) => spansOf(sights, which, 9_000);
  assert.deepEqual(spans((answers) => answers === 0), [{ from: 2_000, to: 3_000 }]);
  assert.deepEqual(spans((answers) => answers > 1), [{ from: 3_000, to: 4_000 }]);
  assert.deepEqual(spans((answers) => answers === 1).at(-1), { from: 6_000, to: 9_000 });
});

Deno.test("holders(), of three, an isolated node serves alone and the others elect one", () => {
  const three = startOf(THREE);
  assert.deepEqual(holders(three), ["a"]);
  const apart = after(three, { kind: "break", node: "b", what: "lan" });
  assert.deepEqual(holders(apart), ["a", "b"]);
  assert.deepEqual(holders(after(apart, { kind: "stop", node: "a" })), ["b", "c"]);
});
