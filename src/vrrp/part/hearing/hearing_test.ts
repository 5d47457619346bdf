import assert from "node:assert/strict";
import { type Ip, SECOND } from "../../../net/mod.ts";
import type { VrrpInstanceConfig } from "../../config.ts";
import type { Hears } from "../../wire.ts";
import type { ReceivedPacket } from "../../event.ts";
import { addressOn, encodeAdvert, ethernet, instanceConfig, vrrpConfig } from "../../fixtures.ts";
import {
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type TogetherEffect as VrrpEffect,
  type Tracking as VrrpPart,
} from "../fixture.ts";

const [OWN, SECOND_OWN, PEER, OTHER_PEER] = [
  "172.16.1.134",
  "172.16.1.135",
  "172.16.1.138",
  "172.16.1.139",
];
const [GROUP, OTHER_GROUP] = ["224.0.0.18", "233.4.5.6"];

/** Two instances of VRID 51 on eth0. */
function pair(
  a: Partial<VrrpInstanceConfig>,
  b: Partial<VrrpInstanceConfig>,
): readonly [VrrpPart, readonly VrrpEffect[]] {
  const plain = { authentication: undefined };
  const instances = [{ name: "A", ...a }, { name: "B", ...b }].map((each) => {
    const { authentication: _key, ...config } = { ...instanceConfig(each), ...plain };
    return config;
  });
  const start = {
    kind: "start",
    links: [ethernet(2, "eth0")],
    addresses: [addressOn(2, OWN), addressOn(2, SECOND_OWN)],
  } as const;
  return stepVrrp(startVrrp(vrrpConfig(instances), 0), start, 0);
}

function advert(source: Ip, destination: Ip): ReceivedPacket {
  const payload = encodeAdvert(
    { version: 2, vrid: 51, priority: 150, interval: SECOND, addresses: ["172.16.1.99"] },
    { source, destination, checksumAsV2: false },
  );
  const judgement = "unjudged";
  return {
    kind: "packet",
    ifindex: 2,
    source,
    destination,
    ttl: 255,
    protocol: 112,
    payload,
    judgement,
  };
}

/** Who counted the advert as received, and who counted one it could not use. */
function heard(part: VrrpPart, packet: ReceivedPacket): string {
  const [next] = stepVrrp(part, packet, SECOND);
  return next.instances.flatMap(({ config, statistics }, at) => {
    const before = part.instances[at]?.statistics;
    const got = statistics.advert_rcvd - (before?.advert_rcvd ?? 0);
    const changed = before !== statistics;
    return got > 0 ? [config.name] : changed ? [`${config.name} dropped`] : [];
  }).join();
}

const unicast = (source: Ip | undefined, ...peers: readonly Ip[]): Partial<VrrpInstanceConfig> => ({
  unicastPeers: peers.map((address) => ({ address })),
  ...(source !== undefined && { unicastSrcIp: source }),
});

const ROWS: readonly {
  readonly name: string;
  readonly pair: Parameters<typeof pair>;
  readonly hears: readonly (Hears | undefined)[];
  readonly packets: readonly (readonly [source: Ip, destination: Ip, who: string])[];
}[] = [
  {
    name: "two multicast groups",
    pair: [{}, { mcastDstIp: OTHER_GROUP }],
    hears: [{ destination: GROUP, sources: [] }, { destination: OTHER_GROUP, sources: [] }],
    packets: [[PEER, GROUP, "A"], [PEER, OTHER_GROUP, "B"], [PEER, "224.9.9.9", "A dropped"]],
  },
  {
    name: "multicast and unicast",
    pair: [unicast(undefined, PEER), {}],
    hears: [{ destination: OWN, sources: [PEER] }, { destination: GROUP, sources: [] }],
    packets: [[PEER, GROUP, "B"], [PEER, OWN, "A"], [OTHER_PEER, OWN, "A"]],
  },
  {
    name: "unicast with other peers",
    pair: [unicast(OWN, PEER), unicast(OWN, OTHER_PEER)],
    hears: [{ destination: OWN, sources: [PEER] }, { destination: OWN, sources: [OTHER_PEER] }],
    packets: [[PEER, OWN, "A"], [OTHER_PEER, OWN, "B"]],
  },
  {
    name: "unicast from other addresses to one peer",
    pair: [unicast(OWN, PEER), unicast(SECOND_OWN, PEER)],
    hears: [{ destination: OWN, sources: [PEER] }, { destination: SECOND_OWN, sources: [PEER] }],
    packets: [[PEER, OWN, "A"], [PEER, SECOND_OWN, "B"]],
  },
];

for (const { name, pair: [a, b], hears, packets } of ROWS) {
  Deno.test(`stepVrrp() two instances with one VRID, ${name}, each hears its own`, () => {
    const [part, effects] = pair(a, b);
    assert.deepEqual(part.instances.map(({ state }) => state.kind), ["backup", "backup"]);
    const watches = effects.flatMap((each) => each.kind === "watch" ? [each.hears] : []);
    assert.deepEqual(watches, hears);
    for (const [source, destination, who] of packets) {
      assert.equal(heard(part, advert(source, destination)), who, `${source} to ${destination}`);
    }
  });
}

Deno.test("stepVrrp() two multicast groups, the socket joins both and each master sends to its own", () => {
  const [part, effects] = pair({}, { mcastDstIp: OTHER_GROUP });
  const [listen] = effects;
  assert.deepEqual(listen?.kind === "listen" && listen.groups, [GROUP, OTHER_GROUP]);
  const [, sent] = stepVrrp(part, { kind: "expired", order: 2, seq: 1 }, 4 * SECOND);
  const transmit = sent.find((each) => each.kind === "transmit");
  assert.deepEqual(transmit?.packets.flatMap((each) => each.destinations), [OTHER_GROUP]);
});

Deno.test("stepVrrp() an instance in fault, its adverts are not given to the other of its VRID", () => {
  const [part] = pair({}, { mcastDstIp: OTHER_GROUP, mcastSrcIp: "172.16.1.200" });
  assert.deepEqual(part.instances.map(({ state }) => state.kind), ["backup", "fault"]);
  assert.equal(heard(part, advert(PEER, OTHER_GROUP)), "");
});

Deno.test("stepVrrp() an instance alone with its VRID, hears everything that has it", () => {
  const [, effects] = pair({}, { virtualRouterId: 52 });
  const watches = effects.flatMap((each) => each.kind === "watch" ? [each.hears] : []);
  assert.deepEqual(watches, [undefined, undefined]);
});

Deno.test("reload() that brings another instance of a VRID, tells the first what it hears from now on", () => {
  const [part] = pair({}, { virtualRouterId: 52 });
  const [a, b] = part.config.instances;
  assert.ok(a !== undefined && b !== undefined);
  const second = { ...b, virtualRouterId: 51, mcastDstIp: OTHER_GROUP };
  const [next, effects] = stepVrrp(
    part,
    { kind: "reload", config: vrrpConfig([a, second]) },
    SECOND,
  );
  const watch = effects.find((each) => each.kind === "watch" && each.order === 1);
  assert.deepEqual(watch?.kind === "watch" && watch.hears, { destination: GROUP, sources: [] });
  assert.equal(heard(next, advert(PEER, OTHER_GROUP)), "B");
});
