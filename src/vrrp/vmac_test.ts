import assert from "node:assert/strict";
import { byText, emptySorted, sortedValues, withEntry } from "../persistent/mod.ts";
import type { TrackerState, TrackerStates } from "../track/tracker.ts";
import { thingKey } from "../kernel/thing.ts";
import { ADDRESSES, ethernet, instanceConfig, LINKS, vrrpConfig } from "./fixtures.ts";
import { kernelFacts } from "./kernel_facts.ts";
import { configuredThings, desiredThing } from "./part/wanted/things.ts";
import { startVrrp, stepVrrp, type VrrpEffect, type VrrpPart } from "./mod.ts";
import { vmacThings } from "./vmac.ts";

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
