import assert from "node:assert/strict";
import fc from "fast-check";
import { byteLength, decodeText, encodeText } from "./text.ts";

/** Bytes among which beginnings, middles and ends of characters come up often, right and wrong. */
const anyBytes = fc.array(
  fc.oneof(
    fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef),
    fc.constantFrom(0xf0, 0xf4, 0xf5, 0xff),
    fc.integer({ min: 0, max: 255 }),
  ),
  { maxLength: 24 },
).map((bytes) => Uint8Array.from(bytes));

Deno.test("encodeText() of what decodeText() read, gives the bytes back", () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      assert.deepEqual([...encodeText(decodeText(bytes))], [...bytes]);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("byteLength() of any text without bytes that are not UTF-8, is that of its bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      assert.equal(byteLength(text), encodeText(text).length);
    }),
  );
});

/** Bytes and text; RFC 3629 §4 has the ranges. */
for (
  const [name, bytes, text] of [
    ["plain", [0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x99, 0x82], "aé€🙂"],
    ["Latin-1 é", [0x61, 0xe9, 0x62], "a\udce9b"],
    ["an overlong /", [0xc0, 0xaf], "\udcc0\udcaf"],
    ["an overlong three-byte form", [0xe0, 0x9f, 0xbf], "\udce0\udc9f\udcbf"],
    ["an overlong four-byte form", [0xf0, 0x8f, 0xbf, 0xbf], "\udcf0\udc8f\udcbf\udcbf"],
    ["a surrogate", [0xed, 0xa0, 0x80], "\udced\udca0\udc80"],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80], "\udcf4\udc90\udc80\udc80"],
    ["a character cut off at the end", [0x61, 0xe2, 0x82], "a\udce2\udc82"],
    ["a character cut off before another", [0xe2, 0x82, 0xc3, 0xa9], "\udce2\udc82é"],
    ["a byte order mark", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
    ["a byte order mark beside a wrong byte", [0xef, 0xbb, 0xbf, 0xff], "\ufeff\udcff"],
  ] as const
) {
  Deno.test(`decodeText() of ${name}, is ${JSON.stringify(text)}`, () => {
    assert.equal(decodeText(Uint8Array.from(bytes)), text);
  });
}
