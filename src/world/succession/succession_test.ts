/** One run of the daemon in the place of another: what it knows, wants and says at its start. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { VIRTUAL_ROUTER } from "../../kernel/address.ts";
import { configOf, REFUSED, virtualServer } from "../../lvs/part/fixtures.ts";
import { SECOND } from "../../net/micros.ts";
import {
  addressOn,
  ethernet,
  instanceConfig,
  tracksScript,
  vrrpConfig,
} from "../../vrrp/fixtures.ts";
import type { HeldRouter } from "../../vrrp/mod.ts";
import { isLoop, loopEnds, recent, withCrash } from "./crashes.ts";
import { savedOf } from "./keep.ts";
import { parseSuccession, type Succession, successionText } from "./saved_text.ts";
import { DEFAULT_OPTIONS, newWorld, update, type World, type WorldEffect } from "../mod.ts";
import { worldConfig } from "../fixtures.ts";

const LIFE = { boot: "b", namespace: "4:1" };
const VIP = { ...addressOn(2, "172.16.1.99", 32), protocol: VIRTUAL_ROUTER };
const HELD: HeldRouter = { ifindex: 2, vrid: 51, ipv6: false };

const CHK = {
  name: "chk",
  script: { argv: ["/bin/true"] },
  interval: 2 * SECOND,
  weight: -10,
  reverse: false,
  rise: 2,
  fall: 3,
  initFail: false,
};

const notify = { notifyMaster: { argv: ["/bin/m"] }, notifyBackup: { argv: ["/bin/b"] } };

/** A master, a backup, and a virtual server of two real servers. */
const CONFIG = worldConfig({
  vrrp: vrrpConfig([
    instanceConfig({ name: "VI_1", priority: 150, tracks: [tracksScript("chk", -10)], notify }),
    instanceConfig({ name: "VI_2", virtualRouterId: 52, notify, virtualAddresses: [] }),
  ]),
  lvs: configOf(virtualServer()),
  track: {
    scripts: [CHK],
    files: [],
    processes: [],
    linkDelays: [],
    processBuffer: { force: false },
  },
});

const LINKS = [ethernet(2, "eth0")];
const HOST = addressOn(2, "172.16.1.134");

function run(world: World, events: readonly Parameters<typeof update>[1][], now: number) {
  const all: WorldEffect[] = [];
  for (const event of events) {
    const [next, effects] = update(world, event, now);
    world = next;
    all.push(...effects);
  }
  return [world, all] as const;
}

/** A node with VI_1 master, VI_2 backup, the first real server found bad and the script failing. */
function former(): World {
  const [begun, effects] = run(newWorld(CONFIG, DEFAULT_OPTIONS, 0), [
    { kind: "start", links: LINKS, addresses: [HOST], guarded: true },
  ], 0);
  const script = effects.find((effect) => effect.kind === "run-script");
  const probe = effects.flatMap((effect) => effect.kind === "probes" ? effect.orders : [])
    .find((order) => order.kind === "probe");
  assert.ok(script && probe);
  const [ready] = run(begun, [
    { kind: "script-result", name: "chk", run: script.run, ok: false },
    { kind: "outcome", order: probe.order, seq: probe.seq, outcome: REFUSED },
  ], 1);
  const [world] = run(ready, [{ kind: "expired", order: 1, seq: 1 }], 4 * SECOND);
  assert.deepEqual(world.vrrp.instances.map(({ state }) => state.kind), ["master", "backup"]);
  return world;
}

function heir(held: readonly HeldRouter[], config = CONFIG) {
  const text = successionText({ saved: savedOf(former()), crashes: [] }, LIFE);
  const found = parseSuccession(text, LIFE);
  assert.ok(typeof found === "object", `${found}`);
  const before = { saved: found.saved, held };
  return run(newWorld(config, DEFAULT_OPTIONS, 9 * SECOND), [
    { kind: "start", links: LINKS, addresses: [HOST, VIP], guarded: true, before },
    { kind: "ipvs-table", services: [] },
  ], 9 * SECOND);
}

function kinds(effects: readonly WorldEffect[]): readonly string[] {
  return effects.map(({ kind }) => kind);
}

Deno.test("update() start in the place of a master, speaks at once, keeps its address and tells nobody", () => {
  const [world, effects] = heir([HELD]);
  assert.deepEqual(world.vrrp.instances.map(({ state }) => state.kind), ["master", "backup"]);
  const sent = effects.find((effect) => effect.kind === "transmit");
  assert.ok(sent?.immediately);
  // The failing script counts from the first advert on.
  assert.equal(sent.packets[0]?.payload[2], 140);
  for (const kind of ["tell", "address-apply", "announce", "cease"]) {
    assert.ok(!kinds(effects).includes(kind), kind);
  }
  assert.equal(world.vrrp.instances[0]?.since, 4 * SECOND);
  assert.equal(world.vrrp.instances[0]?.statistics.become_master, 1);
});

