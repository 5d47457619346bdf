import assert from "node:assert/strict";
import { missingCapabilities } from "./privileges.ts";

const BOTH = ["CAP_NET_ADMIN", "CAP_NET_RAW"] as const;

for (
  const [name, hex, missing] of [
    ["root has all", "000001ffffffffff", []],
    ["nobody has none", "0000000000000000", BOTH],
    ["bit 12 alone, lacks raw sockets", "0000000000001000", ["CAP_NET_RAW"]],
    ["bit 13 alone, may not change addresses", "0000000000002000", ["CAP_NET_ADMIN"]],
  ] as const
) {
  Deno.test(`missingCapabilities() ${name}`, () => {
    const status = `CapPrm:\t000001ffffffffff\nCapEff:\t${hex}\nCapBnd:\t000001ffffffffff\n`;
    assert.deepEqual(missingCapabilities(BOTH, status), missing);
  });
}

Deno.test("missingCapabilities() a kernel that does not say, is believed to allow it", () => {
  assert.deepEqual(missingCapabilities(BOTH, "Name:\tdeno\n"), []);
});
