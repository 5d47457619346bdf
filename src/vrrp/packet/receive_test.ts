import assert from "node:assert/strict";
import fc from "fast-check";
import { fromHex, SECOND, Secret } from "../../net/mod.ts";
import { passKey } from "./auth.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { ReceivedPacket } from "../event.ts";
import { concatBytes, encodeAdvert, instanceConfig } from "../fixtures.ts";
import type { DropReason } from "../drop_reason.ts";
import { receive, sameAddresses } from "./receive.ts";
import { COUNTER_OF, KEEPALIVED_COUNTERS, OWN_COUNTERS } from "../fsm/statistics.ts";

const GROUP = "224.0.0.18";
/** The advert of wire.md §1.2, captured from keepalived 2.4.3. */
const CAPTURED = fromHex("2105c8010101a1830a0909096162000000000000");
const V2 = instanceConfig({
  virtualRouterId: 5,
  authentication: { kind: "pass", key: passKey("ab") },
  virtualAddresses: [{ address: "10.9.9.9", prefixLength: 32 }],
});
const { authentication: _, ...OPEN } = V2;
const V3: VrrpInstanceConfig = { ...OPEN, version: 3 };
const V3_PDU = encodeAdvert(
  { version: 3, vrid: 5, priority: 200, interval: SECOND, addresses: ["10.9.9.9"] },
  { source: "10.9.9.2", destination: GROUP, checksumAsV2: false },
);
const UNICAST: VrrpInstanceConfig = { ...V2, unicastPeers: [{ address: "10.9.9.2" }] };

function packet(changes: Partial<ReceivedPacket> = {}): ReceivedPacket {
  return {
    kind: "packet",
    ifindex: 2,
    source: "10.9.9.2",
    destination: GROUP,
    ttl: 255,
    protocol: 112,
    payload: CAPTURED,
    judgement: "unjudged",
    ...changes,
  };
}

/** The captured advert with one byte changed and, unless told not to, its checksum put right. */
function altered(at: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(CAPTURED);
  // RFC 1624: the checksum changes with the word by the difference, inverted.
  const word = (index: number) => ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  const start = at & ~1;
  const before = word(start);
  bytes[at] = value;
  let sum = (~word(6) & 0xffff) + (~before & 0xffff) + word(start);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  bytes[6] = (~sum & 0xffff) >> 8;
  bytes[7] = ~sum & 0xff;
  return bytes;
}

Deno.test("receive() the advert keepalived sent, accepts it (RFC 3768 §7.1)", () => {
  assert.deepEqual(receive(packet(), { config: V2, group: GROUP }), {
    kind: "accepted",
    advert: { version: 2, vrid: 5, priority: 200, interval: SECOND, addresses: ["10.9.9.9"] },
    pdu: CAPTURED,
    cover: { kind: "plain" },
  });
});

Deno.test("receive() VRRPv3, accepts it, also with another interval (RFC 9568 §7.1)", () => {
  const config = { ...V3, advertInt: 2 * SECOND };
  const reception = receive(packet({ payload: V3_PDU }), { config, group: GROUP });
  assert.equal(reception.kind, "accepted");
});

/** VRRPv3 by unicast, as releases before 1.3.6 spoke it: the checksum is that of the group. */
const OLD_UNICAST: VrrpInstanceConfig = { ...V3, unicastPeers: [{ address: "10.9.9.2" }] };
const SIGNED: VrrpInstanceConfig = {
  ...OPEN,
  authentication: {
    kind: "hmac",
    keys: [{ id: 1, key: new Secret(new Uint8Array(32)) }],
    activeKey: 1,
    mode: "enforce",
  },
};
const SIGNED_PDU = altered(4, 0);
const AH: VrrpInstanceConfig = {
  ...OPEN,
  authentication: { kind: "ah", key: passKey("ab") },
};

Deno.test("receive() a v3 checksum in any of its forms, accepts it and says which it is", () => {
  const plain = encodeAdvert(
    { version: 3, vrid: 5, priority: 200, interval: SECOND, addresses: ["10.9.9.9"] },
    { source: "10.9.9.2", destination: GROUP, checksumAsV2: true },
  );
  const form = (config: VrrpInstanceConfig, changes: Partial<ReceivedPacket>) => {
    const reception = receive(packet(changes), { config, group: GROUP });
    return reception.kind === "accepted" ? reception.cover?.kind : reception.kind;
  };
  assert.equal(form(V3, { payload: V3_PDU }), "pseudo");
  assert.equal(form(V3, { payload: plain }), "plain");
  assert.equal(form(OLD_UNICAST, { destination: "10.9.9.1", payload: V3_PDU }), "pseudo-to");
});

