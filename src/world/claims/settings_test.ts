import assert from "node:assert/strict";
import type { Changed } from "../../kernel/changed.ts";
import { thingText } from "../../kernel/thing_text.ts";
import { ethernet, instanceConfig, vrrpConfig } from "../../vrrp/fixtures.ts";
import type { Claims } from "./claims.ts";
import type { WorldEffect } from "../effect.ts";
import type { WorldEvent } from "../event.ts";
import { DEFAULT_OPTIONS, newWorld, update, type World, type WorldOptions } from "../mod.ts";
import { worldConfig } from "../fixtures.ts";

const NAME = "net/ipv4/conf/eth0/promote_secondaries";
const WAS: Changed = { kind: "sysctl", name: NAME, was: "0", is: "1" };

/** A node, and what it asked for: operations, and settings it claims to have changed. */
class Node {
  world: World;
  constructor(promoteSecondaries: boolean, options: Partial<WorldOptions> = {}) {
    const some = instanceConfig(promoteSecondaries ? { promoteSecondaries } : {});
    const config = worldConfig({ vrrp: vrrpConfig([some]) });
    this.world = newWorld(config, { ...DEFAULT_OPTIONS, ...options }, 0);
  }
  start(left?: Claims): readonly string[] {
    const links = [ethernet(2, "eth0")];
    return this.feed({ kind: "start", links, addresses: [], ...(left && { left }) });
  }
  feed(event: WorldEvent, errno = 0): readonly string[] {
    const [world, effects] = update(this.world, event, 0);
    this.world = world;
    return effects.flatMap((effect) => this.#said(effect, errno));
  }
  #said(effect: WorldEffect, errno: number): readonly string[] {
    if (effect.kind === "claim") {
      const settings = effect.claims.settings ?? [];
      return settings.length === 0 ? ["claims none"] : settings.map((each) => `claims ${each.was}`);
    }
    if (effect.kind !== "kernel-apply") return [];
    const { operations } = effect;
    const errnos = operations.map(() => errno);
    const did = operations.map((each) => `${each.op} ${thingText(each)}`);
    return [...did, ...this.feed({ kind: "kernel-applied", operations, errnos })];
  }
}

const SETTING = "net.ipv4.conf.eth0.promote_secondaries = 1";
const LEFT: Claims = { addresses: [], services: [], settings: [WAS] };

Deno.test("update() a setting that is changed, is claimed with what it was until it is put back", () => {
  const it = new Node(true);
  assert.deepEqual(it.start().filter((each) => !each.startsWith("claims")), [`add ${SETTING}`]);
  assert.deepEqual(it.feed({ kind: "setting-was", setting: WAS }), ["claims 0"]);
  assert.deepEqual(it.feed({ kind: "setting-was", setting: WAS }), [], "known");
  const end = it.feed({ kind: "shutdown" });
  assert.ok(end.includes(`delete ${SETTING}`), end.join());
  assert.equal(end.at(-1), "claims none");
});

Deno.test("update() a setting that is set to what it was, is not claimed any more", () => {
  const it = new Node(true);
  it.start();
  it.feed({ kind: "setting-was", setting: WAS });
  const back: Changed = { kind: "sysctl", name: NAME, was: "0", is: "0" };
  assert.deepEqual(it.feed({ kind: "setting-was", setting: back }), ["claims none"]);
});

Deno.test("update() start after a run that ended without a word, still wants its setting and claims what it was", () => {
  const it = new Node(true);
  const start = it.start(LEFT);
  assert.ok(start.includes(`add ${SETTING}`) && !start.includes("claims none"), start.join());
  const end = it.feed({ kind: "shutdown" });
  assert.ok(end.includes(`delete ${SETTING}`), end.join());
  assert.equal(end.at(-1), "claims none");
});

Deno.test("update() start after a run whose setting nobody wants any more, puts it back at once", () => {
  const it = new Node(false);
  const start = it.start(LEFT);
  assert.ok(start.includes(`delete ${SETTING}`), start.join());
  assert.equal(start.at(-1), "claims none");
});

Deno.test("update() a setting that cannot be put back, stays claimed", () => {
  const it = new Node(true);
  it.start(LEFT);
  const end = it.feed({ kind: "shutdown" }, 13);
  assert.ok(end.includes(`delete ${SETTING}`), end.join());
  assert.ok(!end.includes("claims none"), end.join());
});

Deno.test("update() an end that keeps what is there, leaves the claim to the next run", () => {
  const it = new Node(true, { keepAddresses: true });
  it.start(LEFT);
  const end = it.feed({ kind: "shutdown" });
  assert.ok(!end.some((each) => each.startsWith("delete") || each === "claims none"), end.join());
});

Deno.test("update() start after a run whose tables and sync daemons nobody wants any more, deletes them and claims them no more", () => {
  const it = new Node(false);
  const left: Claims = {
    addresses: [],
    services: [],
    things: [{ kind: "nft", value: { family: "ip", name: "keepalived" } }],
    beside: [
      { kind: "nft", value: { family: "inet", name: "holdfast_lvs" } },
      { kind: "sync-daemon", value: { role: "master", interface: "eth1", syncId: 51 } },
    ],
  };
  const start = it.start(left).filter((each) => each.startsWith("delete"));
  assert.deepEqual(start.toSorted(), [
    "delete IPVS sync daemon (master) on eth1",
    "delete table holdfast_lvs of nftables",
    "delete table keepalived of nftables",
  ]);
  assert.equal(it.world.claims.surplus, false);
  assert.deepEqual(it.world.claims.said.beside, undefined);
});

Deno.test("update() start after a run whose table is wanted still, puts its own in the place and deletes nothing", () => {
  const some = vrrpConfig([instanceConfig({ accept: false })]);
  const it = new Node(false);
  it.world = newWorld(worldConfig({ vrrp: some }), DEFAULT_OPTIONS, 0);
  const { table } = some.firewall;
  const start = it.start({
    addresses: [],
    services: [],
    things: [{ kind: "nft", value: { family: "ip", name: table } }],
  });
  assert.deepEqual(start.filter((each) => /nftables/.test(each)), [
    `add table ${table} of nftables`,
  ]);
});
