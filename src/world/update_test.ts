import assert from "node:assert/strict";
import { type Address, VIRTUAL_ROUTER } from "../kernel/address.ts";
import type { ServiceTable } from "../kernel/ipvs/ipvs.ts";
import { earlier, type Micros, SECOND } from "../net/micros.ts";
import type { VirtualServerConfig } from "../lvs/mod.ts";
import { sizeOf, sortedEntries, sortedValues, valueOf } from "../persistent/mod.ts";
import { addressOn, ethernet, instanceConfig, syncGroup, vrrpConfig } from "../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  nextDeadline,
  nextRenewal,
  take,
  update,
  type World,
  type WorldOptions,
} from "./mod.ts";
import type { WorldConfig, WorldEffect, WorldEvent } from "./mod.ts";
import { worldConfig } from "./fixtures.ts";

const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const OWN = [addressOn(2, "172.16.1.134"), addressOn(3, "192.168.1.131")];
const VIPS = [
  { ifindex: 2, address: "172.16.1.99", prefixLength: 32 },
  { ifindex: 3, address: "192.168.1.2", prefixLength: 32 },
];

const PAIR = vrrpConfig([
  instanceConfig({ name: "VI_1" }),
  instanceConfig({
    name: "VI_GATEWAY",
    interface: "eth1",
    virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
  }),
], { groups: [syncGroup(["VI_1", "VI_GATEWAY"])] });

const SERVER: VirtualServerConfig = {
  name: { kind: "address", protocol: "tcp", address: "172.16.1.99", port: 80 },
  services: [{ kind: "address", protocol: "tcp", address: "172.16.1.99", port: 80 }],
  family: "inet",
  scheduler: "wrr",
  flags: 0,
  persistenceGranularity: 32,
  quorum: 1,
  hysteresis: 0,
  alpha: false,
  omega: false,
  sorryServerInhibit: false,
  realServers: [{
    address: "192.168.1.130",
    port: 80,
    weight: 2,
    forwarding: { method: "nat" },
    inhibitOnFailure: false,
    upperThreshold: 0,
    lowerThreshold: 0,
    checkers: [],
  }],
};

const LVS = { virtualServers: [SERVER], flush: false };

/** A world and the effects it has given so far. */
interface Driven {
  world: World;
  now: Micros;
  readonly effects: WorldEffect[];
}

function driven(
  config: Partial<WorldConfig> = {},
  options: Partial<WorldOptions> = {},
): Driven {
  const whole = worldConfig(config);
  return { world: newWorld(whole, { ...DEFAULT_OPTIONS, ...options }, 0), now: 0, effects: [] };
}

/** Feeds one event; gives the effects it led to. */
function feed(driven: Driven, event: WorldEvent): readonly WorldEffect[] {
  const [world, effects] = update(driven.world, event, driven.now);
  driven.world = world;
  driven.effects.push(...effects);
  return effects;
}

/** Lets deadlines pass until an effect of this kind comes. */
function passTimeUntil(driven: Driven, kind: WorldEffect["kind"]): readonly WorldEffect[] {
  for (let turns = 0; turns < 100; turns++) {
    const [renewal, deadline] = [nextRenewal(driven.world), nextDeadline(driven.world)];
    const at = earlier(renewal, deadline);
    assert.ok(at !== undefined, `no deadline left, and no ${kind}`);
    driven.now = Math.max(driven.now, at);
    const effects = feed(driven, { kind: at === renewal ? "renew" : "deadline" });
    if (effects.some((effect) => effect.kind === kind)) return effects;
  }
  throw new Error(`No ${kind} after 100 deadlines`);
}

function started(config: Partial<WorldConfig>, more: readonly Address[] = []): Driven {
  const it = driven(config);
  feed(it, { kind: "start", links: LINKS, addresses: [...OWN, ...more] });
  return it;
}

/** A world whose pair of instances is master, all orders answered. */
function master(config: Partial<WorldConfig> = {}): Driven {
  const it = started({ vrrp: PAIR, ...config });
  becomeMaster(it);
  return it;
}

/** The core reports that nobody else adverts. */
function becomeMaster(it: Driven): readonly WorldEffect[] {
  const watches = it.effects.filter((effect) => effect.kind === "watch");
  it.now += 4 * SECOND;
  const effects = watches.length > 0
    ? watches.flatMap(({ order, seq }) => feed(it, { kind: "expired", order, seq }))
    : passTimeUntil(it, "transmit");
  answerAddresses(it);
  return effects;
}

