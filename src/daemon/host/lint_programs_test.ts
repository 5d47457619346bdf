import assert from "node:assert/strict";
import { locate } from "./lint_programs.ts";

Deno.test("locate() a program on the path, gives its real path; an unknown one, nothing", async () => {
  assert.match(await locate("sh") ?? "", /^\/.*sh$/);
  assert.equal(await locate("no-such-program-here"), undefined);
});
