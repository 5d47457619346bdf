import assert from "node:assert/strict";
import fc from "fast-check";
import { sameValue } from "./equal.ts";
import { Secret } from "./secret.ts";

Deno.test("sameValue() of any value and its copy, is true", () => {
  fc.assert(
    fc.property(fc.object(), (value) => assert.ok(sameValue(value, structuredClone(value)))),
  );
});

Deno.test("sameValue() one field, one byte, one key more, is false", () => {
  const key = (byte: number) => new Secret(Uint8Array.of(1, byte));
  const a = { name: "VI_1", priority: 100, authentication: { kind: "pass", key: key(2) } };
  assert.ok(!sameValue(a, { ...a, priority: 99 }));
  assert.ok(!sameValue(a, { ...a, authentication: { kind: "pass", key: key(3) } }));
  assert.ok(sameValue(key(2), key(2)) && !sameValue(key(2), {}));
  assert.ok(!sameValue(a, { ...a, mcastSrcIp: "10.0.0.1" }));
  assert.ok(!sameValue([1], { 0: 1 }));
  assert.ok(!sameValue({ a: undefined }, { b: undefined }));
});
