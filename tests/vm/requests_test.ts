import assert from "node:assert/strict";
import { type Answer, outage } from "./requests.ts";

const answer = (at: number, server?: string): Answer => ({ at, took: 1, server });

Deno.test("outage(), requests fail for a while, from the last answer to the next", () => {
  const answers = [answer(0, "RS1"), answer(20, "RS2"), answer(40), answer(60), answer(80, "RS1")];
  assert.equal(outage(answers, 0, 90), 60);
  // Asked in time, answered late: nothing came in until then.
  const late: Answer = { at: 40, took: 500, server: "RS1" };
  assert.equal(outage([answer(0, "RS1"), answer(20, "RS2"), late], 0, 550), 519);
});

Deno.test("outage(), nothing is answered any more, reaches to the end", () => {
  assert.equal(outage([answer(0, "RS1"), answer(20, "RS1"), answer(40)], 0, 500), 479);
  assert.equal(outage([], 0, 500), 500);
});
