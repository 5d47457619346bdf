import assert from "node:assert/strict";
import fc from "fast-check";
import { ipBytes, parseIp } from "../../net/ip.ts";
import { addressesOf } from "./group_entry.ts";

for (
  const [text, expected] of [
    ["1.1.1.1", ["1.1.1.1"]],
    ["1.1.2.1-2", ["1.1.2.1", "1.1.2.2"]],
    ["10.0.0.254-10.0.1.1", ["10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"]],
    ["10.0.0.4/30", ["10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7"]],
    ["10.0.0.4/32", ["10.0.0.4"]],
    ["2001:db8::e-10", ["2001:db8::e", "2001:db8::f", "2001:db8::10"]],
    ["2001:db8::/126", ["2001:db8::", "2001:db8::1", "2001:db8::2", "2001:db8::3"]],
  ] as const
) {
  Deno.test(`addressesOf() ${text}, are ${expected.length}`, () => {
    assert.deepEqual(addressesOf(text), expected);
  });
}

for (
  const text of [
    "",
    "10.0.0",
    "10.0.0.9-1",
    "10.0.0.1-256",
    "10.0.0.1-2-3",
    "10.0.0.1-2001:db8::1",
    "10.0.0.1/24",
    "10.0.0.0/33",
    "10.0.0.0/8",
    "2001:db8::1-fffff",
    "localhost",
  ]
) {
  Deno.test(`addressesOf() ${text}, is refused with a reason`, () => {
    assert.equal(typeof addressesOf(text), "string");
  });
}

Deno.test("addressesOf() any range of last octets, ascends by one", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(fc.property(octet, octet, (a, b) => {
    const found = addressesOf(`192.0.2.${a}-${b}`);
    if (b < a) return assert.equal(typeof found, "string");
    assert.ok(Array.isArray(found));
    assert.deepEqual(
      found.map((ip) => ipBytes(parseIp(ip) ?? "")[3]),
      [...Array(b - a + 1).keys()].map((n) => a + n),
    );
  }));
});
