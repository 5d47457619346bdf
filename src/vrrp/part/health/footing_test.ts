import assert from "node:assert/strict";
import type { Address } from "../../../kernel/address.ts";
import type { Link } from "../../../kernel/link.ts";
import { SECOND } from "../../../net/mod.ts";
import type { VrrpInstanceConfig } from "../../config.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../../fixtures.ts";
import { kernelFacts } from "../../kernel_facts.ts";
import { footingOf } from "./footing.ts";
import {
  nextTogether,
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type TogetherEffect as VrrpEffect,
  type TogetherEvent as VrrpEvent,
  type Tracking as VrrpPart,
  wantedNow,
} from "../fixture.ts";

const LO = ethernet(1, "lo", { loopback: true });
const [ETH0, ETH1] = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const OWN = addressOn(2, "172.16.1.134");
const OTHER = addressOn(2, "172.16.1.200");
const UNICAST = { unicastPeers: [{ address: "172.16.1.139" }], unicastSrcIp: OTHER.address };

/** One instance and what came of the last event. */
interface Run {
  readonly part: VrrpPart;
  readonly effects: readonly VrrpEffect[];
}

function begin(config: Partial<VrrpInstanceConfig>, addresses: readonly Address[]): Run {
  const part = startVrrp(vrrpConfig([instanceConfig(config)]), 0);
  const start = { kind: "start", links: [LO, ETH0, ETH1], addresses } as const;
  return go({ part, effects: [] }, start);
}

function go({ part }: Run, event: VrrpEvent): Run {
  const [next, effects] = stepVrrp(part, event, 5 * SECOND);
  return { part: next, effects };
}

const gains = (run: Run, address: Address) => go(run, { kind: "address", address, removed: false });
const lacks = (run: Run, address: Address) => go(run, { kind: "address", address, removed: true });
const turns = (run: Run, link: Link) => go(run, { kind: "link", link, removed: false });
const stateOf = ({ part }: Run) => part.instances[0]?.state.kind;
const sourceOf = ({ part }: Run) => part.instances[0]?.health.source;

/** It is gone, and does not come back. */
function loses(run: Run, address: Address): Run {
  const { part, effects } = lacks(run, address);
  const [rested, more] = stepVrrp(part, { kind: "deadline" }, 5.1 * SECOND);
  return { part: rested, effects: [...effects, ...more] };
}

function faultsOf({ part }: Run): readonly unknown[] {
  const state = part.instances[0]?.state;
  return state?.kind === "fault" ? state.causes : [];
}

/** It has waited for its master in vain. */
function promoted(run: Run): Run {
  const [self] = run.part.instances;
  return go(run, { kind: "expired", order: self?.order ?? 0, seq: self?.seq ?? 0 });
}

function listen(ifindex: number, ifname: string): VrrpEffect {
  return { kind: "listen", ifindex, ifname, channels: ["vrrp4"], groups: [] };
}

/** Source of what is sent from now on, and the interface it leaves by. */
function sends({ effects }: Run): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "transmit" ? [`${effect.packets[0]?.source} by ${effect.ifindex}`] : []
  );
}

for (
  const { name, config } of [
    { name: "unicast_src_ip", config: UNICAST },
    { name: "mcast_src_ip", config: { mcastSrcIp: OTHER.address } },
    { name: "unicast_src_ip without peers", config: { unicastSrcIp: OTHER.address } },
    {
      name: "mcast_src_ip with peers",
      config: { ...UNICAST, unicastSrcIp: undefined, mcastSrcIp: OTHER.address },
    },
  ]
) {
  // `undefined` in a row means that it is not written.
  const written = Object.fromEntries(
    Object.entries(config).filter(([, value]) => value !== undefined),
  );
  Deno.test(`stepVrrp() ${name} that no interface has, waits, begins when it comes and is in fault when it goes`, () => {
    const waiting = begin(written, [OWN]);
    assert.deepEqual(faultsOf(waiting), [{ kind: "source-missing", source: OTHER.address }]);
    assert.equal(stateOf(gains(waiting, addressOn(2, "172.16.1.77"))), "fault");
    const there = gains(waiting, OTHER);
    assert.equal(stateOf(there), "backup");
    const master = promoted(there);
    assert.deepEqual(sends(master), ["172.16.1.200 by 2"]);
    const gone = loses(master, OTHER);
    assert.equal(stateOf(gone), "fault");
    assert.ok(gone.effects.some((each) => each.kind === "cease" && each.farewell));
    assert.equal(stateOf(gains(gone, OTHER)), "backup");
  });
}

