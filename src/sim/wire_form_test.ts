/** What a master sends, field by field, as the RFCs want it: here before the core puts header and checksum to it. */

import assert from "node:assert/strict";
import { fromHex, ipBytes, MILLISECOND, SECOND } from "../net/mod.ts";
import { packetsOf } from "./packets.ts";
import type { VrrpInstanceConfig } from "../vrrp/config.ts";
import { ADDRESSES, addressOn, instanceConfig, LINKS, vrrpConfig } from "../vrrp/fixtures.ts";
import { pduChecksum } from "../vrrp/packet/packet.ts";
import type { Template } from "../vrrp/wire.ts";
import { startTracking, stepTracking } from "../vrrp/part/fixture.ts";

const { authentication: _, ...OPEN } = instanceConfig();
const V3: VrrpInstanceConfig = { ...OPEN, version: 3, advertInt: 1500 * MILLISECOND };
const V6: VrrpInstanceConfig = {
  ...V3,
  family: "inet6",
  virtualAddresses: [
    { address: "fe80::5e", prefixLength: 128 },
    { address: "2001:db8::9", prefixLength: 64 },
  ],
};

interface Sent {
  readonly advert: Template;
  readonly farewell: Template;
  /** Of the advert. */
  readonly bytes: Uint8Array;
}

/** What the master of one instance orders. */
function sent(config: VrrpInstanceConfig): Sent {
  const addresses = [...ADDRESSES, addressOn(2, "2001:db8::1", 64), addressOn(2, "fe80::1", 64)];
  const start = { kind: "start", links: LINKS, addresses } as const;
  const [part, first] = stepTracking(startTracking(vrrpConfig([config]), 0), start, 0);
  const [, later] = stepTracking(part, { kind: "expired", order: 1, seq: 1 }, 10 * SECOND);
  const order = [...first, ...later].find((each) => each.kind === "transmit");
  const [advert, farewell] = [order?.packets[0], order?.farewell[0]];
  assert.ok(advert && farewell);
  return { advert, farewell, bytes: advert.payload };
}

Deno.test("an advert, comes from the primary address of the interface, also of other virtual routers (RFC 9568 §5.1.1.1)", () => {
  assert.equal(sent(V3).advert.source, "172.16.1.134");
  assert.equal(sent({ ...V3, virtualRouterId: 52 }).advert.source, "172.16.1.134");
});

Deno.test("an advert, goes to 224.0.0.18 (RFC 9568 §5.1.1.2)", () => {
  assert.deepEqual(sent(V3).advert.destinations, ["224.0.0.18"]);
});

Deno.test("an advert, has a TTL of 255 (RFC 9568 §5.1.1.3)", () => {
  assert.equal(sent(V3).advert.ttl, 255);
});

Deno.test("an advert, is of IP protocol 112 (RFC 9568 §5.1.1.4)", () => {
  const { advert } = sent(V3);
  assert.equal(advert.channel, "vrrp4");
  assert.deepEqual(packetsOf(advert).map(({ protocol }) => protocol), [112]);
});

Deno.test("an advert over IPv6, comes from the link-local address of the interface (RFC 9568 §5.1.2.1)", () => {
  assert.equal(sent(V6).advert.source, "fe80::1");
});

Deno.test("an advert over IPv6, goes to ff02::12 (RFC 9568 §5.1.2.2)", () => {
  assert.deepEqual(sent(V6).advert.destinations, ["ff02::12"]);
});

Deno.test("an advert over IPv6, has a hop limit of 255 (RFC 9568 §5.1.2.3)", () => {
  assert.equal(sent(V6).advert.ttl, 255);
});

Deno.test("an advert over IPv6, is of next header 112 (RFC 9568 §5.1.2.4)", () => {
  const { advert } = sent(V6);
  assert.equal(advert.channel, "vrrp6");
  assert.deepEqual(packetsOf(advert).map(({ protocol }) => protocol), [112]);
});

Deno.test("an advert, begins with its version (RFC 9568 §5.2.1)", () => {
  assert.deepEqual([OPEN, V3, V6].map((each) => (sent(each).bytes[0] ?? 0) >> 4), [2, 3, 3]);
});

