import assert from "node:assert/strict";
import fc from "fast-check";
import { compareIp, familyOf, ipBytes, ipFromBytes, isMulticast, parseIp } from "./ip.ts";

const CANONICAL = [
  ["10.0.0.1", "10.0.0.1"],
  ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["::", "::"],
  ["::1", "::1"],
  ["1::", "1::"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["::ffff:10.1.2.3", "::ffff:10.1.2.3"],
  ["fe80::a:10.1.2.3", "fe80::a:a01:203"],
] as const;

for (const [text, canonical] of CANONICAL) {
  Deno.test(`parseIp() ${text}, gives ${canonical} (RFC 5952 §4)`, () => {
    assert.equal(parseIp(text), canonical);
  });
}

for (
  const text of [
    "",
    "1.2.3",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.4/24",
    ":",
    ":::",
    "1:2",
    "g::",
    "1::2::3",
    "::1%eth0",
  ]
) {
  Deno.test(`parseIp() "${text}", is refused`, () => assert.equal(parseIp(text), undefined));
}

Deno.test("ipFromBytes() any 4 or 16 bytes, parse back to the same", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
  );
  fc.assert(fc.property(bytes, (raw) => {
    const ip = parseIp(ipFromBytes(raw));
    assert.ok(ip);
    assert.deepEqual([...ipBytes(ip)], [...raw]);
  }));
});

Deno.test("parseIp() any text, never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => void parseIp(text)));
});

Deno.test("compareIp() orders as numbers, not as text", () => {
  assert.ok(compareIp("10.0.0.9", "10.0.0.10") < 0);
  assert.equal(compareIp("10.0.0.9", "10.0.0.9"), 0);
});

Deno.test("isMulticast() and familyOf() know both families", () => {
  assert.deepEqual(["224.0.0.18", "223.0.0.1", "ff02::12", "fe80::1"].map(isMulticast), [
    true,
    false,
    true,
    false,
  ]);
  assert.deepEqual(["1.2.3.4", "::1"].map(familyOf), ["inet", "inet6"]);
});
