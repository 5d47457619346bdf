import assert from "node:assert/strict";
import { Secret } from "./secret.ts";

const SECRET = new Secret(Uint8Array.of(0x68, 0x75, 0x6e, 0x74));

Deno.test("Secret however it is printed, is not shown", () => {
  const shown = [
    `${SECRET}`,
    String(SECRET),
    JSON.stringify({ key: SECRET }),
    Deno.inspect({ key: SECRET }),
    JSON.stringify({ ...SECRET }),
    Object.entries(SECRET).join(),
  ];
  for (const text of shown) assert.doesNotMatch(text, /hunt|68|104/);
  assert.equal(JSON.stringify({ key: SECRET }), '{"key":"…"}');
});

Deno.test("Secret equals() compares bytes; reveal() gives a copy", () => {
  const copy = SECRET.reveal();
  assert.ok(SECRET.equals(new Secret(copy)) && SECRET.equals(copy));
  copy[0] = 0;
  assert.ok(!SECRET.equals(copy));
  assert.ok(SECRET.equals(SECRET.reveal()));
  assert.ok(!SECRET.equals(Uint8Array.of(0x68)));
});
