import assert from "node:assert/strict";
import { SECOND } from "../net/micros.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { startLoop } from "./loop.ts";

const EMPTY: WorldConfig = {
  vrrp: { instances: [], groups: [], scripts: [], mcastGroup4: "224.0.0.18", startupDelay: 0 },
  lvs: { virtualServers: [], flush: false },
};

function emptyLoop(onEffect: (effect: WorldEffect) => void, bugs: string[] = []) {
  const world = newWorld(EMPTY, DEFAULT_OPTIONS, 0);
  const complain = (error: unknown, during: string) => void bugs.push(`${during}: ${error}`);
  const settle = (heard: () => void) => heard();
  return startLoop({ world, now: () => SECOND, carryOut: onEffect, settle, complain });
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
function delayedLoop(settle: (heard: () => void) => void) {
  const config = { ...EMPTY, vrrp: { ...EMPTY.vrrp, startupDelay: SECOND } };
  const clock = { now: SECOND - 1 };
  const complain = (error: unknown) => assert.fail(String(error));
  const world = newWorld(config, DEFAULT_OPTIONS, 0);
  const loop = startLoop({ world, now: () => clock.now, carryOut: () => {}, settle, complain });
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