/** The kernel obeys everything that was ordered of it. */
function answerAddresses(it: Driven): void {
  for (const effect of it.effects.splice(0)) {
    if (effect.kind !== "address-apply") continue;
    const { operations } = effect;
    feed(it, { kind: "addresses-applied", operations, errnos: operations.map(() => 0) });
  }
}

function kinds(effects: readonly WorldEffect[]): readonly string[] {
  return effects.map(({ kind }) => kind);
}

function operationsOf(effects: readonly WorldEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "address-apply"
      ? effect.operations.map(({ op, address }) => `${op} ${address.address}`)
      : []
  );
}

Deno.test("update() becoming master, adverts before addresses, addresses before announcements (wire.md §3)", () => {
  const effects = becomeMaster(started({ vrrp: PAIR }));
  const order = kinds(effects);
  assert.ok(order.indexOf("transmit") < order.indexOf("address-apply"));
  assert.ok(order.indexOf("address-apply") < order.indexOf("announce"));
});

Deno.test("update() a sync group becoming master, adds both addresses in one operation list", () => {
  const effects = becomeMaster(started({ vrrp: PAIR }));
  const first = effects.find((effect) => effect.kind === "address-apply");
  assert.deepEqual(first && operationsOf([first]), ["add 172.16.1.99", "add 192.168.1.2"]);
});

Deno.test("update() start with addresses left over, deletes them and nothing else", () => {
  const leftovers = VIPS.map((address) => ({ ...address, scope: 0 }));
  const it = started({ vrrp: PAIR }, leftovers);
  assert.deepEqual(operationsOf(it.effects), ["delete 172.16.1.99", "delete 192.168.1.2"]);
});

Deno.test("update() start beside another daemon, deletes what a run before has claimed, and nothing that is there besides", () => {
  const [first, second] = VIPS.map((address) => ({ ...address, scope: 0 }));
  assert.ok(first && second);
  const { address, prefixLength } = first;
  const claimed = { interface: "eth0", address, prefixLength };
  const left = { addresses: [claimed], services: [] };
  const it = driven({ vrrp: PAIR });
  const addresses = [...OWN, { ...first, protocol: VIRTUAL_ROUTER }, second];
  feed(it, { kind: "start", links: LINKS, addresses, left, neighbours: true });
  assert.deepEqual(operationsOf(it.effects), [`delete ${address}`]);
});

Deno.test("update() transmit, carries the lease; the world renews it while there is a master", () => {
  const it = started({ vrrp: PAIR });
  const transmit = becomeMaster(it).find((effect) => effect.kind === "transmit");
  assert.equal(transmit?.kind === "transmit" && transmit.lease, DEFAULT_OPTIONS.lease);
  const before = it.now;
  passTimeUntil(it, "renew");
  assert.ok(it.now - before < DEFAULT_OPTIONS.lease / 2);
});

Deno.test("update() a lapsed lease, leaves the master state and stops renewing", () => {
  const it = master();
  for (const [order] of sortedEntries(it.world.leased)) feed(it, { kind: "lapsed", order });
  assert.equal(sizeOf(it.world.leased), 0);
  assert.equal(it.world.renewAt, undefined);
});

Deno.test("update() an address somebody deletes from a master, is added again and announced", () => {
  const it = master();
  const [vip] = VIPS;
  assert.ok(vip);
  const address = { ...vip, scope: 0 };
  feed(it, { kind: "address", address, removed: false });
  assert.deepEqual(feed(it, { kind: "address", address, removed: true }), []);
  const effects = passTimeUntil(it, "address-apply");
  assert.deepEqual(operationsOf(effects), ["add 172.16.1.99"]);
  assert.deepEqual(kinds(effects), ["log", "address-apply", "announce"]);
});

Deno.test("update() an address that was there before mastership, goes with it all the same", () => {
  const [vip] = VIPS;
  assert.ok(vip);
  const it = started({ vrrp: PAIR });
  feed(it, { kind: "address", address: { ...vip, scope: 0 }, removed: false });
  assert.deepEqual(operationsOf(becomeMaster(it)), ["add 192.168.1.2"]);
  const effects = feed(it, { kind: "shutdown" });
  assert.deepEqual(operationsOf(effects), ["delete 172.16.1.99", "delete 192.168.1.2"]);
});

