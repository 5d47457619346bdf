import assert from "node:assert/strict";
import { openTidying } from "./tidying.ts";

Deno.test("openTidying() asked twice in a short time, gives back once, behind the later", async () => {
  const times: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = performance.now();
  using tidying = openTidying(() => {
    times.push(performance.now());
    resolve();
  }, 20);
  tidying.soon();
  tidying.soon();
  await promise;
  assert.equal(times.length, 1);
  assert.ok((times[0] ?? 0) - begun >= 19, `${times[0]} behind ${begun}`);
});
