import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import type { VrrpEffect } from "./effect.ts";
import { addressOn, ethernet, instanceConfig, syncGroup, vrrpConfig } from "./fixtures.ts";
import {
  configuredAddresses,
  desiredAddresses,
  nextVrrpDeadline,
  startVrrp,
  stepVrrp,
} from "./part.ts";

const VI_1 = instanceConfig();
const VI_GATEWAY = instanceConfig({
  name: "VI_GATEWAY",
  interface: "eth1",
  virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
});
const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const ADDRESSES = [addressOn(2, "172.16.1.134"), addressOn(3, "192.168.1.131")];
const START = { kind: "start", links: LINKS, addresses: ADDRESSES } as const;
const PAIR = vrrpConfig([VI_1, VI_GATEWAY], { groups: [syncGroup(["VI_1", "VI_GATEWAY"])] });

/** Effects as short words: the kind and who it is for. */
function words(effects: readonly VrrpEffect[]): readonly string[] {
  return effects.map((effect) => {
    switch (effect.kind) {
      case "transmit":
      case "cease":
      case "watch":
      case "unwatch":
        return `${effect.kind} ${effect.order}`;
      case "notify":
        return `notify ${effect.name} ${effect.state}`;
      case "log":
        return effect.text;
      case "transition":
        return `${effect.instance} ${effect.from}>${effect.to}`;
      case "announce":
        return `announce ${effect.addresses.join(" ")} x${effect.repeat}`;
      default:
        return effect.kind;
    }
  });
}

Deno.test("stepVrrp() start, listens, goes to backup and watches for one master down interval", () => {
  const [part, effects] = stepVrrp(startVrrp(PAIR, 0), START, 0);
  assert.deepEqual(words(effects), [
    "listen",
    "listen",
    "(VI_1) Entering BACKUP STATE (init)",
    "VI_1 init>backup",
    "(VI_GATEWAY) Entering BACKUP STATE (init)",
    "VI_GATEWAY init>backup",
    "reconcile-addresses",
    "notify VI_1 BACKUP",
    "notify VI_GATEWAY BACKUP",
    "VRRP_Group(VG1) Entering BACKUP STATE",
    "notify VG1 BACKUP",
    "watch 1",
    "watch 2",
  ]);
  assert.deepEqual(desiredAddresses(part), []);
  assert.equal(configuredAddresses(part).length, 2);
  assert.equal(nextVrrpDeadline(part), undefined);
});

Deno.test("stepVrrp() both timers of a sync group expire, both addresses come in one step", () => {
  const [started] = stepVrrp(startVrrp(PAIR, 0), START, 0);
  const now = 3.7 * SECOND;
  const [willing, none] = stepVrrp(started, { kind: "expired", order: 1, seq: 1 }, now);
  assert.deepEqual(none, []);
  assert.deepEqual(desiredAddresses(willing), []);
  const [part, effects] = stepVrrp(willing, { kind: "expired", order: 2, seq: 1 }, now);
  assert.deepEqual(words(effects), [
    "transmit 1",
    "transmit 2",
    "(VI_1) Entering MASTER STATE",
    "VI_1 backup>master",
    "(VI_GATEWAY) Entering MASTER STATE",
    "VI_GATEWAY backup>master",
    "reconcile-addresses",
    "announce 172.16.1.99 x5",
    "announce 192.168.1.2 x5",
    "notify VI_1 MASTER",
    "notify VI_GATEWAY MASTER",
    "VRRP_Group(VG1) Entering MASTER STATE",
    "notify VG1 MASTER",
  ]);
  assert.deepEqual(
    desiredAddresses(part).map((each) => `${each.address} ${each.ifindex}`),
    ["172.16.1.99 2", "192.168.1.2 3"],
  );
  assert.equal(nextVrrpDeadline(part), now + 5 * SECOND);
});

Deno.test("stepVrrp() a stale expiry or foreign order, gives the part itself and nothing", () => {
  const [part] = stepVrrp(startVrrp(PAIR, 0), START, 0);
  for (const event of [{ order: 1, seq: 0 }, { order: 9, seq: 1 }]) {
    const [next, effects] = stepVrrp(part, { kind: "expired", ...event }, SECOND);
    assert.equal(next, part);
    assert.deepEqual(effects, []);
  }
});
