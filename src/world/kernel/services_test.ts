import assert from "node:assert/strict";
import { sizeOf } from "../../persistent/mod.ts";
import type { ServiceTable } from "../../kernel/mod.ts";
import { desiredServices } from "../../lvs/mod.ts";
import { manyServers } from "../../lvs/part/fixtures.ts";
import { NOBODY_TOLD } from "../../notify/mod.ts";
import { NOTHING_DECLARED } from "../../track/mod.ts";
import { vrrpConfig } from "../../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  isSettled,
  newWorld,
  settle,
  take,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../mod.ts";

/** A daemon with 500 services, which has asked for the table. */
function asking(): World {
  const config = {
    vrrp: vrrpConfig([]),
    lvs: manyServers(500, 2),
    track: NOTHING_DECLARED,
    notify: NOBODY_TOLD,
  };
  const world = newWorld(config, DEFAULT_OPTIONS, 0);
  return update(world, { kind: "start", links: [], addresses: [] }, 0)[0];
}

/** The IPVS operations of each settling, until it is settled. */
function settlings(before: World, event: WorldEvent): readonly [World, readonly number[]] {
  const operations = (effects: readonly WorldEffect[]) =>
    effects.flatMap((effect) => effect.kind === "ipvs-apply" ? effect.operations : []).length;
  let world = take(before, event, 0)[0];
  const counts: number[] = [];
  do {
    const [next, effects] = settle(world);
    world = next;
    counts.push(operations(effects));
  } while (!isSettled(world));
  return [world, counts];
}

Deno.test("settle() many services, orders them in slices, and changes nothing twice", () => {
  const [world, counts] = settlings(asking(), { kind: "ipvs-table", services: [] });
  assert.deepEqual(counts, [600, 600, 300]);
  assert.equal(sizeOf(world.services.actual ?? assert.fail("it is known")), 500);
  const again = settlings(world, { kind: "ipvs-table", services: [], gone: [] });
  assert.deepEqual(again[1], [0]);
  assert.equal(again[0].services.actual, world.services.actual);
});

Deno.test("take() a dump in pieces, is one of them all; a later one of what differs, changes only that", () => {
  const before = asking();
  const all = desiredServices(before.lvs);
  const pieces = take(before, { kind: "ipvs-services", services: all.slice(0, 300) }, 0)[0];
  assert.equal(pieces.services.actual, undefined, "half of it is not known to be all");
  const [known, counts] = settlings(pieces, { kind: "ipvs-table", services: all.slice(300) });
  assert.deepEqual(counts, [0, 0, 0]);
  const [lacking, gone] = [
    all[7] ?? assert.fail("it is there"),
    all[499] ?? assert.fail("as well"),
  ];
  const poorer: ServiceTable = { ...lacking, destinations: lacking.destinations.slice(1) };
  const told = { services: [poorer], gone: [gone.service.id] } as const;
  const [mended, order] = settlings(known, { kind: "ipvs-table", ...told });
  assert.deepEqual(order, [4], "one destination, and a service with two");
  assert.equal(sizeOf(mended.services.actual ?? assert.fail("it is known")), 500);
});

Deno.test("take() a dump that fails half way, is forgotten, and the next one is of everything", () => {
  const before = asking();
  const all = desiredServices(before.lvs);
  const half = take(before, { kind: "ipvs-services", services: all.slice(0, 300) }, 0)[0];
  const failed = update(half, { kind: "ipvs-table" }, 0)[0];
  assert.equal(failed.services.actual, undefined);
  const at = failed.services.retry?.at ?? assert.fail("it is tried again");
  const [, effects] = update(failed, { kind: "deadline" }, at);
  assert.deepEqual(effects.filter(({ kind }) => kind === "ipvs-dump"), [
    { kind: "ipvs-dump", afresh: true },
  ]);
});