Deno.test("stepVrrp() a configured source that another interface has, counts until that one goes", () => {
  const run = begin(UNICAST, [OWN, { ...OTHER, ifindex: 1, prefixLength: 32 }]);
  assert.deepEqual(sends(promoted(run)), ["172.16.1.200 by 2"]);
  const elsewhere = begin(UNICAST, [OWN, { ...OTHER, ifindex: 3 }]);
  assert.equal(stateOf(elsewhere), "backup");
  assert.equal(stateOf(go(elsewhere, { kind: "link", link: ETH1, removed: true })), "fault");
});

Deno.test("stepVrrp() a configured source on two interfaces, is there until the last one loses it", () => {
  const [here, there] = [OTHER, { ...OTHER, ifindex: 3 }];
  const both = begin(UNICAST, [OWN, here, there]);
  const one = loses(both, here);
  assert.equal(stateOf(one), "backup");
  assert.equal(stateOf(loses(one, there)), "fault");
});

Deno.test("stepVrrp() an address that is tentative, is no source until it is not", () => {
  const run = begin(UNICAST, [OWN, { ...OTHER, tentative: true }]);
  assert.equal(stateOf(run), "fault");
  assert.equal(stateOf(gains(run, OTHER)), "backup");
});

Deno.test("footingOf() IPv6, takes the first link-local address that is not tentative", () => {
  const config = instanceConfig({ family: "inet6" });
  const address = (ip: string): Address => ({ ...addressOn(2, ip, 64), scope: 253 });
  const source = (...addresses: readonly Address[]) => {
    const kernel = kernelFacts([ETH0], addresses);
    return footingOf(config, kernel).source;
  };
  const first = address("fe80::1");
  assert.equal(source(first, address("fe80::2")), "fe80::1");
  assert.equal(source({ ...first, tentative: true }, address("fe80::2")), "fe80::2");
  assert.equal(source({ ...first, tentative: true }), undefined);
});

Deno.test("stepVrrp() an own address that is replaced, as by DHCP, is followed by a master", () => {
  const master = promoted(begin({}, [OWN]));
  assert.deepEqual(sends(master), ["172.16.1.134 by 2"]);
  const both = gains(master, OTHER);
  assert.deepEqual(sends(both), []);
  const replaced = loses(both, OWN);
  assert.deepEqual([stateOf(replaced), sends(replaced)], ["master", ["172.16.1.200 by 2"]]);
  assert.equal(stateOf(loses(replaced, OTHER)), "fault");
});

Deno.test("stepVrrp() an own address that is flushed and there again at once, leaves a master what it is", () => {
  const vip = addressOn(2, "172.16.1.99", 32);
  const master = gains(promoted(begin({}, [OWN])), vip);
  const flushed = lacks(lacks(master, vip), OWN);
  assert.deepEqual([stateOf(flushed), flushed.effects], ["master", []]);
  // The virtual address comes behind the own one, and nobody said anything before.
  const back = gains(flushed, OWN);
  assert.deepEqual([stateOf(back), sourceOf(back)], ["master", OWN.address]);
  assert.deepEqual(back.effects.map(({ kind }) => kind), [
    "news",
    "reconcile-addresses",
    "announce",
  ]);
  const waits = nextTogether(flushed.part) ?? Infinity;
  assert.ok(waits > 5 * SECOND && waits <= 5.1 * SECOND, `${waits}`);
  const gone = loses(gains(master, vip), OWN);
  assert.equal(stateOf(gone), "fault");
  assert.ok(!JSON.stringify(gone.effects).includes("address-taken"), "nothing is put back");
});

