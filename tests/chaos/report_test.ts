import assert from "node:assert/strict";
import { countsOf, reportText } from "./report.ts";

Deno.test("reportText(), some faults and a violation, counts each kind and names the seed", () => {
  const at = { from: 0, to: 1 };
  const counts = countsOf([
    { step: { kind: "kill", node: "a", what: "both", ms: 50 }, ...at },
    { step: { kind: "kill", node: "b", what: "both", ms: 50 }, ...at },
    { step: { kind: "restart", node: "a" }, ...at },
  ]);
  const text = reportText(counts, [{ cluster: "pair", seed: 7, story: "two had it\nand so on" }]);
  assert.match(text, /^3 faults, 1 violations\n {5}2 {2}kill both\n {5}1 {2}restart\n/);
  assert.match(
    text,
    /pair, seed 7: two had it\n {2}again: scripts\/chaos --cluster pair --seed 7$/,
  );
});
