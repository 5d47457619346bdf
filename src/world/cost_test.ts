/** No event costs more than what it changed: what it did not change is the same object afterwards, and nothing is ordered for it. */

import assert from "node:assert/strict";
import { manyServers, REFUSED } from "../lvs/part/fixtures.ts";
import { elementAt, elementsOf, valueOf } from "../persistent/mod.ts";
import { SECOND } from "../net/micros.ts";
import { addressOn, ethernet, manyAddresses } from "../vrrp/fixtures.ts";
import { DEFAULT_OPTIONS, newWorld, update, type World, type WorldEvent } from "./mod.ts";
import { worldConfig } from "./fixtures.ts";

const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const OWN = [addressOn(2, "172.16.1.134")];

function after(world: World, ...events: readonly WorldEvent[]): World {
  return events.reduce((so, event) => update(so, event, SECOND)[0], world);
}

function started(config: Partial<Parameters<typeof newWorld>[0]>): World {
  const whole = worldConfig(config);
  const world = newWorld(whole, DEFAULT_OPTIONS, 0);
  return after(world, { kind: "start", links: LINKS, addresses: OWN }, {
    kind: "ipvs-table",
    services: [],
  });
}

/** All instances master. */
function masters(count: number): World {
  const world = started({ vrrp: manyAddresses(count, 3) });
  return after(
    world,
    ...world.vrrp.instances.map(({ order, seq }) => ({ kind: "expired", order, seq }) as const),
  );
}

const FOREIGN: readonly (readonly [string, WorldEvent])[] = [
  ["an address", { kind: "address", address: addressOn(3, "10.200.0.1", 32), removed: false }],
  ["an address of IPv6", {
    kind: "address",
    address: addressOn(3, "2001:db8::1", 64),
    removed: false,
  }],
  ["an address on the interface of instances", {
    kind: "address",
    address: addressOn(2, "10.200.0.1", 32),
    removed: false,
  }],
  ["a link", { kind: "link", link: ethernet(99, "veth99"), removed: false }],
];

for (const [what, event] of FOREIGN) {
  Deno.test(`update() ${what} that concerns nobody, leaves every instance and order as it is`, () => {
    const world = masters(50);
    const [next, effects] = update(world, event, SECOND);
    assert.deepEqual(effects, []);
    assert.equal(next.vrrp.instances, world.vrrp.instances);
    assert.equal(next.vrrp.deadlines, world.vrrp.deadlines);
    assert.equal(next.vrrp.listening, world.vrrp.listening);
    assert.equal(next.addresses.managed, world.addresses.managed);
    assert.equal(next.services, world.services);
    assert.equal(next.lvs, world.lvs);
  });
}

Deno.test("update() one failing server of 4,000, replaces one virtual server, one checker and one service", () => {
  const world = started({ lvs: manyServers(1_000, 4) });
  const inquiry = elementAt(world.lvs.inquiries, 17);
  const event = { kind: "outcome", order: 17, seq: inquiry?.seq ?? 0, outcome: REFUSED } as const;
  const [next, effects] = update(world, event, SECOND);
  const applied = effects.flatMap((effect) =>
    effect.kind === "ipvs-apply" ? effect.operations.map(({ op }) => op) : []
  );
  assert.deepEqual(applied, ["delete-destination"]);
  const [before, later] = [world, next].map(({ lvs }) => elementsOf(lvs.virtualServers));
  const changed = later?.filter((each, index) => each !== before?.[index]);
  assert.equal(changed?.length, 1);
  for (const table of ["checkers", "inquiries"] as const) {
    const changed = elementsOf<unknown>(next.lvs[table])
      .filter((each, index) => each !== elementAt<unknown>(world.lvs[table], index));
    assert.equal(changed.length, 1, table);
  }
  const [was, is] = [world.services.actual, next.services.actual];
  assert.ok(was && is);
  const same = (key: string) => valueOf(was, key) === valueOf(is, key);
  const keys = Array.from({ length: 1_000 }, (_, at) => `tcp [10.0.${at >> 8}.${at & 255}]:80`);
  assert.deepEqual(keys.filter((key) => !same(key)), ["tcp [10.0.0.4]:80"]);
});

Deno.test("update() an advert expired for one of 50 instances, replaces that instance only", () => {
  const world = started({ vrrp: manyAddresses(50, 3) });
  const self = world.vrrp.instances[7];
  assert.ok(self);
  const [next] = update(world, { kind: "expired", order: self.order, seq: self.seq }, SECOND);
  const changed = next.vrrp.instances.filter((each, at) => each !== world.vrrp.instances[at]);
  assert.deepEqual(changed.map(({ config }) => config.name), ["VI_7"]);
});
