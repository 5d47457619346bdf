import assert from "node:assert/strict";
import { familyOf, SECOND } from "../../../net/mod.ts";
import { describeFaults, logLines } from "../../../notify/mod.ts";
import type { ReceivedPacket } from "../../event.ts";
import {
  ADDRESSES,
  addressOn,
  encodeAdvert,
  instanceConfig,
  LINKS,
  newsOf,
  vrrpConfig,
} from "../../fixtures.ts";
import { startTracking as startVrrp, stepTracking as stepVrrp, type Together } from "../fixture.ts";

const START = { kind: "start", links: LINKS, addresses: ADDRESSES } as const;

function started(config: Together, now = 0) {
  const [part, effects] = stepVrrp(startVrrp(config, now), START, now);
  return { part, effects };
}

function stranger(vrid: number): ReceivedPacket {
  const [source, destination] = ["172.16.1.138", "224.0.0.18"];
  const advert = { version: 2, vrid, priority: 1, interval: SECOND, addresses: [] } as const;
  const payload = encodeAdvert(advert, { source, destination, checksumAsV2: false });
  const [ttl, protocol, judgement] = [255, 112, "unjudged"] as const;
  return { kind: "packet", ifindex: 2, source, destination, ttl, protocol, payload, judgement };
}

Deno.test("stepVrrp() log_unknown_vrids, says whose VRID nobody has here, and only then", () => {
  const said = (logUnknownVrids: boolean, vrid: number) => {
    const { part } = started(vrrpConfig([instanceConfig()], { logUnknownVrids }));
    return newsOf(stepVrrp(part, stranger(vrid), SECOND)[1]).flatMap(logLines)
      .map(({ text }) => text);
  };
  const line = "Advert for unknown virtual_router_id 9 from 172.16.1.138 on eth0";
  assert.deepEqual(said(true, 9), [line]);
  assert.deepEqual(said(false, 9), []);
  assert.ok(!said(true, 51).some((text) => text.includes("unknown")));
});

Deno.test("stepVrrp() vrrp_delay_after_boot, begins when the clock has come to it, which began with the machine", () => {
  const config = vrrpConfig([instanceConfig()], {
    startupDelay: 2 * SECOND,
    delayAfterBoot: 60 * SECOND,
  });
  const kind = (now: number) => {
    const { part } = started(config, 55 * SECOND);
    return stepVrrp(part, { kind: "deadline" }, now)[0].instances[0]?.state.kind;
  };
  assert.equal(kind(58 * SECOND), "init");
  assert.equal(kind(60 * SECOND), "backup");
  assert.equal(started(config, 70 * SECOND).part.instances[0]?.state.kind, "init");
});

Deno.test("stepVrrp() receive buffers, are what the instances of a socket want together", () => {
  const buffer = (config: Together) =>
    started(config).effects.flatMap((each) => each.kind === "listen" ? [each.receiveBuffer] : []);
  const two = [instanceConfig(), instanceConfig({ name: "V", virtualRouterId: 9 })];
  assert.deepEqual(buffer(vrrpConfig(two)), [undefined]);
  const mtu = { policy: "MTU", multiplier: 3 } as const;
  assert.deepEqual(buffer(vrrpConfig(two, { receiveBuffer: mtu })), [2 * 3 * 1500]);
  // 20 bytes of IPv4 header, 8 of VRRP, one address, 8 of password.
  const advert = { policy: "ADVERT", multiplier: 2 } as const;
  assert.deepEqual(buffer(vrrpConfig(two, { receiveBuffer: advert })), [2 * 2 * 40]);
  const own = [instanceConfig({ receiveBuffer: 100_000 }), ...two.slice(1)];
  const bytes = { policy: 5_000, multiplier: 3 } as const;
  assert.deepEqual(buffer(vrrpConfig(own, { receiveBuffer: bytes })), [105_000]);
});

Deno.test("stepVrrp() unicast_fault_no_peer without a peer, is in fault for that", () => {
  const [self] = started(vrrpConfig([instanceConfig({ lacksPeers: true })])).part.instances;
  assert.ok(self?.state.kind === "fault");
  assert.equal(describeFaults(self.state.causes), "it has no unicast peer");
});

Deno.test("stepVrrp() IPv6, listens in its group and sends from the link-local address", () => {
  const { authentication: _, ...plain } = instanceConfig({
    family: "inet6",
    version: 3,
    virtualAddresses: [{ address: "2001:db8::9", prefixLength: 64 }],
  });
  const config = vrrpConfig([plain], { mcastGroup6: "ff02::99" });
  const addresses = [...ADDRESSES, addressOn(2, "2001:db8::1", 64), addressOn(2, "fe80::1", 64)];
  const [part, effects] = stepVrrp(startVrrp(config, 0), { ...START, addresses }, 0);
  const listen = effects.find((each) => each.kind === "listen");
  assert.deepEqual([listen?.channels, listen?.groups], [["vrrp6"], ["ff02::99"]]);
  const [, master] = stepVrrp(part, { kind: "expired", order: 1, seq: 1 }, 4 * SECOND);
  const transmit = master.find((each) => each.kind === "transmit");
  const [template] = transmit?.packets ?? [];
  assert.ok(template);
  const { channel, source, destinations, ttl, checksum } = template;
  assert.deepEqual([channel, source, destinations, ttl], ["vrrp6", "fe80::1", ["ff02::99"], 255]);
  assert.equal(checksum.cover.kind, "pseudo");
  assert.equal(familyOf(transmit?.withdraw[0]?.address ?? ""), "inet6");
});

Deno.test("stepVrrp() VRRPv3 by unicast, a peer of old releases gets the checksum it uses from then on", () => {
  const { authentication: _, ...plain } = instanceConfig({
    version: 3,
    unicastPeers: [{ address: "172.16.1.138" }, { address: "172.16.1.139" }],
  });
  const { part } = started(vrrpConfig([plain]));
  const [master] = stepVrrp(part, { kind: "expired", order: 1, seq: 1 }, 4 * SECOND);
  const [source, destination] = ["172.16.1.138", "172.16.1.134"];
  const advert = { version: 3, vrid: 51, priority: 1, interval: SECOND, addresses: [] } as const;
  // The checksum of the group, though it is sent to us.
  const payload = encodeAdvert(advert, {
    source,
    destination: "224.0.0.18",
    checksumAsV2: false,
  });
  const packet = { ...stranger(51), source, destination, payload };
  const [, effects] = stepVrrp(master, packet, 5 * SECOND);
  const transmit = effects.findLast((each) => each.kind === "transmit");
  const forms = transmit?.packets.map(({ destinations, checksum }) =>
    `${destinations.join()} ${checksum.cover.kind}`
  );
  assert.deepEqual(forms, ["172.16.1.138 pseudo-to", "172.16.1.139 pseudo"]);
});