Deno.test("update() start in the place of a master whose adverts nobody sends any more, is elected as at any start", () => {
  const [world, effects] = heir([]);
  assert.deepEqual(world.vrrp.instances.map(({ state }) => state.kind), ["backup", "backup"]);
  assert.ok(!kinds(effects).includes("transmit"));
  const deleted = effects.flatMap((effect) =>
    effect.kind === "address-apply" ? effect.operations.map(({ op }) => op) : []
  );
  assert.deepEqual(deleted, ["delete"]);
});

Deno.test("update() start in the place of a master on an interface that has failed meanwhile, takes over and says farewell", () => {
  const text = successionText({ saved: savedOf(former()), crashes: [] }, LIFE);
  const found = parseSuccession(text, LIFE);
  assert.ok(typeof found === "object");
  const links = [{ ...ethernet(2, "eth0"), up: false, running: false }];
  const before = { saved: found.saved, held: [HELD] };
  const [world, effects] = run(newWorld(CONFIG, DEFAULT_OPTIONS, 0), [
    { kind: "start", links, addresses: [HOST, VIP], before },
  ], 9 * SECOND);
  assert.equal(world.vrrp.instances[0]?.state.kind, "fault");
  const [sent, ceased] = ["transmit", "cease"].map((kind) => kinds(effects).indexOf(kind));
  assert.ok(sent !== undefined && ceased !== undefined && sent >= 0 && sent < ceased);
  assert.ok(effects.some((effect) => effect.kind === "cease" && effect.farewell));
});

Deno.test("update() start in the place of another virtual router of the same name, begins", () => {
  const other = instanceConfig({ name: "VI_1", virtualRouterId: 53, priority: 150, notify });
  const config = { ...CONFIG, vrrp: vrrpConfig([other]) };
  const [world, effects] = heir([HELD], config);
  assert.equal(world.vrrp.instances[0]?.state.kind, "backup");
  assert.ok(kinds(effects).includes("tell"));
});

Deno.test("update() start in the place of another, a server that was bad is not used and nobody hears of virtual servers again", () => {
  const [world, effects] = heir([HELD]);
  assert.deepEqual(savedOf(world).servers, savedOf(former()).servers);
  const added = effects.flatMap((effect) =>
    effect.kind === "ipvs-apply" ? effect.operations.map(({ op }) => op) : []
  );
  assert.equal(added.filter((op) => op.includes("destination")).length, 1);
  assert.ok(!kinds(effects).includes("write-fifo"));
});

Deno.test("savedOf(), a world that goes on keeps the same as before", () => {
  const [world] = heir([HELD]);
  assert.deepEqual(savedOf(world).routers, savedOf(former()).routers);
  assert.deepEqual(savedOf(world).trackers, savedOf(former()).trackers);
});

Deno.test("parseSuccession(), of another boot or namespace, damaged or foreign, says why", () => {
  const whole: Succession = { saved: savedOf(former()), crashes: [5] };
  const text = successionText(whole, LIFE);
  assert.deepEqual(parseSuccession(text, LIFE), whole);
  assert.match(`${parseSuccession(text, { ...LIFE, boot: "c" })}`, /another start/);
  assert.match(`${parseSuccession(text, { ...LIFE, namespace: "4:2" })}`, /another network/);
  assert.match(`${parseSuccession(text.slice(0, -9), LIFE)}`, /not JSON/);
  assert.match(`${parseSuccession('{"holdfast":2}', LIFE)}`, /its format/);
  assert.match(
    `${parseSuccession(text.replace('"vrid":51', '"vrid":0'), LIFE)}`,
    /routers are none/,
  );
  assert.match(
    `${parseSuccession(text.replace('"up":false', '"up":0'), LIFE)}`,
    /servers are none/,
  );
});

Deno.test("parseSuccession(), any text, never throws", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    parseSuccession(text, LIFE);
    const whole = JSON.parse(text);
    parseSuccession(
      JSON.stringify({ holdfast: 1, ...LIFE, routers: whole, trackers: whole }),
      LIFE,
    );
  }));
});

Deno.test("isLoop(), three crashes within a minute, until the first is a minute ago", () => {
  const first = withCrash([], 0);
  const second = withCrash(first, 20 * SECOND);
  assert.ok(!isLoop(second, 20 * SECOND));
  const third = withCrash(second, 40 * SECOND);
  assert.ok(isLoop(third, 40 * SECOND));
  assert.equal(loopEnds(third, 40 * SECOND), 60 * SECOND);
  assert.ok(!isLoop(third, 60 * SECOND));
  assert.deepEqual(recent(third, 60 * SECOND), [20 * SECOND, 40 * SECOND]);
  assert.deepEqual(recent([70 * SECOND], 60 * SECOND), [], "of another clock");
});