Deno.test("update() an address that cannot be added, is tried again with growing waits", () => {
  const it = started({ vrrp: PAIR });
  const apply = becomeMaster(it).find((effect) => effect.kind === "address-apply");
  assert.ok(apply?.kind === "address-apply");
  const refuse = () =>
    feed(it, {
      kind: "addresses-applied",
      operations: apply.operations,
      errnos: apply.operations.map(() => 13),
    });
  const waits: Micros[] = [];
  for (let round = 0; round < 3; round++) {
    refuse();
    const before = it.now;
    passTimeUntil(it, "address-apply");
    waits.push(Math.round((it.now - before) / SECOND));
  }
  assert.deepEqual(waits, [1, 2, 4]);
});

Deno.test("update() shutdown of a master, says farewell, deletes, and exits when the kernel has answered", () => {
  const it = master();
  const effects = feed(it, { kind: "shutdown" });
  const order = kinds(effects);
  assert.ok(order.indexOf("cease") < order.indexOf("address-apply"));
  assert.deepEqual(operationsOf(effects), ["delete 172.16.1.99", "delete 192.168.1.2"]);
  assert.ok(!order.includes("exit"));
  answerAddresses(it);
  assert.equal(it.world.phase, "stopped");
});

Deno.test("update() shutdown with -V, leaves the addresses", () => {
  const it = driven({ vrrp: PAIR }, { keepAddresses: true });
  feed(it, { kind: "start", links: LINKS, addresses: OWN });
  becomeMaster(it);
  const effects = feed(it, { kind: "shutdown" });
  assert.deepEqual(operationsOf(effects), []);
  assert.equal(it.world.phase, "stopped");
});

Deno.test("update() reload with the same configuration, orders nothing of kernel and core", () => {
  const it = master({ lvs: LVS });
  feed(it, { kind: "ipvs-table", services: [] });
  answerServices(it);
  const effects = feed(it, {
    kind: "reload",
    config: worldConfig({ vrrp: PAIR, lvs: LVS }),
  });
  assert.deepEqual(kinds(effects).filter((kind) => kind !== "log"), []);
});

Deno.test("update() services, are dumped first and changed by difference only", () => {
  const it = started({ lvs: LVS });
  assert.deepEqual(kinds(it.effects).filter((kind) => kind.startsWith("ipvs")), [
    "ipvs-watch",
    "ipvs-dump",
  ]);
  const foreign: ServiceTable = {
    service: {
      id: { kind: "fwmark", family: "inet", mark: 7 },
      scheduler: "rr",
      flags: 0,
      timeout: 0,
      netmask: 32,
    },
    destinations: [],
  };
  const effects = feed(it, { kind: "ipvs-table", services: [foreign] });
  const apply = effects.find((effect) => effect.kind === "ipvs-apply");
  assert.deepEqual(apply?.kind === "ipvs-apply" && apply.operations.map(({ op }) => op), [
    "new-service",
    "new-destination",
  ]);
});

Deno.test("update() a table that already is as desired, is not touched", () => {
  const first = started({ lvs: LVS });
  feed(first, { kind: "ipvs-table", services: [] });
  const table = [...servicesOf(first)];
  assert.equal(table.length, 1);
  const second = started({ lvs: LVS });
  assert.deepEqual(feed(second, { kind: "ipvs-table", services: table }), []);
});

Deno.test("take() a table read again that is as it was known to be, asks for nothing to be compared", () => {
  const it = started({ lvs: LVS });
  const operations = feed(it, { kind: "ipvs-table", services: [] })
    .flatMap((effect) => effect.kind === "ipvs-apply" ? effect.operations : []);
  feed(it, { kind: "ipvs-applied", operations, errnos: operations.map(() => 0) });
  const again = { kind: "ipvs-table", services: servicesOf(it) } as const;
  const [same] = take(it.world, again, it.now);
  assert.equal(same.unsettled.services, undefined);
  const [changed] = take(it.world, { kind: "ipvs-table", services: [] }, it.now);
  assert.deepEqual(changed.unsettled.services?.more?.last, { virtualServer: 0 });
});

Deno.test("update() an IPVS operation that fails, leads to a fresh dump after a wait", () => {
  const it = started({ lvs: LVS });
  feed(it, { kind: "ipvs-table", services: [] });
  answerServices(it, 22);
  passTimeUntil(it, "ipvs-dump");
  const effects = feed(it, { kind: "ipvs-table", services: [] });
  assert.ok(effects.some((effect) => effect.kind === "ipvs-apply"));
});

