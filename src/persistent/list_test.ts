import assert from "node:assert/strict";
import { appended, type List, listed } from "./list.ts";

Deno.test("appended() to a list, leaves the list as it was", () => {
  const one: List<number> = appended(undefined, 1);
  const two = appended(one, 2);
  assert.deepEqual(listed(two), [1, 2]);
  assert.deepEqual(listed(one), [1]);
  assert.deepEqual(listed(undefined), []);
  assert.equal(two?.before, one);
});
