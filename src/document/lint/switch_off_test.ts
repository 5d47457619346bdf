import assert from "node:assert/strict";
import { instanceText, lintText } from "./fixtures.ts";

const WITH = (comment: string, before = "") =>
  instanceText([...(before === "" ? [] : [before]), "state MASTER", `nopreempt${comment}`]);

function codes(text: string, off: Parameters<typeof lintText>[1] = {}): readonly string[] {
  return lintText(text, off).map(({ code }) => code);
}

Deno.test("lint() without a comment, finds", () => {
  assert.deepEqual(codes(WITH("")), ["master-nopreempt"]);
});

Deno.test("lint() with a rule off for the run, leaves it out", () => {
  assert.deepEqual(codes(WITH(""), { off: ["master-nopreempt"] }), []);
  assert.deepEqual(codes(WITH(""), { off: ["no-checker"] }), ["master-nopreempt"]);
});

for (
  const comment of [
    " # holdfast: off master-nopreempt",
    " ! holdfast: off master-nopreempt",
    " #holdfast:off no-checker, master-nopreempt # we know",
  ]
) {
  Deno.test(`lint() of a line with "${comment}", leaves the rule out there`, () => {
    assert.deepEqual(codes(WITH(comment)), []);
  });
}

Deno.test("lint() of a line with another rule off, finds", () => {
  assert.deepEqual(codes(WITH(" # holdfast: off no-checker")), ["master-nopreempt"]);
});

Deno.test("lint() after a line that is such a comment alone, leaves the rule out", () => {
  const text = instanceText(["state MASTER", "# holdfast: off master-nopreempt", "nopreempt"]);
  assert.deepEqual(codes(text), []);
});

Deno.test("lint() after a line with text and such a comment, finds", () => {
  const text = instanceText(["state MASTER # holdfast: off master-nopreempt", "nopreempt"]);
  assert.deepEqual(codes(text), ["master-nopreempt"]);
});

Deno.test("lint() with an error's rule off, tells it all the same", () => {
  const text = instanceText(["priority 300 # holdfast: off out-of-range"]);
  assert.deepEqual(codes(text, { off: ["out-of-range"] }), ["out-of-range"]);
});

Deno.test("lint() of a comment with a rule that does not exist, marks the word", () => {
  const [found, ...more] = lintText(instanceText(["# holdfast: off no-cheker"]));
  assert.deepEqual(more, []);
  assert.equal(found?.code, "unknown-rule");
  assert.deepEqual([found?.line, found?.column, found?.length], [7, 19, 9]);
  assert.equal(found?.hint, "did you mean no-checker");
});
