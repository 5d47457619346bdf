import assert from "node:assert/strict";
import { byText, emptySorted, sortedValues, withEntry } from "../persistent/mod.ts";
import type { TrackerState, TrackerStates } from "../track/tracker.ts";
import { thingKey } from "../kernel/thing.ts";
import { ADDRESSES, addressOn, ethernet, instanceConfig, LINKS, vrrpConfig } from "./fixtures.ts";
import { kernelFacts } from "./kernel_facts.ts";
import { configuredThings, desiredThing } from "./part/wanted/things.ts";
import { wantedNow } from "./part/fixture.ts";
import { startVrrp, stepVrrp, type VrrpEffect, type VrrpPart } from "./mod.ts";
import { followingOf } from "./part/health/following.ts";
import { footingOf } from "./part/health/footing.ts";
import { deviceOf } from "./virtual_address.ts";
import { linkAddresses, linksOf, vmacThings } from "./vmac.ts";

const VMAC = { name: "vrrp.51", mac: "00:00:5e:00:01:33", xmitBase: false };
const CONFIG = instanceConfig({ vmac: VMAC });
const ABOVE = ethernet(9, "vrrp.51", { mac: VMAC.mac });

/** What is found of eth0 and the link above it. */
function found(above: "up" | "missing"): TrackerStates {
  const one = withEntry(emptySorted<string, TrackerState>(byText), "interface eth0", "up");
  return withEntry(one, "interface vrrp.51", above);
}

function started(links = LINKS): readonly [VrrpPart, readonly VrrpEffect[]] {
  const trackers = found(links.includes(ABOVE) ? "up" : "missing");
  const part = startVrrp(vrrpConfig([CONFIG]), 0);
  return stepVrrp(part, { kind: "start", links, addresses: ADDRESSES, trackers }, 0);
}

Deno.test("vmacThings() use_vmac, is a link with settings, the interface below does not answer for it", () => {
  const found = vmacThings(vrrpConfig([CONFIG]), kernelFacts(LINKS, []));
  assert.deepEqual(found.map((each) => thingKey(each).trim()), [
    "own-link vrrp.51",
    "sysctl net/ipv4/conf/eth0/arp_ignore",
    "sysctl net/ipv4/conf/eth0/arp_filter",
  ]);
});

Deno.test("vmacThings() interface down or missing, are none: there is nothing to stand on", () => {
  const down = kernelFacts([ethernet(2, "eth0", { up: false })], []);
  for (const facts of [down, kernelFacts([], [])]) {
    assert.deepEqual(vmacThings(vrrpConfig([CONFIG]), facts), []);
  }
});

Deno.test("stepVrrp() use_vmac, waits in init for its link, and stands on it then", () => {
  const [waiting, effects] = started();
  assert.equal(waiting.instances[0]?.state.kind, "init");
  assert(effects.some((each) => each.kind === "reconcile-things"));
  assert(!effects.some((each) => each.kind === "news"), "no fault is told");
  const link = { kind: "link", link: ABOVE, removed: false } as const;
  const [linked] = stepVrrp(waiting, link, 1_000);
  const tracker = { kind: "interface", name: "vrrp.51" } as const;
  const [ready] = stepVrrp(
    linked,
    { kind: "tracked", trackers: found("up"), changed: [tracker] },
    1_000,
  );
  assert.equal(ready.instances[0]?.state.kind, "backup");
  const { health } = ready.instances[0] ?? {};
  assert.deepEqual([health?.ifindex, health?.source], [9, "172.16.1.134"]);
  assert.deepEqual(sortedValues(ready.listening).map(({ ifname }) => ifname), ["vrrp.51"]);
});

Deno.test("stepVrrp() use_vmac, link does not come within 2 s, is in fault", () => {
  const [waiting] = started();
  const [late] = stepVrrp(waiting, { kind: "deadline" }, 2_000_000);
  assert.equal(late.instances[0]?.state.kind, "fault");
});

Deno.test("stepVrrp() use_vmac and shutdown, wants nothing of it any more", () => {
  const [part] = started([...LINKS, ABOVE]);
  const keys = configuredThings(part).map((each) => thingKey(each));
  assert(keys.every((key) => desiredThing(part, key) !== undefined));
  const [stopped] = stepVrrp(part, { kind: "shutdown" }, 1_000);
  assert(keys.every((key) => desiredThing(stopped, key) === undefined));
});

