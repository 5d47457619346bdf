import assert from "node:assert/strict";
import { lastMoved, lvsFile, tableLines } from "./lvs_files.ts";

Deno.test("lvsFile() of each variant, has as many servers as its table has lines", () => {
  for (const variant of ["base", "weight", "moved", "removed"] as const) {
    const text = lvsFile(5, 4, variant);
    const count = text.match(/virtual_server|real_server/g)?.length;
    assert.equal(count, tableLines(5, 4, variant), variant);
  }
  assert.notEqual(lvsFile(2, 2, "weight"), lvsFile(2, 2, "base"));
});

Deno.test("lastMoved() is the last server that is another, as the kernel writes it", () => {
  // 127.16.0.20: the twentieth, moved by 2^20.
  assert.equal(lastMoved(5, 4), "7F100014");
  assert.match(lvsFile(5, 4, "moved"), /real_server 127\.16\.0\.20 80/);
  assert.doesNotMatch(lvsFile(5, 4, "base"), /127\.16\./);
});
