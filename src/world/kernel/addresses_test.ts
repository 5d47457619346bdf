/** What the kernel tells while operations are under way, and what comes of it. */

import assert from "node:assert/strict";
import { SECOND } from "../../net/micros.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  settle,
  take,
  type World,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
} from "../mod.ts";
import { worldConfig } from "../fixtures.ts";

const NOW = 4 * SECOND;
const BEFORE = addressOn(2, "172.16.1.99", 32);
const AFTER = { ...BEFORE, label: "eth0:vip" };

function configOf({ address, prefixLength, label }: typeof BEFORE): WorldConfig {
  const named = label === undefined ? {} : { label };
  const instance = instanceConfig({ virtualAddresses: [{ address, prefixLength, ...named }] });
  return worldConfig({
    vrrp: vrrpConfig([instance]),
  });
}

/** One turn of the loop: all events, then settled. */
function turn(world: World, ...events: readonly WorldEvent[]): readonly [World, WorldEffect[]] {
  const effects: WorldEffect[] = [];
  let at = world;
  for (const event of events) {
    const [next, more] = take(at, event, NOW);
    at = next;
    effects.push(...more);
  }
  const [settled, last] = settle(at);
  return [settled, [...effects, ...last]];
}

/** A turn, and one when addresses have come to rest. */
function rested(world: World, event: WorldEvent): readonly [World, WorldEffect[]] {
  const [next, effects] = turn(world, event);
  const [due, more] = take(next, { kind: "deadline" }, NOW + SECOND / 100);
  const [settled, last] = settle(due);
  return [settled, [...effects, ...more, ...last]];
}

function operationsOf(effects: readonly WorldEffect[]) {
  return effects.flatMap((effect) => effect.kind === "address-apply" ? effect.operations : []);
}

function words(effects: readonly WorldEffect[]): readonly string[] {
  return operationsOf(effects).map(({ op, address }) => `${op} ${address.address}`);
}

/** The answer to what was ordered. */
function answer(effects: readonly WorldEffect[]): WorldEvent {
  const operations = operationsOf(effects);
  return { kind: "addresses-applied", operations, errnos: operations.map(() => 0) };
}

/** A master that has its address. */
function master(): World {
  const begun = newWorld(configOf(BEFORE), DEFAULT_OPTIONS, 0);
  const own = addressOn(2, "172.16.1.134");
  const [started, effects] = turn(begun, {
    kind: "start",
    links: [ethernet(2, "eth0")],
    addresses: [own],
  });
  const [watch] = effects.filter((effect) => effect.kind === "watch");
  assert.ok(watch !== undefined);
  const [won, ordered] = turn(started, { ...watch, kind: "expired" });
  assert.deepEqual(words(ordered), ["add 172.16.1.99"]);
  return turn(won, answer(ordered))[0];
}

for (const ordered of [false, true]) {
  const doer = ordered ? "our order" : "somebody else";
  for (const turns of ["one turn", "two turns"] as const) {
    Deno.test(`settle() shutdown between a removal by ${doer} and our addition in ${turns}, deletes what was added`, () => {
      const [reloaded, orders] = turn(master(), { kind: "reload", config: configOf(AFTER) });
      assert.deepEqual(words(orders), ["delete 172.16.1.99", "add 172.16.1.99"]);
      const first: readonly WorldEvent[] = [
        { kind: "address", address: BEFORE, removed: true, ordered },
        { kind: "shutdown" },
      ];
      const second: readonly WorldEvent[] = [
        { kind: "address", address: AFTER, removed: false, ordered: true },
        answer(orders),
      ];
      let world = reloaded;
      let effects: readonly WorldEffect[];
      if (turns === "two turns") {
        [world, effects] = turn(world, ...first);
        assert.deepEqual(words(effects), [], "what is not there need not go");
        [world, effects] = turn(world, ...second);
      } else [world, effects] = turn(world, ...first, ...second);
      assert.deepEqual(words(effects), ["delete 172.16.1.99"]);
      assert.equal(world.phase, "stopping");
      [world] = turn(world, answer(effects));
      assert.equal(world.phase, "stopped");
    });
  }
}

Deno.test("update() an address somebody removes again and again, is put back ten times in a second, then after one", () => {
  const there = { kind: "address", address: AFTER, removed: false, ordered: true } as const;
  let [world] = turn(master(), there);
  let back = 0;
  let said = 0;
  for (let times = 0; times < 50; times++) {
    const [next, effects] = rested(world, { kind: "address", address: AFTER, removed: true });
    said += effects.filter(({ kind }) => kind === "log").length;
    const added = words(effects).length;
    back += added;
    [world] = added === 0 ? [next] : turn(next, there, answer(effects));
  }
  assert.equal(back, 10);
  assert.ok(said > 5 && said <= 10, `${said}`);
  const [due, effects] = take(world, { kind: "deadline" }, NOW + SECOND);
  const [, more] = settle(due);
  assert.deepEqual(words([...effects, ...more]), ["add 172.16.1.99"]);
});

Deno.test("update() an address somebody removed that cannot be added, is a fault with its cause until the next try", () => {
  const [removed, effects] = rested(master(), { kind: "address", address: AFTER, removed: true });
  const operations = operationsOf(effects);
  const [lost] = turn(removed, { kind: "addresses-applied", operations, errnos: [22] });
  const state = (world: World) => world.vrrp.instances[0]?.state.kind;
  assert.equal(state(lost), "fault");
  assert.deepEqual(lost.vrrp.instances[0]?.health.causes, [
    { kind: "lost", what: "address 172.16.1.99/32", why: "EINVAL" },
  ]);
  const [due] = take(lost, { kind: "deadline" }, NOW + SECOND);
  assert.equal(state(due), "backup");
});
