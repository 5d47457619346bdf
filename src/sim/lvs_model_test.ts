/**
 * The virtual server against a simple model: whatever servers did, whatever a reload brought and whoever meddled with the table, once
 * the servers have been as they are for a while, the kernel's table is what the configuration and they say.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  destinationKey,
  type IpvsOperation,
  serviceKey,
  type ServiceTable,
} from "../kernel/ipvs/ipvs.ts";
import type { LvsConfig, VirtualServerConfig } from "../lvs/config.ts";
import { configOf, realServer, SORRY, tcpCheck, virtualServer } from "../lvs/part/fixtures.ts";
import { desiredServices, virtualServersOf } from "../lvs/mod.ts";
import { SECOND } from "../net/mod.ts";
import { type Balancer, createBalancer } from "./balancer.ts";

/** Hosts there are real servers on: few, so that services share them. */
const HOSTS = 5;

/** Longer than any checker, climb or drain takes to its end. */
const LONG = 200 * SECOND;

const anyTiming = fc.record({
  retry: fc.constantFrom(0, 0, 1, 3),
  rise: fc.constantFrom(undefined, undefined, 2, 3),
  fall: fc.constantFrom(undefined, undefined, 2),
  delayLoop: fc.constantFrom(2 * SECOND, 3 * SECOND),
  alpha: fc.boolean(),
}).map(({ rise, fall, ...rest }) => ({
  ...rest,
  ...(rise !== undefined && { rise }),
  ...(fall !== undefined && { fall }),
}));

const anyServer = fc.record({
  host: fc.nat(HOSTS - 1),
  weight: fc.nat(5),
  timings: fc.array(anyTiming, { maxLength: 2 }),
  inhibitOnFailure: fc.boolean(),
  slow: fc.boolean(),
}).map(({ host, weight, timings, inhibitOnFailure, slow }) => {
  const { address } = realServer(host + 1);
  const checkers = timings.map((timing) => tcpCheck(address, timing));
  const slowly = slow ? { slowStart: 20 * SECOND } : {};
  return realServer(host + 1, { weight, inhibitOnFailure, checkers, ...slowly });
});

const anyVirtualServer = fc.record({
  which: fc.nat(2),
  scheduler: fc.constantFrom("rr", "wlc"),
  quorum: fc.integer({ min: 1, max: 6 }),
  hysteresis: fc.nat(2),
  hasSorry: fc.boolean(),
  sorryServerInhibit: fc.boolean(),
  drains: fc.boolean(),
  realServers: fc.uniqueArray(anyServer, { selector: ({ address }) => address, maxLength: 4 }),
}).map(({ which, hasSorry, drains, hysteresis, quorum, ...rest }): VirtualServerConfig => {
  const name = { kind: "address", protocol: "tcp", address: `10.0.0.${which}`, port: 80 } as const;
  return virtualServer({
    name,
    services: [name],
    quorum,
    hysteresis: Math.min(hysteresis, quorum - 1),
    ...rest,
    ...(hasSorry && { sorryServer: SORRY }),
    ...(drains && { drainTimeout: 30 * SECOND }),
  });
});

const anyConfig = fc.uniqueArray(anyVirtualServer, {
  selector: ({ services: [id] }) => id === undefined ? "" : serviceKey(id),
  maxLength: 3,
}).map((virtualServers) => configOf(...virtualServers));

/** A service of somebody else, which stays as it is. */
const FOREIGN: ServiceTable = {
  service: {
    id: { kind: "address", protocol: "udp", address: "10.9.9.9", port: 53 },
    scheduler: "rr",
    flags: 0,
    timeout: 0,
    netmask: 32,
  },
  destinations: [{
    address: "192.168.9.9",
    port: 53,
    forwarding: { method: "nat" },
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  }],
};

/** What can happen. */
type Deed =
  | { readonly kind: "server"; readonly host: number; readonly good: boolean }
  | { readonly kind: "connections"; readonly host: number; readonly count: number }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "reload"; readonly config: LvsConfig }
  | { readonly kind: "meddle"; readonly pick: number; readonly how: number };

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant("server" as const), host: fc.nat(HOSTS - 1), good: fc.boolean() }),
  fc.record({
    kind: fc.constant("connections" as const),
    host: fc.nat(HOSTS - 1),
    count: fc.nat(2),
  }),
  fc.record({ kind: fc.constant("pass" as const), seconds: fc.nat(12) }),
  fc.record({ kind: fc.constant("reload" as const), config: anyConfig }),
  fc.record({ kind: fc.constant("meddle" as const), pick: fc.nat(20), how: fc.nat(3) }),
);

function addressOf(host: number): string {
  return realServer(host + 1).address;
}

/** Something somebody does to a table that is not theirs. */
function mischief(
  table: readonly ServiceTable[],
  pick: number,
  how: number,
): readonly IpvsOperation[] {
  const ours = table.filter(({ service: { id } }) =>
    serviceKey(id) !== serviceKey(FOREIGN.service.id)
  );
  const victim = ours[pick % Math.max(1, ours.length)];
  if (victim === undefined) return [];
  const { id } = victim.service;
  const destination = victim.destinations[pick % Math.max(1, victim.destinations.length)];
  switch (how) {
    case 0:
      return [{ op: "delete-service", id }];
    case 1:
      return destination === undefined ? [] : [{ op: "delete-destination", id, destination }];
    case 2:
      return destination === undefined
        ? []
        : [{ op: "set-destination", id, destination: { ...destination, weight: 77 } }];
    default: {
      const [stranger] = FOREIGN.destinations;
      return stranger === undefined ? [] : [{ op: "new-destination", id, destination: stranger }];
    }
  }
}

