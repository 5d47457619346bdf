/** Routes that went with an address that somebody else took: they wait with it, and nothing else waits for them. */

import assert from "node:assert/strict";
import { ROUTE_TYPE, SCOPE, TABLE } from "../kernel/route.ts";
import { type Micros, MILLISECOND, SECOND } from "../net/micros.ts";
import { sizeOf } from "../persistent/mod.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../vrrp/fixtures.ts";
import { droppedAtRest, NOTHING_DROPPED } from "./dropped.ts";
import { worldConfig } from "./fixtures.ts";
import {
  DEFAULT_OPTIONS,
  isSettled,
  newWorld,
  nextDeadline,
  settle,
  take,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "./mod.ts";

const NOW = 4 * SECOND;
const VIP = addressOn(2, "172.16.1.99", 32);

const CONFIG = worldConfig({
  vrrp: vrrpConfig([instanceConfig({
    virtualAddresses: [{ address: VIP.address, prefixLength: VIP.prefixLength }],
    virtualRoutes: [{
      route: {
        family: "inet",
        destination: { address: "192.0.2.0", prefixLength: 24 },
        table: TABLE.main,
        type: ROUTE_TYPE.unicast,
        scope: SCOPE.global,
        protocol: 18,
        preferredSource: VIP.address,
        nextHops: [{ device: "eth0", gateway: "172.16.1.1" }],
      },
    }],
  })]),
});

/** One turn of the loop. */
function turn(
  world: World,
  events: readonly WorldEvent[],
  now: Micros,
): readonly [World, readonly WorldEffect[]] {
  const effects: WorldEffect[] = [];
  let at = world;
  for (const event of events) {
    const [next, more] = take(at, event, now);
    at = next;
    effects.push(...more);
  }
  const [settled, last] = settle(at);
  return [settled, [...effects, ...last]];
}

/** What the kernel answers when it obeys. */
function answers(effects: readonly WorldEffect[]): readonly WorldEvent[] {
  return effects.flatMap((effect): readonly WorldEvent[] => {
    switch (effect.kind) {
      case "address-apply":
        return [{ ...effect, kind: "addresses-applied", errnos: effect.operations.map(() => 0) }];
      case "kernel-apply":
        return [{ ...effect, kind: "kernel-applied", errnos: effect.operations.map(() => 0) }];
      default:
        return [];
    }
  });
}

function orders(effects: readonly WorldEffect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.kind === "address-apply") return effect.operations.map(({ op }) => `${op} address`);
    if (effect.kind !== "kernel-apply") return [];
    return effect.operations.map(({ op, kind }) => `${op} ${kind}`);
  });
}

/** A master whose address and route are there. */
function master(): World {
  const before = newWorld(CONFIG, DEFAULT_OPTIONS, 0);
  const links = [ethernet(2, "eth0")];
  const addresses = [addressOn(2, "172.16.1.134")];
  const [started, asked] = turn(before, [{ kind: "start", links, addresses }], 0);
  const watch = asked.find((effect) => effect.kind === "watch") ?? assert.fail("nobody is heard");
  const { order, seq } = watch;
  const expired = { kind: "expired", order, seq } as const;
  const [leading, effects] = turn(started, [...answers(asked), expired], NOW);
  assert.deepEqual(orders(effects), ["add address", "add route"]);
  const there = { kind: "address", address: VIP, removed: false, ordered: true } as const;
  const [world, none] = turn(leading, [there, ...answers(effects)], NOW);
  assert.deepEqual(orders(none), []);
  return world;
}

const TAKEN: WorldEvent = { kind: "address", address: VIP, removed: true };

Deno.test("settle() an address taken with its route, is settled while it comes to rest, and orders both behind that", () => {
  const [moving, none] = turn(master(), [TAKEN], NOW);
  assert.deepEqual(orders(none), []);
  assert.ok(isSettled(moving), "what only waits is nothing to be settled in a further turn");
  const at = nextDeadline(moving);
  assert.equal(at, NOW + 5 * MILLISECOND);
  const [, effects] = turn(moving, [{ kind: "deadline" }], at ?? 0);
  assert.deepEqual(orders(effects), ["add address", "add route"]);
});

Deno.test("settle() other turns while an address comes to rest, forget nothing of what went with it", () => {
  let [world] = turn(master(), [TAKEN], NOW);
  for (let times = 0; times < 3; times++) {
    const table = { kind: "ipvs-table", services: [] } as const;
    const [next, effects] = turn(world, [table], NOW + MILLISECOND);
    assert.deepEqual(orders(effects), []);
    world = next;
  }
  const [, effects] = turn(world, [{ kind: "deadline" }], NOW + 5 * MILLISECOND);
  assert.deepEqual(orders(effects), ["add address", "add route"]);
});

Deno.test("settle() a stop while an address comes to rest, takes away nothing that went, and ends", () => {
  const [moving] = turn(master(), [TAKEN], NOW);
  const [stopping, effects] = turn(moving, [{ kind: "shutdown" }], NOW + MILLISECOND);
  assert.deepEqual(orders(effects), []);
  assert.equal(stopping.dropped, NOTHING_DROPPED);
  assert.equal(sizeOf(stopping.things.held), 0);
  assert.equal(stopping.phase, "stopped");
});

Deno.test("droppedAtRest() gives of each interface all that went, once, when it is at rest", () => {
  const [first, second, other] = [{ ifindex: 2 }, { ifindex: 2, address: VIP }, { ifindex: 3 }];
  const [one, none] = droppedAtRest(NOTHING_DROPPED, [first], () => true);
  assert.deepEqual(none, []);
  const [two, due] = droppedAtRest(one, [second, other], (ifindex) => ifindex === 2);
  assert.deepEqual(due, [other]);
  const [three, rest] = droppedAtRest(two, [], () => false);
  assert.deepEqual(rest, [first, second]);
  assert.equal(three, NOTHING_DROPPED);
  assert.deepEqual(droppedAtRest(three, [], () => false), [NOTHING_DROPPED, []]);
});