Deno.test("update() shutdown, deletes our services and leaves them with -I", () => {
  for (const keepServices of [false, true]) {
    const it = driven({ lvs: LVS }, { keepServices });
    feed(it, { kind: "start", links: LINKS, addresses: OWN });
    feed(it, { kind: "ipvs-table", services: [] });
    answerServices(it);
    const effects = feed(it, { kind: "shutdown" });
    const deletes = effects.some((effect) =>
      effect.kind === "ipvs-apply" && effect.operations.some(({ op }) => op === "delete-service")
    );
    assert.equal(deletes, !keepServices);
  }
});

Deno.test("update() reload that speaks of one interface only, deletes on the other what is ours and forgets the rest", () => {
  const it = master();
  const [stays] = PAIR.instances;
  assert.ok(stays);
  const config = worldConfig({
    vrrp: vrrpConfig([stays]),
  });
  const effects = feed(it, { kind: "reload", config });
  assert.deepEqual(operationsOf(effects), ["delete 192.168.1.2"]);
  const { addresses, vrrp } = it.world;
  assert.deepEqual(sortedEntries(addresses.actual).map(([key]) => key), [
    "2 172.16.1.134/24",
    "2 172.16.1.99/32",
  ]);
  assert.deepEqual(sortedEntries(vrrp.kernel.byIndex).map(([ifindex]) => ifindex), [2]);
});

Deno.test("update() reload without an address on another interface, deletes it there", () => {
  const virtual = { address: "192.168.1.2", prefixLength: 32, dev: "eth1" };
  const [bare] = PAIR.instances;
  assert.ok(bare);
  const both = { ...bare, virtualAddresses: [...bare.virtualAddresses, virtual] };
  const it = started({ vrrp: vrrpConfig([both]) });
  assert.deepEqual(operationsOf(becomeMaster(it)), ["add 172.16.1.99", "add 192.168.1.2"]);
  const effects = feed(it, {
    kind: "reload",
    config: worldConfig({ vrrp: vrrpConfig([bare]) }),
  });
  assert.deepEqual(operationsOf(effects), ["delete 192.168.1.2"]);
});

/** What the world thinks the kernel's IPVS table holds. */
function servicesOf({ world }: Driven): readonly ServiceTable[] {
  const { actual } = world.services;
  return actual === undefined ? [] : sortedValues(actual).map(({ service, destinations }) => ({
    service,
    destinations: sortedValues(destinations),
  }));
}

/** A world whose table is as desired, and the table as the kernel tells it. */
function balanced(): Driven & { readonly table: readonly ServiceTable[] } {
  const it = started({ lvs: LVS });
  feed(it, { kind: "ipvs-table", services: [] });
  answerServices(it);
  return Object.assign(it, { table: servicesOf(it) });
}

Deno.test("update() services that somebody else has changed, are read, said, and put right at once", () => {
  const it = balanced();
  it.now += SECOND;
  assert.deepEqual(kinds(feed(it, { kind: "ipvs-changed" })), ["ipvs-dump"]);
  assert.deepEqual(kinds(feed(it, { kind: "ipvs-changed" })), [], "a dump is under way");
  const effects = feed(it, { kind: "ipvs-table", services: [] });
  assert.deepEqual(
    effects.flatMap((effect) => effect.kind === "log" ? [effect.text] : []),
    ["Somebody else has changed IPVS, which is put right: tcp [172.16.1.99]:80 is gone"],
  );
  const apply = effects.find((effect) => effect.kind === "ipvs-apply");
  assert.deepEqual(apply?.kind === "ipvs-apply" && apply.operations.map(({ op }) => op), [
    "new-service",
    "new-destination",
  ]);
});

Deno.test("update() services that somebody else changes again and again, are put right less and less often", () => {
  const it = balanced();
  const changes: Micros[] = [];
  for (it.now = SECOND; it.now < 60 * SECOND; it.now += SECOND / 2) {
    const asked = [
      ...feed(it, { kind: "ipvs-changed" }),
      ...((nextDeadline(it.world) ?? Infinity) <= it.now ? feed(it, { kind: "deadline" }) : []),
    ];
    if (!kinds(asked).includes("ipvs-dump")) continue;
    changes.push(it.now);
    feed(it, { kind: "ipvs-table", services: [] });
    answerServices(it);
  }
  assert.deepEqual(changes.map((at) => at / SECOND), [1, 2, 4, 8, 16, 32]);
});

