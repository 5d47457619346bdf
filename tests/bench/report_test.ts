import assert from "node:assert/strict";
import { median, nodesSection, ratio, type Row } from "./report.ts";

const ROW: Row = { name: "Outage", unit: "ms", holdfast: [5, 1, 3], keepalived: [4, 8] };

Deno.test("median(), odd and even numbers of samples", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 8]), 6);
});

Deno.test("ratio(), half as much, and by nothing", () => {
  assert.equal(ratio(ROW), "0.50 x");
  assert.equal(ratio({ ...ROW, keepalived: [0] }), "none");
});

Deno.test("nodesSection(), a row, has medians, spreads and the ratio", () => {
  const setting = {
    date: "2000-01-01",
    machine: "m",
    kernel: "k",
    holdfast: "h",
    keepalived: "k",
    command: "scripts/bench",
    rounds: 3,
  };
  assert.match(
    nodesSection([ROW], setting),
    /\| Outage \| 3\.00 ms \(1\.00 to 5\.00\) \| 6\.00 ms \(4\.00 to 8\.00\) \| 0\.50 x \|/,
  );
});
