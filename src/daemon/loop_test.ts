import assert from "node:assert/strict";
import { SECOND } from "../net/micros.ts";
import { manyServers, REFUSED } from "../lvs/part/fixtures.ts";
import { addressOn, ethernet, manyAddresses } from "../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  isSettled,
  newWorld,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { startLoop } from "./loop.ts";
import { worldConfig } from "../world/fixtures.ts";

const EMPTY: WorldConfig = worldConfig();

const OWN = addressOn(2, "172.16.1.134");

function emptyLoop(onEffect: (effect: WorldEffect) => void, bugs: string[] = []) {
  const world = newWorld(EMPTY, DEFAULT_OPTIONS, 0);
  const complain = (error: unknown, during: string) => void bugs.push(`${during}: ${error}`);
  const hearAll = (heard: () => void) => heard();
  return startLoop({ world, now: () => SECOND, carryOut: onEffect, hearAll, complain });
}

Deno.test("startLoop() start and shutdown of an empty world, ends with exit", () => {
  const effects: WorldEffect[] = [];
  using loop = emptyLoop((effect) => effects.push(effect));
  loop.dispatch({ kind: "start", links: [], addresses: [] });
  assert.equal(loop.world().phase, "running");
  loop.dispatch({ kind: "shutdown" });
  assert.equal(loop.world().phase, "stopped");
  assert.equal(effects.at(-1)?.kind, "exit");
});

Deno.test("startLoop() dispatch from inside an effect, is taken after the event under way", () => {
  const phases: string[] = [];
  using loop = emptyLoop((effect) => {
    phases.push(`${effect.kind} in ${loop.world().phase}`);
    loop.dispatch({ kind: "shutdown" });
  });
  loop.dispatch({ kind: "start", links: [], addresses: [] });
  loop.dispatch({ kind: "shutdown" });
  assert.equal(phases.filter((phase) => phase.startsWith("exit")).length, 1);
});

Deno.test("startLoop() an event that cannot be taken, is reported and changes nothing", () => {
  const bugs: string[] = [];
  using loop = emptyLoop(() => {}, bugs);
  loop.dispatch({ kind: "start", links: [], addresses: [] });
  const before = loop.world();
  loop.dispatch({ kind: "from the future" } as unknown as WorldEvent);
  assert.equal(loop.world(), before);
  assert.equal(bugs.length, 1);
  assert.match(bugs[0] ?? "", /^the event from the future: /);
  loop.dispatch({ kind: "shutdown" });
  assert.equal(loop.world().phase, "stopped");
});

Deno.test("startLoop() an effect that throws, is reported and those after it are carried out", () => {
  const bugs: string[] = [];
  const effects: string[] = [];
  using loop = emptyLoop((effect) => {
    effects.push(effect.kind);
    throw new Error("no way");
  }, bugs);
  loop.dispatch({ kind: "start", links: [], addresses: [] });
  loop.dispatch({ kind: "shutdown" });
  assert.equal(effects.at(-1), "exit");
  assert.equal(bugs.length, effects.length);
  assert.match(bugs.at(-1) ?? "", /^the effect exit: Error: no way$/);
});

/** A loop whose only deadline is the end of the start-up delay, 1 s, on a clock that is set. */
function delayedLoop(hearAll: (heard: () => void) => void) {
  const config = { ...EMPTY, vrrp: { ...EMPTY.vrrp, startupDelay: SECOND } };
  const clock = { now: SECOND - 1 };
  const complain = (error: unknown) => assert.fail(String(error));
  const world = newWorld(config, DEFAULT_OPTIONS, 0);
  const loop = startLoop({ world, now: () => clock.now, carryOut: () => {}, hearAll, complain });
  return { clock, loop };
}

