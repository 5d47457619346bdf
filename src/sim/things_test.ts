/** Routes and rules of a node on its virtual kernel: with the state of their instance, in the order of operations, and back. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type Route, ROUTE_TYPE, SCOPE, TABLE } from "../kernel/route.ts";
import { RULE_ACTION } from "../kernel/rule.ts";
import { thingKey, thingText } from "../kernel/mod.ts";
import { type Micros, MILLISECOND, SECOND } from "../net/mod.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../vrrp/fixtures.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../route/config.ts";
import type { VrrpConfig } from "../vrrp/mod.ts";
import type { WorldConfig } from "../world/mod.ts";
import { type Cluster, createCluster } from "./cluster.ts";
import { worldConfig } from "../world/fixtures.ts";

const VIP = "172.16.1.99";

function route(destination: string, changes: Partial<Route<string>> = {}): ConfiguredRoute {
  return {
    route: {
      family: "inet",
      destination: { address: destination, prefixLength: 24 },
      table: TABLE.main,
      type: ROUTE_TYPE.unicast,
      scope: SCOPE.global,
      protocol: 18,
      nextHops: [{ device: "eth0", gateway: "172.16.1.1" }],
      ...changes,
    },
  };
}

function rule(priority: number): ConfiguredRule {
  const action = RULE_ACTION.table;
  return { rule: { family: "inet", priority, action, table: 100, protocol: 18 } };
}

const VIRTUAL: VrrpConfig = vrrpConfig([
  instanceConfig({
    name: "VI_1",
    virtualAddresses: [{ address: VIP, prefixLength: 32 }],
    virtualRoutes: [route("192.0.2.0", { preferredSource: VIP }), route("198.51.100.0")],
    virtualRules: [rule(16_384)],
  }),
], {
  staticRoutes: [route("203.0.113.0", { nextHops: [{ device: "eth1" }] })],
  staticRules: [rule(100)],
});

const ALL = [
  "route 192.0.2.0/24 via 172.16.1.1 table 254",
  "route 198.51.100.0/24 via 172.16.1.1 table 254",
  "route 203.0.113.0/24 table 254",
  "rule 100 lookup 100",
  "rule 16384 lookup 100",
];
const STATIC = [ALL[2], ALL[3]];

function world(vrrp: VrrpConfig): WorldConfig {
  return worldConfig({
    vrrp,
  });
}

function node(latency?: Micros): Cluster {
  return createCluster({
    seed: 1,
    watched: [VIP],
    hosts: [{
      name: "a",
      config: world(VIRTUAL),
      interfaces: [
        { link: ethernet(2, "eth0"), segment: "s", addresses: [addressOn(2, "172.16.1.2")] },
        { link: ethernet(3, "eth1"), segment: "t", addresses: [addressOn(3, "10.0.0.2")] },
      ],
      kernel: latency === undefined ? {} : { latency: () => latency },
    }],
  });
}

function there(cluster: Cluster): readonly string[] {
  return [...cluster.host("a").kernel.things().values()].map(thingText).toSorted();
}

function state(cluster: Cluster): string | undefined {
  return cluster.host("a").world()?.vrrp.instances[0]?.state.kind;
}

Deno.test("routes and rules, static ones from the start, virtual ones while master, none after the end", () => {
  const cluster = node();
  cluster.host("a").start();
  assert.deepEqual(there(cluster), STATIC);
  cluster.run(10 * SECOND);
  assert.equal(state(cluster), "master");
  assert.deepEqual(there(cluster), ALL);
  cluster.host("a").setLink("eth0", false);
  cluster.run(SECOND);
  assert.equal(state(cluster), "fault");
  assert.deepEqual(there(cluster), STATIC);
  cluster.host("a").setLink("eth0", true);
  cluster.run(10 * SECOND);
  assert.deepEqual(there(cluster), ALL);
  cluster.host("a").stop();
  cluster.run(SECOND);
  assert.deepEqual(there(cluster), []);
});

Deno.test("routes and rules, rules go first, then routes and addresses; addresses come first, then routes and rules (wire.md §3)", () => {
  const cluster = node();
  cluster.host("a").start();
  cluster.run(10 * SECOND);
  cluster.host("a").stop();
  cluster.run(SECOND);
  const order = cluster.deeds.flatMap(({ effect }) => {
    if (effect.kind === "address-apply") return effect.operations.map(({ op }) => `${op} address`);
    if (effect.kind === "kernel-apply") {
      return effect.operations.map(({ op, kind }) => `${op} ${kind}`);
    }
    return effect.kind === "announce" ? ["announce"] : [];
  });
  const begun = order.indexOf("add address");
  assert.deepEqual(order.slice(begun, begun + 5), [
    "add address",
    "add route",
    "add route",
    "add rule",
    "announce",
  ]);
  const ended = order.lastIndexOf("delete address");
  assert.deepEqual(order.slice(ended - 5), [
    "delete rule",
    "delete rule",
    "delete route",
    "delete route",
    "delete route",
    "delete address",
  ]);
});

Deno.test("routes and rules, removed by somebody else, are back without leaving mastership", () => {
  const cluster = node();
  cluster.host("a").start();
  cluster.run(10 * SECOND);
  const { kernel } = cluster.host("a");
  const before = cluster.deeds.length;
  for (const key of [...kernel.things().keys()]) kernel.takeThing(key);
  cluster.run(1);
  assert.deepEqual(there(cluster), ALL);
  assert.equal(state(cluster), "master");
  const said = cluster.deeds.slice(before).flatMap(({ effect }) =>
    effect.kind === "log" ? [effect.text] : []
  );
  assert.deepEqual(
    said.toSorted(),
    ALL.map((each) => `Puts back what somebody else removed or put another before: ${each}`),
  );
});

Deno.test("routes, which go without a word with the address they prefer, are back with it", () => {
  const cluster = node();
  cluster.host("a").start();
  cluster.run(10 * SECOND);
  cluster.host("a").kernel.remove({ ifindex: 2, address: VIP, prefixLength: 32, scope: 0 });
  cluster.run(SECOND / 100);
  assert.deepEqual(there(cluster), ALL);
  assert.equal(state(cluster), "master");
});

Deno.test("a route that cannot be put back, is a fault of its instance that ends with the next try (issue 10.4)", () => {
  const cluster = node();
  cluster.host("a").start();
  cluster.run(10 * SECOND);
  const { kernel } = cluster.host("a");
  const key = [...kernel.things()].find(([, each]) => thingText(each) === ALL[1])?.[0] ?? "";
  kernel.refuse(key, 22);
  kernel.takeThing(key);
  cluster.run(1);
  assert.equal(state(cluster), "fault");
  assert.deepEqual(cluster.host("a").world()?.vrrp.instances[0]?.health.causes, [{
    kind: "lost",
    what: ALL[1],
    why: "EINVAL",
  }]);
  assert.deepEqual(there(cluster), STATIC);
  kernel.refuse(key, 0);
  cluster.run(10 * SECOND);
  assert.equal(state(cluster), "master");
  assert.deepEqual(there(cluster), ALL);
});

Deno.test("a route under no_track that cannot be put back, is no fault, and is there when it can be", () => {
  const cluster = node();
  const [instance] = VIRTUAL.instances;
  assert.ok(instance);
  const virtualRoutes = instance.virtualRoutes.map((each) => ({
    ...each,
    noTrack: true as const,
  }));
  const config = world({ ...VIRTUAL, instances: [{ ...instance, virtualRoutes }] });
  cluster.host("a").start();
  cluster.host("a").reload(config);
  cluster.run(10 * SECOND);
  const { kernel } = cluster.host("a");
  const key = [...kernel.things()].find(([, each]) => thingText(each) === ALL[1])?.[0] ?? "";
  kernel.refuse(key, 22);
  kernel.takeThing(key);
  cluster.run(SECOND / 2);
  assert.equal(state(cluster), "master");
  kernel.refuse(key, 0);
  cluster.run(SECOND);
  assert.deepEqual(there(cluster), ALL);
});

Deno.test("reload with another gateway, adds the new route before it deletes the old one", () => {
  const cluster = node();
  cluster.host("a").start();
  cluster.run(10 * SECOND);
  const [instance] = VIRTUAL.instances;
  assert.ok(instance);
  const virtualRoutes = [
    route("192.0.2.0", { preferredSource: VIP }),
    route("198.51.100.0", { nextHops: [{ device: "eth0", gateway: "172.16.1.7" }] }),
  ];
  const before = cluster.deeds.length;
  cluster.host("a").reload(world({ ...VIRTUAL, instances: [{ ...instance, virtualRoutes }] }));
  const done = cluster.deeds.slice(before).flatMap(({ effect }) =>
    effect.kind === "kernel-apply"
      ? effect.operations.map((each) => `${each.op} ${thingText(each)}`)
      : []
  );
  assert.deepEqual(done, [
    "add route 198.51.100.0/24 via 172.16.1.7 table 254",
    "delete route 198.51.100.0/24 via 172.16.1.1 table 254",
  ]);
  assert.ok(!cluster.deeds.slice(before).some(({ effect }) => effect.kind === "address-apply"));
});

Deno.test("reload without routes and rules, takes them away; the same configuration orders nothing", () => {
  const cluster = node();
  cluster.host("a").start();
  cluster.run(10 * SECOND);
  const before = cluster.deeds.length;
  cluster.host("a").reload(world(VIRTUAL));
  assert.equal(
    cluster.deeds.slice(before).filter(({ effect }) => effect.kind === "kernel-apply").length,
    0,
  );
  const instances = VIRTUAL.instances.map((each) => ({
    ...each,
    virtualRoutes: [],
    virtualRules: [],
  }));
  cluster.host("a").reload(world({ ...VIRTUAL, instances, staticRoutes: [], staticRules: [] }));
  assert.deepEqual(there(cluster), []);
  assert.equal(state(cluster), "master");
});

Deno.test("a start after a crash, takes away what the configuration does not name any more", () => {
  const cluster = node();
  const host = cluster.host("a");
  host.start();
  cluster.run(10 * SECOND);
  host.kill();
  assert.deepEqual(there(cluster), ALL);
  host.reload(world({ ...VIRTUAL, staticRoutes: [], staticRules: [rule(100)] }));
  host.start();
  cluster.run(1);
  assert.deepEqual(there(cluster), [ALL[3]]);
});

Deno.test("promote_secondaries, is on for the interface from the start to the end, whatever the state", () => {
  const cluster = node();
  const host = cluster.host("a");
  const [instance] = VIRTUAL.instances;
  assert.ok(instance);
  const on = vrrpConfig([{ ...instance, virtualRoutes: [], promoteSecondaries: true }]);
  const setting = () =>
    [...host.kernel.things().values()].flatMap(({ kind, value }) =>
      kind === "sysctl" ? [value] : []
    );
  host.reload(world(on));
  host.start();
  cluster.run(SECOND);
  const wanted = [{ name: "net/ipv4/conf/eth0/promote_secondaries", value: "1" }];
  assert.deepEqual(setting(), wanted);
  cluster.run(9 * SECOND);
  assert.equal(state(cluster), "master");
  host.setLink("eth0", false);
  assert.deepEqual(setting(), wanted);
  host.setLink("eth0", true);
  host.reload(world(vrrpConfig([{ ...instance, virtualRoutes: [] }])));
  assert.deepEqual(setting(), []);
  host.reload(world(on));
  assert.deepEqual(setting(), wanted);
  host.stop();
  cluster.run(SECOND);
  assert.deepEqual(setting(), []);
});

/** What others, links and the operator do. */
type Step =
  | { readonly kind: "take"; readonly which: number }
  | { readonly kind: "link"; readonly name: "eth0" | "eth1"; readonly up: boolean }
  | { readonly kind: "address" }
  | { readonly kind: "reload"; readonly bare: boolean }
  | { readonly kind: "restart" };

