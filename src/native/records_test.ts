import assert from "node:assert/strict";
import { fromHex } from "../net/bytes.ts";
import { type Carry, type CoreRecord, readRecords } from "./records.ts";
import { EVENTS, REPLIES, STREAM } from "./samples.ts";

/** What the core can find wrong, by its numbers. */
const DROPS = [
  "authentication-header",
  "length",
  "ttl",
  "version",
  "auth-type",
  "auth-mismatch",
  "auth-failure",
  "interval",
  "type",
  "checksum",
  "destination",
  "owner",
  "unicast-source",
  "trailer-missing",
  "trailer-malformed",
  "trailer-stale",
  "trailer-unknown-key",
  "trailer-forged",
  "trailer-replayed",
] as const;

Deno.test("readRecords() of the stream the core wrote gives every sample in order", () => {
  const [records, carry] = decoded(fromHex(STREAM));
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
    judgement: "unjudged",
    payload: fromHex("21056400"),
  } as const;
  expected.push({ kind: "packet", at: expected.length + 1, packet });
  for (const judgement of ["unjudged", "admitted", ...DROPS] as const) {
    const addresses = { source: "fe80::1", destination: "ff02::12" };
    const payload = fromHex("31056400");
    const v6 = { ...packet, ...addresses, judgement, payload };
    expected.push({ kind: "packet", at: expected.length + 1, packet: v6 });
  }
  assert.deepEqual(records, expected);
  assert.deepEqual(carry, []);
});

Deno.test("readRecords() of JSON in several records, also over two drains, joins it", () => {
  const text = JSON.stringify({ event: "expired", order: 1, seq: 2, note: "Grüße ✓ 🂡" });
  const bytes = new TextEncoder().encode(text);
  const event = JSON.parse(text);
  for (let cut = 1; cut < bytes.length; cut++) {
    const [none, carry] = decoded(record(3, { bytes: bytes.slice(0, cut), flags: 1 }));
    assert.deepEqual(none, []);
    const [records, rest] = decoded(record(3, { bytes: bytes.slice(cut) }), carry);
    assert.deepEqual(records, [{ kind: "event", at: 9, event }]);
    assert.deepEqual(rest, []);
  }
});

Deno.test("readRecords() keeps nothing of the buffer it decodes", () => {
  const buffer = fromHex(STREAM);
  const [records] = decoded(buffer);
  const [, carry] = decoded(record(3, { bytes: buffer.slice(0, 5), flags: 1 }));
  const before = structuredClone(records);
  buffer.fill(0xff);
  assert.deepEqual(records, before);
  assert.deepEqual(carry, [fromHex(STREAM).slice(0, 5)]);
});

Deno.test("readRecords() of what is no record throws RangeError", () => {
  const whole = record(3, { bytes: new TextEncoder().encode('{"event":"overrun"}') });
  for (let length = 1; length < whole.length - 8; length++) {
    assert.throws(() => decoded(whole.slice(0, length)), RangeError, `${length} bytes`);
  }
  assert.throws(() => decoded(record(4, { bytes: fromHex("00") })), RangeError);
});

Deno.test("readRecords() decodes no record before it is asked for", () => {
  const good = record(3, { bytes: new TextEncoder().encode('{"event":"overrun"}') });
  const bad = record(4, { bytes: fromHex("00") });
  const reading = readRecords(Uint8Array.from([...good, ...bad]));
  assert.deepEqual(reading.next().value, { kind: "event", at: 9, event: { event: "overrun" } });
  assert.throws(() => reading.next(), RangeError);
});

Deno.test("readRecords() of nothing gives nothing", () => {
  assert.deepEqual(decoded(new Uint8Array()), [[], []]);
});

/** All records, and what is left over. */
function decoded(
  bytes: Uint8Array<ArrayBuffer>,
  before?: Carry,
): readonly [readonly CoreRecord[], Carry] {
  const reading = readRecords(bytes, before);
  const records: CoreRecord[] = [];
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return [records, value];
    records.push(value);
  }
}

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