Deno.test("startLoop() a deadline that passed unseen, is taken when all that arrived is heard", async () => {
  const asked = Promise.withResolvers<() => void>();
  const { clock, loop } = delayedLoop(asked.resolve);
  using _loop = loop;
  loop.dispatch({ kind: "start", links: [], addresses: [] });
  clock.now = 5 * SECOND;
  const heard = await asked.promise;
  assert.equal(loop.world().vrrp.takesPartAt, SECOND, "not yet");
  loop.dispatch({ kind: "counters", transmissions: [], watches: [] });
  heard();
  assert.equal(loop.world().vrrp.takesPartAt, undefined);
});

Deno.test("startLoop() a deadline in time, is taken at once", async () => {
  const { clock, loop } = delayedLoop(() => assert.fail("nothing passed unseen"));
  using _loop = loop;
  loop.dispatch({ kind: "start", links: [], addresses: [] });
  clock.now = SECOND;
  while (loop.world().vrrp.takesPartAt !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
});

Deno.test("startLoop() a table that is settled in several turns, holds up no deadline", async () => {
  const config = worldConfig({ lvs: manyServers(2_000, 1), vrrp: manyAddresses(1, 1) });
  const clock = { now: SECOND };
  const done: WorldEffect[] = [];
  const settledAt: number[] = [];
  using loop = startLoop({
    world: newWorld(
      { ...config, vrrp: { ...config.vrrp, startupDelay: 2 * SECOND } },
      DEFAULT_OPTIONS,
      0,
    ),
    now: () => clock.now,
    carryOut: (effect) => void done.push(effect),
    hearAll: (heard) => heard(),
    complain: (error) => assert.fail(String(error)),
    settled: (world) => {
      if (!isSettled(world)) settledAt.push(clock.now);
    },
  });
  loop.dispatch({ kind: "start", links: [ethernet(2, "eth0")], addresses: [OWN] });
  loop.dispatch({ kind: "ipvs-table", services: [] });
  assert.ok(!isSettled(loop.world()), "a first slice");
  clock.now = 2 * SECOND;
  while (loop.world().vrrp.takesPartAt !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.ok(!isSettled(loop.world()), "the deadline was taken before the last slice");
  const turns = settledAt.length;
  assert.ok(turns <= 4, `${turns} turns before the deadline`);
  while (!isSettled(loop.world())) await new Promise((resolve) => setTimeout(resolve, 0));
  const ordered = done.flatMap((effect) => effect.kind === "ipvs-apply" ? effect.operations : []);
  assert.equal(ordered.filter(({ op }) => op === "new-service").length, 2_000);
});

/** A master of `addresses` and 1,000 servers, its clock, and what it does. */
function busyLoop(instances: number) {
  const vrrp = manyAddresses(instances, 1);
  const lvs = manyServers(1_000, 1);
  const clock = { now: SECOND };
  const done: { readonly at: number; readonly effect: WorldEffect }[] = [];
  const loop = startLoop({
    world: newWorld(
      worldConfig({ vrrp, lvs }),
      DEFAULT_OPTIONS,
      0,
    ),
    now: () => clock.now,
    carryOut: (effect) => void done.push({ at: clock.now, effect }),
    hearAll: () => assert.fail("nothing passed unseen"),
    complain: (error) => assert.fail(String(error)),
  });
  loop.dispatch({ kind: "start", links: [ethernet(2, "eth0")], addresses: [OWN] });
  loop.dispatch({ kind: "ipvs-table", services: [] });
  /** The expiry of every watch that was ordered. */
  const expiries = () =>
    done.flatMap(({ effect }): readonly WorldEvent[] =>
      effect.kind === "watch" ? [{ kind: "expired", order: effect.order, seq: effect.seq }] : []
    );
  const failures = () =>
    done.flatMap(({ effect }): readonly WorldEvent[] =>
      effect.kind === "probes"
        ? effect.orders.flatMap((order): readonly WorldEvent[] =>
          order.kind === "probe"
            ? [{ kind: "outcome", order: order.order, seq: order.seq, outcome: REFUSED }]
            : []
        )
        : []
    );
  return { loop, clock, done, expiries, failures };
}

Deno.test("startLoop() a dead rack whose servers take 20 ms each to be told, renews leases in between", () => {
  const { loop, clock, done, expiries, failures } = busyLoop(1);
  using _loop = loop;
  for (const event of expiries()) loop.dispatch(event);
  const dead = failures();
  assert.equal(dead.length, 1_000);
  done.length = 0;
  const began = clock.now;
  // As the core hands them over: turns of 5 ms, which here is one event each, and in the end one that is far too long.
  for (const event of dead.slice(0, 500)) {
    loop.turn(() => {
      loop.dispatch(event);
      clock.now += 20_000;
    });
  }
  loop.turn(() => {
    for (const event of dead.slice(500)) {
      loop.dispatch(event);
      clock.now += 20_000;
    }
  });
  const renewals = done.filter(({ effect }) => effect.kind === "renew").map(({ at }) => at);
  const gaps = [began, ...renewals, clock.now]
    .slice(1).map((at, index) => at - ([began, ...renewals][index] ?? 0));
  assert.ok(Math.max(...gaps) <= DEFAULT_OPTIONS.lease / 4 + 20_000, `${gaps}`);
});

Deno.test("startLoop() a table that is settled in several turns, holds up no renewal", async () => {
  const { loop, clock, done, expiries } = busyLoop(1);
  using _loop = loop;
  for (const event of expiries()) loop.dispatch(event);
  assert.ok(!isSettled(loop.world()), "some slices are left");
  clock.now += DEFAULT_OPTIONS.lease / 2;
  const renewed = () => done.some(({ effect }) => effect.kind === "renew");
  while (!renewed() && !isSettled(loop.world())) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.ok(renewed() && !isSettled(loop.world()), "renewed before the last slice");
});

Deno.test("startLoop() many events in one turn, orders of the kernel once and announces behind that", () => {
  const { loop, done, expiries } = busyLoop(50);
  using _loop = loop;
  const events = expiries();
  assert.equal(events.length, 50);
  done.length = 0;
  loop.turn(() => {
    for (const event of events) loop.dispatch(event);
    const kinds = new Set(done.map(({ effect }) => effect.kind));
    assert.ok(kinds.has("transmit"), "adverts wait for nothing");
    assert.ok(!kinds.has("address-apply") && !kinds.has("announce"));
  });
  const kinds = done.map(({ effect }) => effect.kind);
  const apply = kinds.indexOf("address-apply");
  assert.equal(apply, kinds.lastIndexOf("address-apply"));
  assert.ok(apply > kinds.lastIndexOf("transmit"));
  assert.ok(apply < kinds.indexOf("announce"));
  assert.equal(kinds.filter((kind) => kind === "announce").length, 50);
});

Deno.test("startLoop() an instance beaten in the turn in which it became master, is never announced", () => {
  const { loop, done, expiries } = busyLoop(1);
  using _loop = loop;
  const [expired] = expiries();
  assert.ok(expired);
  done.length = 0;
  loop.turn(() => {
    loop.dispatch(expired);
    loop.dispatch({ kind: "lapsed", order: 1 });
  });
  const kinds = done.map(({ effect }) => effect.kind);
  assert.ok(kinds.includes("transmit") && kinds.includes("cease"));
  assert.ok(!kinds.includes("address-apply") && !kinds.includes("announce"), `${kinds}`);
});

Deno.test("startLoop() an event that fails again and again, does not hold up the renewal", () => {
  const { loop, clock, done, expiries } = busyLoop(1);
  using _loop = loop;
  for (const event of expiries()) loop.dispatch(event);
  const bugs: string[] = [];
  using failing = startLoop({
    world: loop.world(),
    now: () => clock.now,
    carryOut: (effect) => void done.push({ at: clock.now, effect }),
    hearAll: () => {},
    complain: (_error, during) => void bugs.push(during),
  });
  done.length = 0;
  for (let event = 0; event < 60; event++) {
    clock.now += SECOND / 10;
    failing.dispatch({ kind: "from the future" } as unknown as WorldEvent);
  }
  assert.equal(bugs.length, 60);
  assert.equal(done.filter(({ effect }) => effect.kind === "renew").length, 2);
});