const STEPS: fc.Arbitrary<readonly (readonly [Step, Micros])[]> = fc.array(
  fc.tuple(
    fc.oneof(
      fc.record({ kind: fc.constant("take" as const), which: fc.nat(4) }),
      fc.record({
        kind: fc.constant("link" as const),
        name: fc.constantFrom("eth0" as const, "eth1" as const),
        up: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("address" as const) }),
      fc.record({ kind: fc.constant("reload" as const), bare: fc.boolean() }),
      fc.record({ kind: fc.constant("restart" as const) }),
    ),
    fc.constantFrom(0, MILLISECOND, 50 * MILLISECOND, 5 * SECOND),
  ),
  { maxLength: 12 },
);

Deno.test("routes and rules, whatever happens in whatever order, are in the end what is wanted", () => {
  const bare = world({
    ...VIRTUAL,
    instances: VIRTUAL.instances.map((each) => ({ ...each, virtualRoutes: [] })),
  });
  fc.assert(
    fc.property(STEPS, fc.constantFrom(undefined, 3 * MILLISECOND), (steps, latency) => {
      const cluster = node(latency);
      const host = cluster.host("a");
      host.start();
      for (const [step, pause] of steps) {
        switch (step.kind) {
          case "take": {
            const keys = [...host.kernel.things().keys()];
            const key = keys[step.which % Math.max(1, keys.length)];
            if (key !== undefined) host.kernel.takeThing(key);
            break;
          }
          case "link":
            for (const link of host.kernel.links()) {
              if (link.ifname === step.name) {
                host.kernel.setLink({ ...link, up: step.up, running: step.up });
              }
            }
            break;
          case "address":
            host.kernel.remove({ ifindex: 2, address: VIP, prefixLength: 32, scope: 0 });
            break;
          case "reload":
            host.reload(step.bare ? bare : world(VIRTUAL));
            break;
          case "restart":
            host.kill();
            host.start();
        }
        cluster.run(pause);
      }
      for (const link of host.kernel.links()) {
        host.kernel.setLink({ ...link, up: true, running: true });
      }
      host.reload(world(VIRTUAL));
      cluster.run(90 * SECOND);
      assert.deepEqual(there(cluster), ALL);
      const keys = [...host.kernel.things().values()].map((each) => thingKey(each));
      assert.equal(new Set(keys).size, keys.length);
      host.stop();
      cluster.run(SECOND);
      assert.deepEqual(there(cluster), []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("static addresses, are there from the start to the end, put back when removed, and a source of adverts", () => {
  const config = vrrpConfig([instanceConfig({ name: "VI_1" })], {
    staticAddresses: [
      { address: "172.16.1.7", prefixLength: 24, dev: "eth0" },
      { address: "2001:db8::7", prefixLength: 64, dev: "eth1", flags: 2 },
    ],
  });
  const cluster = createCluster({
    seed: 1,
    watched: ["172.16.1.7", "2001:db8::7"],
    hosts: [{
      name: "a",
      config: world(config),
      interfaces: [
        { link: ethernet(2, "eth0"), segment: "s", addresses: [] },
        { link: ethernet(3, "eth1"), segment: "t", addresses: [] },
      ],
    }],
  });
  const host = cluster.host("a");
  const statics = () => ["172.16.1.7", "2001:db8::7"].filter((each) => host.holds(each));
  host.start();
  cluster.run(1);
  assert.equal(statics().length, 2);
  cluster.run(10 * SECOND);
  const [self] = host.world()?.vrrp.instances ?? [];
  assert.deepEqual([self?.state.kind, self?.health.source], ["master", "172.16.1.7"]);
  host.kernel.flush(2);
  host.kernel.flush(3);
  cluster.run(1);
  assert.equal(statics().length, 2);
  for (const link of host.kernel.links()) {
    host.kernel.setLink({ ...link, up: false, running: false });
    host.kernel.setLink(link);
  }
  cluster.run(1);
  assert.equal(statics().length, 2, "those of IPv6 went with their interface");
  host.reload(world({ ...config, staticAddresses: config.staticAddresses.slice(0, 1) }));
  cluster.run(1);
  assert.deepEqual(statics(), ["172.16.1.7"]);
  host.stop();
  cluster.run(SECOND);
  assert.deepEqual(statics(), []);
});

Deno.test("track_group, its instances are in fault while something static of it is missing", () => {
  const config: VrrpConfig = {
    ...VIRTUAL,
    staticRoutes: [{
      ...route("203.0.113.0", { nextHops: [{ device: "eth1" }] }),
      trackGroup: "TG",
    }],
    trackGroups: [{ name: "TG", members: ["VI_1"] }],
  };
  const cluster = node();
  const host = cluster.host("a");
  host.reload(world(config));
  host.start();
  cluster.run(10 * SECOND);
  assert.equal(state(cluster), "master");
  const [, eth1] = host.kernel.links();
  assert.ok(eth1);
  host.kernel.setLink({ ...eth1, up: false, running: false });
  cluster.run(SECOND);
  assert.equal(state(cluster), "fault");
  host.kernel.setLink(eth1);
  cluster.run(10 * SECOND);
  assert.equal(state(cluster), "master");
  assert.deepEqual(there(cluster), ALL);
  const key = [...host.kernel.things()].find(([, each]) => thingText(each) === ALL[2])?.[0] ?? "";
  host.kernel.takeThing(key);
  cluster.run(1);
  assert.equal(state(cluster), "master", "it is back");
  host.kernel.refuse(key, 22);
  host.kernel.takeThing(key);
  cluster.run(SECOND / 2);
  assert.equal(state(cluster), "fault");
  host.kernel.refuse(key, 0);
  host.reload(world(config));
  cluster.run(10 * SECOND);
  assert.equal(state(cluster), "master");
  assert.deepEqual(there(cluster), ALL);
});
