import assert from "node:assert/strict";
import { alias, block, flag, integer } from "../language/mod.ts";
import { describe } from "./describe.ts";

const row = integer({ min: 1, max: 5, default: "3", text: "Number of things" });

Deno.test("describe() row with range and default, tells them", () =>
  assert.deepEqual(describe("things", { row, target: row, acts: true }), {
    signature: "things <number 1 to 5>",
    facts: ["Number of things.", "Default: 3."],
  }));

Deno.test("describe() row or block around it not acted on, says so", () => {
  const note = "holdfast knows it and does not act on it yet.";
  const later = flag({ acts: false, text: "Later" });
  assert.equal(describe("x", { row: later, target: later, acts: true }).facts.at(-1), note);
  assert.equal(describe("x", { row, target: row, acts: false }).facts.at(-1), note);
});

Deno.test("describe() deprecated alias, tells the meaning of the other and its own fate", () => {
  const other = alias("things", { deprecated: "things" });
  assert.deepEqual(describe("stuff", { row: other, target: row, acts: true }), {
    signature: "stuff <number 1 to 5>",
    facts: [
      "Another name of things.",
      "Number of things.",
      "Default: 3.",
      "Deprecated: write things.",
    ],
  });
});

Deno.test("describe() block that needs keywords, names them", () => {
  const needy = block({ things: row }, { requires: ["things"], text: "A box" });
  assert.deepEqual(describe("box", { row: needy, target: needy, acts: true }), {
    signature: "box { ... }",
    facts: ["A box.", "Needs things."],
  });
});
