import assert from "node:assert/strict";
import fc from "fast-check";
import { passKey } from "./packet/auth.ts";
import { sameValue } from "./equal.ts";
import { instanceConfig } from "./fixtures.ts";

Deno.test("sameValue() of any value and its copy, is true", () => {
  fc.assert(
    fc.property(fc.object(), (value) => assert.ok(sameValue(value, structuredClone(value)))),
  );
});

Deno.test("sameValue() one field, one byte, one key more, is false", () => {
  const a = instanceConfig();
  assert.ok(!sameValue(a, { ...a, priority: 99 }));
  assert.ok(!sameValue(a, { ...a, authentication: { kind: "pass", key: passKey("other") } }));
  assert.ok(sameValue(passKey("same"), passKey("same")) && !sameValue(passKey("same"), {}));
  assert.ok(!sameValue(a, { ...a, mcastSrcIp: "10.0.0.1" }));
  assert.ok(!sameValue([1], { 0: 1 }));
  assert.ok(!sameValue({ a: undefined }, { b: undefined }));
});
