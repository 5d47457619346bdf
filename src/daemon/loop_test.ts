import assert from "node:assert/strict";
import { SECOND } from "../net/micros.ts";
import { DEFAULT_OPTIONS, newWorld, type WorldConfig, type WorldEffect } from "../world/mod.ts";
import { startLoop } from "./loop.ts";

const EMPTY: WorldConfig = {
  vrrp: { instances: [], groups: [], scripts: [], mcastGroup4: "224.0.0.18", startupDelay: 0 },
  lvs: { virtualServers: [], flush: false },
};

function emptyLoop(onEffect: (effect: WorldEffect) => void) {
  const world = newWorld(EMPTY, DEFAULT_OPTIONS, 0);
  return startLoop({ world, now: () => SECOND, carryOut: onEffect });
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
