import assert from "node:assert/strict";
import { fromHex } from "../net/bytes.ts";
import { type CoreRecord, decodeRecords } from "./records.ts";
import { EVENTS, REPLIES, STREAM } from "./samples.ts";

Deno.test("decodeRecords() of the stream the core wrote gives every sample in order", () => {
  const [records, carry] = decodeRecords(fromHex(STREAM));
  const expected: CoreRecord[] = [];
  for (const { id, ...result } of REPLIES) {
    expected.push({ kind: "reply", at: expected.length + 1, id, result });
  }
  for (const event of EVENTS) expected.push({ kind: "event", at: expected.length + 1, event });
  const packet = {
    ifindex: 2,
    source: "10.0.0.1",
    destination: "224.0.0.18",
    ttl: 255,
    protocol: 112,
    payload: fromHex("21056400"),
  };
  expected.push({ kind: "packet", at: expected.length + 1, packet });
  assert.deepEqual(records, expected);
  assert.deepEqual(carry, []);
});

Deno.test("decodeRecords() of JSON in several records, also over two drains, joins it", () => {
  const text = JSON.stringify({ event: "expired", order: 1, seq: 2, note: "Grüße ✓ 🂡" });
  const bytes = new TextEncoder().encode(text);
  const event = JSON.parse(text);
  for (let cut = 1; cut < bytes.length; cut++) {
    const [none, carry] = decodeRecords(record(3, { bytes: bytes.slice(0, cut), flags: 1 }));
    assert.deepEqual(none, []);
    const [records, rest] = decodeRecords(record(3, { bytes: bytes.slice(cut) }), carry);
    assert.deepEqual(records, [{ kind: "event", at: 9, event }]);
    assert.deepEqual(rest, []);
  }
});

Deno.test("decodeRecords() keeps nothing of the buffer it decodes", () => {
  const buffer = fromHex(STREAM);
  const [records] = decodeRecords(buffer);
  const [, carry] = decodeRecords(record(3, { bytes: buffer.slice(0, 5), flags: 1 }));
  const before = structuredClone(records);
  buffer.fill(0xff);
  assert.deepEqual(records, before);
  assert.deepEqual(carry, [fromHex(STREAM).slice(0, 5)]);
});

Deno.test("decodeRecords() of what is no record throws RangeError", () => {
  const whole = record(3, { bytes: new TextEncoder().encode('{"event":"overrun"}') });
  for (let length = 1; length < whole.length - 8; length++) {
    assert.throws(() => decodeRecords(whole.slice(0, length)), RangeError, `${length} bytes`);
  }
  assert.throws(() => decodeRecords(record(4, { bytes: fromHex("00") })), RangeError);
});

Deno.test("decodeRecords() of nothing gives nothing", () => {
  assert.deepEqual(decodeRecords(new Uint8Array()), [[], []]);
});

/** A record of the time 9. */
function record(
  kind: number,
  { bytes, flags = 0 }: { readonly bytes: Uint8Array; readonly flags?: number },
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(16 + Math.ceil(bytes.length / 8) * 8);
  new Uint32Array(out.buffer, 0, 1)[0] = bytes.length;
  out.set([kind, flags], 4);
  new BigUint64Array(out.buffer, 8, 1)[0] = 9n;
  out.set(bytes, 16);
  return out;
}