Deno.test("an advert, is of type 1 (RFC 9568 §5.2.2)", () => {
  assert.deepEqual([OPEN, V3, V6].map((each) => (sent(each).bytes[0] ?? 0) & 15), [1, 1, 1]);
});

Deno.test("an advert, has the VRID of its virtual router, 1 to 255 (RFC 9568 §5.2.3, RFC 3768 §7.2)", () => {
  for (const virtualRouterId of [1, 51, 255]) {
    assert.equal(sent({ ...V3, virtualRouterId }).bytes[1], virtualRouterId);
  }
});

Deno.test("an advert, has the priority, 255 of the owner, and 0 when mastership ends (RFC 9568 §5.2.4)", () => {
  assert.equal(sent({ ...V3, priority: 7 }).bytes[2], 7);
  assert.equal(sent({ ...V3, priority: 255 }).bytes[2], 255);
  assert.equal(sent(V3).farewell.payload[2], 0);
});

Deno.test("an advert, says how many addresses it has, and has none of the excluded (RFC 9568 §5.2.5)", () => {
  const excludedAddresses = [{ address: "10.9.9.9", prefixLength: 32 }];
  const { bytes } = sent({ ...V3, excludedAddresses });
  assert.deepEqual([bytes[3], bytes.length], [1, 12]);
  assert.equal(sent(V6).bytes[3], 2);
});

Deno.test("an advert of version 3, has zeros in the reserved bits (RFC 9568 §5.2.6)", () => {
  assert.equal((sent({ ...V3, advertInt: 40_950 * MILLISECOND }).bytes[4] ?? 0) >> 4, 0);
});

Deno.test("an advert, has the interval in 12 bits of centiseconds, in version 2 in seconds (RFC 9568 §5.2.7)", () => {
  const field = (config: VrrpInstanceConfig) => [...sent(config).bytes.subarray(4, 6)];
  assert.deepEqual(field(V3), [0, 150]);
  assert.deepEqual(field({ ...V3, advertInt: 40_950 * MILLISECOND }), [0x0f, 0xff]);
  assert.deepEqual(field({ ...V3, advertInt: 10 * MILLISECOND }), [0, 1]);
  assert.deepEqual(field({ ...OPEN, advertInt: 9 * SECOND }), [0, 9]);
});

Deno.test("an advert, has a checksum over the message, and in version 3 over a pseudo-header too (RFC 9568 §5.2.8)", () => {
  for (const [config, kind] of [[OPEN, "plain"], [V3, "pseudo"], [V6, "pseudo"]] as const) {
    const [packet] = packetsOf(sent(config).advert);
    assert.ok(packet);
    assert.equal(pduChecksum(packet.payload, { kind }, packet), 0);
    assert.notDeepEqual(packet.payload.subarray(6, 8), new Uint8Array(2));
  }
});

Deno.test("an advert, lists the addresses as they are configured, of IPv6 a link-local one first (RFC 9568 §5.2.9)", () => {
  const virtualAddresses = ["172.16.1.99", "172.16.1.7"].map((address) => ({
    address,
    prefixLength: 32,
  }));
  const four = sent({ ...V3, virtualAddresses }).bytes;
  assert.deepEqual(four.subarray(8), fromHex("ac100163" + "ac100107"));
  const six = sent(V6).bytes;
  assert.deepEqual(six.subarray(8, 24), ipBytes("fe80::5e"));
  assert.deepEqual(six.subarray(24), ipBytes("2001:db8::9"));
});

Deno.test("an advert of version 2, fills all fields of its virtual router before it leaves (RFC 3768 §7.2)", () => {
  const { advert, bytes } = sent(instanceConfig());
  assert.deepEqual([...bytes.subarray(0, 6)], [0x21, 51, 100, 1, 1, 1]);
  const { source, destinations, ttl } = advert;
  assert.deepEqual([source, destinations, ttl], ["172.16.1.134", ["224.0.0.18"], 255]);
});
