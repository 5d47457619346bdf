import assert from "node:assert/strict";
import fc from "fast-check";
import { type Family, fromHex, type Ip, ipFromBytes, SECOND, toHex } from "../../net/mod.ts";
import { passKey } from "./auth.ts";
import { encodeAdvert } from "../fixtures.ts";
import { type Advert, decodeAddresses, decodeHeader, pduChecksum, pduLength } from "./packet.ts";

const ROUTE = { source: "10.9.9.1", destination: "224.0.0.18" };

Deno.test("encodeAdvert() v2 with password, gives the bytes keepalived sends", () => {
  const advert: Advert = {
    version: 2,
    vrid: 5,
    priority: 200,
    interval: SECOND,
    addresses: ["10.9.9.9"],
  };
  const pdu = encodeAdvert(advert, { ...ROUTE, key: passKey("ab"), checksumAsV2: false });
  assert.equal(toHex(pdu), "2105c8010101a1830a0909096162000000000000");
});

Deno.test("encodeAdvert() v3, covers the pseudo-header, and without it when told so", () => {
  const advert: Advert = {
    version: 3,
    vrid: 1,
    priority: 100,
    interval: SECOND,
    addresses: ["10.0.0.9"],
  };
  const route = { source: "10.0.0.1", destination: "224.0.0.18" };
  const envelope = { ...route, checksumAsV2: false };
  const words = [0x0a00, 0x0001, 0xe000, 0x0012, 0x0070, 0x000c];
  const body = [0x3101, 0x6401, 0x0064, 0x0a00, 0x0009];
  const pdu = encodeAdvert(advert, envelope);
  assert.equal(toHex(pdu), `310164010064${hex16(inverted([...words, ...body]))}0a000009`);
  const plain = encodeAdvert(advert, { ...envelope, checksumAsV2: true });
  assert.equal(toHex(plain), `310164010064${hex16(inverted(body))}0a000009`);
});

Deno.test("decodeHeader() decodeAddresses() of any encoded advert, give it back", () => {
  fc.assert(fc.property(anAdvert(), ({ advert, family }) => {
    const source = family === "inet" ? "192.0.2.1" : "fe80::1";
    const destination = family === "inet" ? "224.0.0.18" : "ff02::12";
    const pdu = encodeAdvert(advert, { source, destination, checksumAsV2: false });
    const raw = decodeHeader(pdu);
    assert.ok(raw);
    const { version, vrid, priority, interval } = advert;
    assert.deepEqual(
      { version: raw.version, vrid: raw.vrid, priority: raw.priority, interval: raw.interval },
      { version, vrid, priority, interval },
    );
    assert.equal(pdu.length, pduLength(version, family, raw.count));
    assert.deepEqual(decodeAddresses(pdu, family, raw.count), advert.addresses);
    const kind = family === "inet" && version === 2 ? "plain" : "pseudo";
    assert.equal(pduChecksum(pdu, { kind }, { source, destination }), 0);
  }));
});

Deno.test("decodeHeader() fewer than 8 bytes, gives undefined", () => {
  assert.equal(decodeHeader(fromHex("2105c801010111")), undefined);
});

Deno.test("passKey() cuts at 8 bytes and pads with zeros", () => {
  assert.equal(toHex(passKey("35f18af7190d51c9").reveal()), toHex(passKey("35f18af7").reveal()));
  assert.equal(toHex(passKey("ab").reveal()), "6162000000000000");
  assert.ok(passKey("ab").equals(passKey("ab")));
  assert.ok(!passKey("ab").equals(passKey("ac")));
});

function anAdvert(): fc.Arbitrary<{ readonly advert: Advert; readonly family: Family }> {
  const address = (family: Family): fc.Arbitrary<Ip> => {
    const length = family === "inet" ? 4 : 16;
    return fc.uint8Array({ minLength: length, maxLength: length }).map(ipFromBytes);
  };
  const version = fc.constantFrom<2 | 3>(2, 3);
  return fc.tuple(version, fc.constantFrom<Family>("inet", "inet6")).chain(([v, family]) =>
    fc.record({
      version: fc.constant(v),
      vrid: fc.integer({ min: 1, max: 255 }),
      priority: fc.integer({ min: 0, max: 255 }),
      interval: v === 2
        ? fc.integer({ min: 1, max: 255 }).map((each) => each * SECOND)
        : fc.integer({ min: 1, max: 4095 }).map((each) => each * 10_000),
      addresses: fc.array(address(family), { maxLength: 20 }),
    }).map((advert) => ({ advert, family }))
  );
}

function inverted(words: readonly number[]): number {
  let sum = words.reduce((a, b) => a + b, 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, "0");
}