Deno.test("receive() a seal nobody has proved, is no advert; proved by the core, it is without the seal", () => {
  for (
    const [config, sealed] of [
      [SIGNED, { payload: concatBytes(SIGNED_PDU, new Uint8Array(28)) }],
      [AH, { protocol: 51, payload: concatBytes(new Uint8Array(24), altered(4, 2)) }],
    ] as const
  ) {
    assert.equal(receive(packet(sealed), { config, group: GROUP }).kind, "unproved");
    const proved = packet({ ...sealed, judgement: "admitted" });
    const reception = receive(proved, { config, group: GROUP });
    assert.equal(reception.kind === "accepted" && reception.pdu.length, 20);
  }
});

interface Drop {
  readonly name: string;
  readonly reason: DropReason;
  readonly config?: VrrpInstanceConfig;
  readonly packet: Partial<ReceivedPacket>;
}

/** In the order of the ladder: everything above a check is right, most below it too. */
const DROPS: readonly Drop[] = [
  { name: "an AH header", reason: "authentication-header", packet: { protocol: 51 } },
  {
    name: "7 bytes (RFC 9568 §7.1, RFC 3768 §7.1)",
    reason: "length",
    packet: { payload: CAPTURED.subarray(0, 7) },
  },
  { name: "one byte missing", reason: "length", packet: { payload: CAPTURED.subarray(0, 19) } },
  {
    name: "four bytes too many, though the datagram is shorter than an Ethernet frame",
    reason: "length",
    packet: { payload: concatBytes(CAPTURED, new Uint8Array(4)) },
  },
  {
    name: "an HMAC trailer of 28 bytes",
    reason: "length",
    packet: { payload: concatBytes(CAPTURED, new Uint8Array(28)) },
  },
  {
    name: "a TTL of 254 (RFC 9568 §7.1, §5.1.1.3, RFC 3768 §7.1)",
    reason: "ttl",
    packet: { ttl: 254 },
  },
  {
    name: "VRRPv3 for a v2 instance (RFC 9568 §7.1, §5.2.1, RFC 3768 §7.1)",
    reason: "version",
    packet: { payload: V3_PDU },
  },
  { name: "VRRPv2 for a v3 instance", reason: "version", config: V3, packet: {} },
  {
    name: "authentication type 7 (RFC 3768 §7.1)",
    reason: "auth-type",
    packet: { payload: altered(4, 7) },
  },
  {
    name: "no password where one is wanted (RFC 3768 §7.1)",
    reason: "auth-mismatch",
    packet: { payload: altered(4, 0) },
  },
  { name: "a password where none is wanted", reason: "auth-mismatch", config: OPEN, packet: {} },
  {
    name: "another password (RFC 3768 §7.1)",
    reason: "auth-failure",
    packet: { payload: altered(13, 0x63) },
  },
  {
    name: "another interval in v2 (RFC 3768 §7.1)",
    reason: "interval",
    packet: { payload: altered(5, 2) },
  },
  { name: "type 2 (RFC 9568 §5.2.2)", reason: "type", packet: { payload: altered(0, 0x22) } },
  {
    name: "an interval of 0 in v3",
    reason: "interval",
    config: V3,
    packet: { payload: fromHex("3105c8010000ffff0a090909") },
  },
  {
    name: "a wrong checksum (RFC 9568 §7.1, §5.2.8, RFC 3768 §7.1)",
    reason: "checksum",
    packet: { payload: CAPTURED.with(2, 100) },
  },
  {
    name: "a v3 checksum of old releases where it is never looked for",
    reason: "checksum",
    config: { ...OLD_UNICAST, oldUnicastChecksum: "never" },
    packet: { destination: "10.9.9.1", payload: V3_PDU },
  },
  { name: "no trailer", reason: "trailer-missing", config: SIGNED, packet: {} },
  ...([
    "trailer-malformed",
    "trailer-stale",
    "trailer-unknown-key",
    "trailer-forged",
    "trailer-replayed",
  ] as const).map((reason): Drop => ({
    name: `what the core calls ${reason}`,
    reason,
    config: SIGNED,
    packet: { payload: concatBytes(SIGNED_PDU, new Uint8Array(28)), judgement: reason },
  })),
  {
    name: "what the core calls auth-failure, of an authentication header",
    reason: "auth-failure",
    config: AH,
    packet: {
      protocol: 51,
      payload: concatBytes(new Uint8Array(24), altered(4, 2)),
      judgement: "auth-failure",
    },
  },
  { name: "sent to this node alone", reason: "destination", packet: { destination: "10.9.9.1" } },
  { name: "sent to another group", reason: "destination", packet: { destination: "224.1.111.1" } },
  {
    name: "sent to a group though unicast is configured",
    reason: "destination",
    config: UNICAST,
    packet: {},
  },
  {
    name: "an owner that ignores adverts",
    reason: "owner",
    config: { ...V2, priority: 255, ownerIgnoreAdverts: true },
    packet: {},
  },
  {
    name: "a sender that is no peer, with check_unicast_src",
    reason: "unicast-source",
    config: { ...UNICAST, checkUnicastSrc: true },
    packet: { destination: "10.9.9.1", source: "10.9.9.7" },
  },
  {
    name: "a peer beyond its TTL limits",
    reason: "unicast-source",
    config: {
      ...UNICAST,
      checkUnicastSrc: true,
      unicastPeers: [{ address: "10.9.9.2", minTtl: 254 }],
    },
    packet: { destination: "10.9.9.1", ttl: 253 },
  },
];

