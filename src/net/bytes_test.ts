import assert from "node:assert/strict";
import fc from "fast-check";
import { equalBytes, fromHex, toHex } from "./bytes.ts";
import { internetChecksum } from "./checksum.ts";

Deno.test("fromHex() toHex() of any bytes, gives them back", () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      (bytes) => assert.deepEqual([...fromHex(toHex(bytes))], [...bytes]),
    ),
  );
});

Deno.test("fromHex() an odd digit, throws with the text", () => {
  assert.throws(() => fromHex("abc"), /Cannot read "abc"/);
});

Deno.test("equalBytes() differs in length or content", () => {
  assert.ok(equalBytes(fromHex("0102"), Uint8Array.of(1, 2)));
  assert.ok(!equalBytes(fromHex("0102"), fromHex("0103")));
  assert.ok(!equalBytes(fromHex("0102"), fromHex("01")));
});

Deno.test("internetChecksum() the example of RFC 1071 §3, gives its sum inverted", () => {
  assert.equal(internetChecksum(fromHex("0001f203f4f5f6f7")), 0xffff - 0xddf2);
});

Deno.test("internetChecksum() data with their checksum, gives 0", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 2, maxLength: 64 }), (bytes) => {
    const even = bytes.length % 2 === 0 ? bytes : Uint8Array.of(...bytes, 0);
    const sum = internetChecksum(even);
    assert.equal(internetChecksum(even, Uint8Array.of(sum >> 8, sum & 0xff)), 0);
  }));
});