function act(balancer: Balancer, deed: Deed): void {
  switch (deed.kind) {
    case "server":
      balancer.good.set(addressOf(deed.host), deed.good);
      return;
    case "connections":
      balancer.connections.set(addressOf(deed.host), deed.count);
      return;
    case "pass":
      balancer.pass(deed.seconds * SECOND);
      return;
    case "reload":
      balancer.reload(deed.config);
      return;
    case "meddle":
      balancer.meddle(mischief(balancer.table(), deed.pick, deed.how));
  }
}

/** A table as lines that can be compared: `service`, `service → server weight`. */
function lines(tables: readonly ServiceTable[]): readonly string[] {
  return tables.flatMap(({ service, destinations }) => {
    const key = `${serviceKey(service.id)} ${service.scheduler}`;
    return [key, ...destinations.map((one) => `${key} → ${destinationKey(one)} ${one.weight}`)];
  }).toSorted();
}

/** What the table must be in the end: the words of the manual, and nothing of the machine. */
function expected(
  { virtualServers }: LvsConfig,
  good: ReadonlyMap<string, boolean>,
  hadQuorum: readonly boolean[],
): readonly string[] {
  return virtualServers.flatMap((config, at) => {
    const { realServers, quorum, hysteresis, sorryServer, sorryServerInhibit, services: [id] } =
      config;
    assert.ok(id);
    const isAlive = (address: string, checked: boolean) => !checked || (good.get(address) ?? true);
    const alive = realServers.map(({ address, checkers }) => isAlive(address, checkers.length > 0));
    const weight = realServers.reduce(
      (sum, one, index) => sum + (alive[index] ? one.weight : 0),
      0,
    );
    const quorate = weight >= quorum + hysteresis ||
      (weight >= Math.max(1, quorum - hysteresis) && hadQuorum[at] === true);
    const sorry = sorryServer !== undefined && !quorate;
    const key = `${serviceKey(id)} ${config.scheduler}`;
    const servers = realServers.flatMap((one, index) => {
      const serves = alive[index] === true && !sorry;
      if (!serves && !one.inhibitOnFailure) return [];
      return [`${key} → ${destinationKey(one)} ${serves ? one.weight : 0}`];
    });
    const last = sorryServer === undefined || !(sorry || sorryServerInhibit)
      ? []
      : [`${key} → ${destinationKey(sorryServer)} ${sorry ? sorryServer.weight : 0}`];
    return [key, ...servers, ...last];
  }).concat(lines([FOREIGN])).toSorted();
}

function settle(balancer: Balancer): void {
  balancer.connections.clear();
  balancer.pass(LONG);
}

Deno.test("a virtual server, after any checks, reloads and drifts, ends as configuration and servers say", () => {
  const scenario = fc.tuple(anyConfig, fc.array(anyDeed, { maxLength: 25 }));
  fc.assert(
    fc.property(scenario, ([first, deeds]) => {
      const balancer = createBalancer(first, [FOREIGN]);
      let config = first;
      for (const deed of deeds) {
        act(balancer, deed);
        if (deed.kind === "reload") config = deed.config;
      }
      settle(balancer);
      const { lvs } = balancer.world();
      const hadQuorum = virtualServersOf(lvs).map(({ quorate }) => quorate);
      const want = expected(config, balancer.good, hadQuorum);
      assert.deepEqual(lines(balancer.table()), want);
      assert.deepEqual(lines([...desiredServices(lvs), FOREIGN]), want);
      const probes = new Set(
        config.virtualServers.flatMap(({ realServers }) =>
          realServers.flatMap(({ address, checkers }) =>
            checkers.map(({ timing }) => `${address} ${timing.delayLoop}`)
          )
        ),
      );
      assert.equal(balancer.asked.size, probes.size, "one probe per endpoint and interval");
      balancer.shutdown();
      balancer.pass(SECOND);
      assert.deepEqual(lines(balancer.table()), lines([FOREIGN]));
    }),
    { numRuns: 300 },
  );
});

Deno.test("a virtual server, in the end looks at each endpoint once in each interval, whatever its services count", () => {
  const scenario = fc.tuple(anyConfig, fc.array(anyDeed, { maxLength: 12 }));
  fc.assert(
    fc.property(scenario, ([first, deeds]) => {
      const balancer = createBalancer(first);
      for (const deed of deeds) if (deed.kind !== "reload") act(balancer, deed);
      settle(balancer);
      const before = new Map(balancer.looks);
      balancer.pass(60 * SECOND);
      const most = new Map<string, number>();
      const seen = new Set<string>();
      for (const { realServers } of first.virtualServers) {
        for (const { address, checkers } of realServers) {
          for (const { timing: { delayLoop } } of checkers) {
            if (seen.has(`${address} ${delayLoop}`)) continue;
            seen.add(`${address} ${delayLoop}`);
            most.set(address, (most.get(address) ?? 0) + 60 * SECOND / delayLoop);
          }
        }
      }
      for (const [address, count] of most) {
        const looks = (balancer.looks.get(address) ?? 0) - (before.get(address) ?? 0);
        assert.ok(Math.abs(looks - count) <= 2, `${address}: ${looks} looks, not ${count}`);
      }
    }),
    { numRuns: 100 },
  );
});