for (const { name, reason, config = V2, packet: changes } of DROPS) {
  Deno.test(`receive() ${name}, drops it for ${reason}`, () => {
    const reception = receive(packet(changes), { config, group: GROUP });
    assert.equal(reception.kind === "dropped" ? reception.reason : reception.kind, reason);
  });
}

Deno.test("receive() every reason for a drop is tested and has a counter", () => {
  const tested = new Set(DROPS.map((drop) => drop.reason));
  assert.deepEqual(new Set(Object.keys(COUNTER_OF)), tested);
  const names: readonly string[] = [...KEEPALIVED_COUNTERS, ...OWN_COUNTERS];
  for (const counter of Object.values(COUNTER_OF)) assert.ok(names.includes(counter));
});

Deno.test("receive() unicast with a small TTL, accepts it", () => {
  const sent = packet({ destination: "10.9.9.1", ttl: 60 });
  assert.equal(receive(sent, { config: UNICAST, group: GROUP }).kind, "accepted");
});

Deno.test("receive() with v3_checksum_as_v2, takes any checksum", () => {
  const config = { ...V3, v3ChecksumAsV2: true };
  const payload = V3_PDU.with(6, 0).with(7, 0);
  assert.equal(receive(packet({ payload }), { config, group: GROUP }).kind, "accepted");
});

Deno.test("receive() does not write the password into the detail of a drop", () => {
  const payload = altered(13, 0x63);
  assert.ok(
    !JSON.stringify(receive(packet({ payload }), { config: V2, group: GROUP })).includes("ab"),
  );
});

Deno.test("sameAddresses() in any order, but neither more nor less", () => {
  const config = instanceConfig({
    virtualAddresses: ["10.0.0.8", "10.0.0.9"].map((address) => ({ address, prefixLength: 32 })),
  });
  const advert = { version: 2, vrid: 5, priority: 1, interval: SECOND } as const;
  const same = (...addresses: string[]) => sameAddresses({ ...advert, addresses }, config);
  assert.ok(same("10.0.0.9", "10.0.0.8"));
  assert.ok(!same("10.0.0.9"));
  assert.ok(!same("10.0.0.9", "10.0.0.7"));
});

Deno.test("receive() no bytes throw", () => {
  const configs = fc.constantFrom(V2, V3, OPEN, UNICAST, { ...V3, v3ChecksumAsV2: true });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(fc.nat(19), fc.nat(255)).map(([at, value]) => altered(at, value)),
    fc.nat(20).map((length) => CAPTURED.subarray(0, length)),
  );
  fc.assert(fc.property(configs, bytes, fc.nat(255), (config, payload, ttl) => {
    const reception = receive(packet({ payload, ttl }), { config, group: GROUP });
    assert.ok(reception.kind !== "dropped" || reception.detail.length > 0);
  }));
});