const SIX = instanceConfig({
  family: "inet6",
  version: 3,
  virtualAddresses: [{ address: "fe80::99", prefixLength: 128 }],
  vmac: { name: "vrrp6.51", mac: "00:00:5e:00:02:33", xmitBase: false },
});

const ABOVE_SIX = ethernet(9, "vrrp6.51", { mac: "00:00:5e:00:02:33" });
const LINK_LOCAL = { ...addressOn(2, "fe80::2", 64), scope: 253 };

Deno.test("linkAddresses() use_vmac in IPv6, has the link-local address of the interface below, deprecated", () => {
  const facts = kernelFacts([...LINKS, ABOVE_SIX], [LINK_LOCAL]);
  assert.deepEqual(linkAddresses(SIX, facts), [{
    ifindex: 9,
    address: "fe80::2",
    prefixLength: 64,
    scope: 253,
    flags: 2,
    preferredLifetime: 0,
  }]);
  const tentative = kernelFacts([...LINKS, ABOVE_SIX], [{ ...LINK_LOCAL, tentative: true }]);
  assert.deepEqual(linkAddresses(SIX, tentative), []);
  assert.deepEqual(linkAddresses(SIX, kernelFacts(LINKS, [LINK_LOCAL])), []);
});

Deno.test("linkAddresses() use_ipvlan, has its own address, and the instance sends from it", () => {
  const address = { address: "172.16.1.7", prefixLength: 24 };
  const ipvlan = { mode: "bridge", address } as const;
  const config = instanceConfig({ vmac: { name: "ipv", ipvlan, xmitBase: false } });
  const above = ethernet(9, "ipv");
  const wanted = addressOn(9, "172.16.1.7");
  assert.deepEqual(linkAddresses(config, kernelFacts([...LINKS, above], ADDRESSES)), [wanted]);
  const facts = kernelFacts([...LINKS, above], [...ADDRESSES, wanted]);
  const { link, source, causes } = footingOf(config, facts);
  assert.deepEqual([link?.ifname, source, causes], ["ipv", "172.16.1.7", []]);
  // The addresses stay where they are without it.
  const [own] = config.virtualAddresses;
  assert.equal(own && deviceOf(own, config), "eth0");
});

Deno.test("stepVrrp() use_vmac in IPv6, orders the address of the link as it comes, and is ready when it is there", () => {
  const trackers = ["eth0", "vrrp6.51"].reduce(
    (so, name) => withEntry(so, `interface ${name}`, "up" as TrackerState),
    emptySorted<string, TrackerState>(byText),
  );
  const start = {
    kind: "start",
    links: LINKS,
    addresses: [...ADDRESSES, LINK_LOCAL],
    trackers,
  } as const;
  const [waiting] = stepVrrp(startVrrp(vrrpConfig([SIX]), 0), start, 0);
  const link = { kind: "link", link: ABOVE_SIX, removed: false } as const;
  const [linked, effects] = stepVrrp(waiting, link, 1_000);
  assert(
    effects.some((each) =>
      each.kind === "reconcile-addresses" && each.changed !== "all" &&
      each.changed.some(({ ifindex }) => ifindex === 9)
    ),
  );
  const [address] = wantedNow(linked);
  assert(address);
  assert.equal(linked.instances[0]?.state.kind, "init");
  const event = { kind: "address", address, removed: false, ordered: true } as const;
  const [ready] = stepVrrp(linked, event, 2_000);
  assert.equal(ready.instances[0]?.state.kind, "backup");
  assert.equal(ready.instances[0]?.health.source, "fe80::2");
});

Deno.test("linksOf() addresses with links of their own, has each once, none of which speaks", () => {
  const vmac = { name: "vrrp1.51", mac: "00:00:5e:00:01:33" };
  const config = instanceConfig({
    virtualAddresses: [
      { address: "192.168.1.2", prefixLength: 24, dev: "eth1", vmac },
      { address: "192.168.1.3", prefixLength: 24, dev: "eth1", vmac },
    ],
  });
  assert.deepEqual(linksOf(config), [
    { ...vmac, base: "eth1", family: "inet", speaks: false, ipv6: false },
  ]);
  assert.deepEqual(
    followingOf(config, undefined).map(({ tracker }) => tracker.name).toSorted(),
    ["eth0", "eth1", "vrrp1.51"],
  );
});
