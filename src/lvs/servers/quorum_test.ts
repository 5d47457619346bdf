import assert from "node:assert/strict";
import fc from "fast-check";
import { gainAt, hasQuorum, loseBelow } from "./quorum.ts";

const ROWS: readonly (readonly [boolean, number, number, number, boolean])[] = [
  // had, live weight, quorum, hysteresis, has
  [false, 0, 1, 0, false],
  [false, 1, 1, 0, true],
  [true, 1, 1, 0, true],
  [true, 0, 1, 0, false],
  [false, 3, 3, 1, false],
  [false, 4, 3, 1, true],
  [true, 3, 3, 1, true],
  [true, 2, 3, 1, true],
  [true, 1, 3, 1, false],
  [true, 0, 5, 4, false],
  [true, 1, 5, 4, true],
];

for (const [had, live, quorum, hysteresis, has] of ROWS) {
  const name = `${had ? "with" : "without"} quorum, weight ${live} of ${quorum}±${hysteresis}`;
  Deno.test(`hasQuorum() ${name}, is ${has}`, () => {
    assert.equal(hasQuorum(had, live, { quorum, hysteresis }), has);
  });
}

const rule = fc.integer({ min: 1, max: 50 }).chain((quorum) =>
  fc.record({ quorum: fc.constant(quorum), hysteresis: fc.nat(quorum - 1) })
);

Deno.test("hasQuorum() of one weight, does not flap: asked again it stays", () => {
  fc.assert(fc.property(rule, fc.boolean(), fc.nat(120), (rule, had, live) => {
    const once = hasQuorum(had, live, rule);
    assert.equal(hasQuorum(once, live, rule), once);
  }));
});

Deno.test("hasQuorum() weights between the two limits, never change it", () => {
  fc.assert(fc.property(rule, fc.boolean(), fc.array(fc.nat(120)), (rule, had, weights) => {
    for (const live of weights) {
      if (live >= loseBelow(rule) && live < gainAt(rule)) {
        assert.equal(hasQuorum(had, live, rule), had);
      }
    }
    assert.equal(hasQuorum(had, 0, rule), false);
  }));
});