Deno.test("stepVrrp() a primary that goes with its secondary, is one fault and nothing is put back (keepalived)", () => {
  const vip = addressOn(2, "172.16.1.99", 32);
  const master = gains(promoted(begin({}, [OWN])), vip);
  const gone = loses(lacks(master, vip), OWN);
  assert.equal(stateOf(gone), "fault");
  const news = gone.effects.flatMap((each) => each.kind === "news" ? [each.news.kind] : []);
  assert.deepEqual(news, ["instance"]);
  assert.deepEqual(wantedNow(gone.part), []);
});

Deno.test("stepVrrp() reload with another source, waits for that", () => {
  const run = begin(UNICAST, [OWN, OTHER]);
  const config = vrrpConfig([instanceConfig({ ...UNICAST, unicastSrcIp: "172.16.1.201" })]);
  const reloaded = go(run, { kind: "reload", config });
  assert.equal(stateOf(reloaded), "fault");
  assert.equal(stateOf(loses(reloaded, OTHER)), "fault");
  assert.equal(stateOf(gains(reloaded, addressOn(2, "172.16.1.201"))), "backup");
  const back = go(reloaded, { kind: "reload", config: run.part.config });
  assert.equal(stateOf(back), "backup");
});

/** The instance names no interface. */
function roaming(addresses: readonly Address[]): Run {
  const { interface: _interface, ...rest } = instanceConfig({
    ...UNICAST,
    virtualAddresses: [{ address: "172.16.1.99", prefixLength: 32, dev: "eth0" }],
  });
  const part = startVrrp(vrrpConfig([rest]), 0);
  const start = { kind: "start", links: [LO, ETH0, ETH1], addresses } as const;
  return go({ part, effects: [] }, start);
}

Deno.test("stepVrrp() unicast without interface, stands on the interface that has its source and moves with it", () => {
  const waiting = roaming([OWN]);
  assert.equal(stateOf(waiting), "fault");
  const there = gains(waiting, OTHER);
  assert.deepEqual(there.effects[0], listen(2, "eth0"));
  const master = promoted(there);
  assert.deepEqual(sends(master), ["172.16.1.200 by 2"]);
  const moving = loses(master, OTHER);
  assert.equal(stateOf(moving), "fault");
  assert.deepEqual(moving.effects.at(-1), { kind: "unlisten", ifindex: 2 });
  const moved = gains(moving, { ...OTHER, ifindex: 3 });
  assert.deepEqual(moved.effects[0], listen(3, "eth1"));
  assert.deepEqual(sends(promoted(moved)), ["172.16.1.200 by 3"]);
});

Deno.test("stepVrrp() unicast without interface, is in fault while the one it stands on is down", () => {
  const run = roaming([{ ...OTHER, ifindex: 3 }]);
  assert.equal(stateOf(run), "backup");
  const down = turns(run, { ...ETH1, running: false });
  const tracker = { kind: "interface", name: "eth1" };
  assert.deepEqual(faultsOf(down), [{ kind: "tracker", tracker, found: "is down" }]);
  const renamed = turns(turns(down, ETH1), { ...ETH1, ifname: "lan1" });
  assert.equal(stateOf(renamed), "backup");
  assert.deepEqual(renamed.effects, [listen(3, "lan1")]);
  assert.equal(stateOf(go(renamed, { kind: "link", link: ETH1, removed: true })), "fault");
});

Deno.test("stepVrrp() unicast without interface and its source on a loopback, says that it must be named", () => {
  const source = OTHER.address;
  const run = roaming([{ ...OTHER, ifindex: 1, prefixLength: 32 }]);
  assert.deepEqual(faultsOf(run), [{ kind: "source-on-loopback", source }]);
});

Deno.test("stepVrrp() unicast without interface, a failed socket is its fault too", () => {
  const run = roaming([OTHER]);
  const failed = go(run, { kind: "listen-result", ifindex: 2, failure: "EPERM" });
  assert.deepEqual(faultsOf(failed), [{ kind: "socket", ifname: "eth0", reason: "EPERM" }]);
});

Deno.test("stepVrrp() source that is there, is what adverts are compared with", () => {
  assert.equal(sourceOf(begin(UNICAST, [OWN, OTHER])), OTHER.address);
});
