import assert from "node:assert/strict";
import { bugText, surviveBugs } from "./failures.ts";

Deno.test("surviveBugs() an error and a rejection nobody caught, are logged and nothing ends", async () => {
  const lines: string[] = [];
  const both = Promise.withResolvers<void>();
  {
    using _survivor = surviveBugs(({ text }) => {
      if (lines.push(text) === 2) both.resolve();
    });
    reportError(new RangeError("first"));
    Promise.reject(new TypeError("second"));
    await both.promise;
  }
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /^Internal error during an answer: RangeError: first at /);
  assert.match(lines[1] ?? "", /^Internal error during a task: TypeError: second at /);
});

Deno.test("bugText() whatever is thrown, is one line", () => {
  assert.equal(bugText("just text"), "just text");
  assert.equal(bugText(undefined), "undefined");
  assert.doesNotMatch(bugText(new Error("two\nlines")), /\n/);
});