Deno.test("update() a table with a server changed and one too many, is said so; what is foreign is not", () => {
  const it = balanced();
  const [mine] = it.table;
  const [server] = mine?.destinations ?? [];
  if (mine === undefined || server === undefined) throw new RangeError("no server");
  const destinations = [{ ...server, weight: 7 }, { ...server, address: "192.168.1.99" }];
  const foreign = { ...mine.service, id: { kind: "fwmark", family: "inet", mark: 9 } } as const;
  const effects = feed(it, {
    kind: "ipvs-table",
    services: [{ service: mine.service, destinations }, { service: foreign, destinations }],
  });
  assert.deepEqual(effects.flatMap((effect) => effect.kind === "log" ? [effect.text] : []), [
    "Somebody else has changed IPVS, which is put right: tcp [172.16.1.99]:80 has [192.168.1.99]:80, " +
    "tcp [172.16.1.99]:80 has [192.168.1.130]:80 changed",
  ]);
});

Deno.test("update() lvs_flush_on_stop, empties the table at the end whoever made what is in it", () => {
  const it = started({ lvs: { ...LVS, flushOnStop: true } });
  feed(it, { kind: "ipvs-table", services: [] });
  answerServices(it);
  const effects = feed(it, { kind: "shutdown" });
  const apply = effects.find((effect) => effect.kind === "ipvs-apply");
  assert.deepEqual(apply?.kind === "ipvs-apply" && apply.operations, [{ op: "flush" }]);
});

/** The kernel answers everything that was ordered of its IPVS table. */
function answerServices(it: Driven, errno = 0): void {
  for (const effect of it.effects.splice(0)) {
    if (effect.kind !== "ipvs-apply") continue;
    const { operations } = effect;
    feed(it, { kind: "ipvs-applied", operations, errnos: operations.map(() => errno) });
  }
}

Deno.test("update() the host's own address comes after ours, and goes first by one order", () => {
  const virtual = { address: "172.17.1.99", prefixLength: 24, dev: "eth1" };
  const it = driven({ vrrp: vrrpConfig([instanceConfig({ virtualAddresses: [virtual] })]) });
  feed(it, { kind: "start", links: LINKS, addresses: OWN });
  it.now = 4 * SECOND;
  feed(it, { kind: "expired", order: 1, seq: 1 });
  const vip = addressOn(3, "172.17.1.99");
  const add = { op: "add", address: vip } as const;
  feed(it, { kind: "addresses-applied", operations: [add], errnos: [0] });
  const own = { ...addressOn(3, "172.17.1.1"), secondary: true };
  assert.deepEqual(feed(it, { kind: "address", address: own, removed: false }), []);
  assert.equal(nextDeadline(it.world), it.now);
  const effects = feed(it, { kind: "deadline" });
  const ours = { ...vip, protocol: VIRTUAL_ROUTER };
  const operations = [
    { op: "delete", address: ours } as const,
    { op: "add", address: ours } as const,
  ];
  assert.deepEqual(effects, [{ kind: "address-apply", operations }]);
  // What is told of it meanwhile leads to nothing.
  const told = { kind: "address", address: vip, ordered: true } as const;
  assert.deepEqual(feed(it, { ...told, removed: true }), []);
  assert.deepEqual(feed(it, { ...told, removed: false }), []);
  feed(it, { kind: "addresses-applied", operations, errnos: [0, 0] });
  assert.equal(it.world.addresses.pending, 0);
  assert.ok(valueOf(it.world.addresses.actual, "3 172.17.1.99/24") !== undefined);
});

Deno.test("update() an address that became the interface's own, is not deleted though it was ours", () => {
  const config = instanceConfig({
    virtualAddresses: [{ address: "172.16.1.99", prefixLength: 24 }],
  });
  const it = driven({ vrrp: vrrpConfig([config]) });
  feed(it, { kind: "start", links: LINKS, addresses: OWN });
  it.now = 4 * SECOND;
  feed(it, { kind: "expired", order: 1, seq: 1 });
  const vip = addressOn(2, "172.16.1.99");
  const add = { op: "add", address: vip } as const;
  feed(it, { kind: "addresses-applied", operations: [add], errnos: [0] });
  const [own] = OWN;
  assert.ok(own !== undefined);
  feed(it, { kind: "address", address: own, removed: true });
  feed(it, { kind: "address", address: vip, removed: true, ordered: true });
  const effects = feed(it, { kind: "address", address: vip, removed: false });
  const deleted = [...effects, ...feed(it, { kind: "shutdown" })].flatMap((effect) =>
    effect.kind === "address-apply" ? effect.operations : []
  );
  assert.deepEqual(deleted, []);
});
