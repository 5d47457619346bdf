import assert from "node:assert/strict";
import fc from "fast-check";
import { configOf, realServer, tcpCheck, virtualServer } from "../lvs/part/fixtures.ts";
import type { LvsConfig, VirtualServerConfig } from "../lvs/config.ts";
import { SECOND } from "../net/mod.ts";
import { isEmptyPlan, type Plan, planReload } from "../plan/mod.ts";
import { operationsIn } from "../plan/operations.ts";
import { NOTHING_DECLARED } from "../track/mod.ts";
import {
  addressOn,
  ethernet,
  instanceConfig,
  syncGroup,
  tracksScript,
  vrrpConfig,
} from "../vrrp/fixtures.ts";
import type { Together } from "../vrrp/part/fixture.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../route/config.ts";
import { linkAt } from "../vrrp/mod.ts";
import type { World, WorldConfig } from "../world/mod.ts";
import { type Cluster, createCluster } from "./cluster.ts";
import type { Deed, Host } from "./host.ts";
import { worldConfig } from "../world/fixtures.ts";

const ONE = instanceConfig({ tracks: [tracksScript("chk")] });
const TWO = instanceConfig({
  name: "VI_2",
  interface: "eth1",
  virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
});
const THREE = instanceConfig({
  name: "VI_3",
  virtualRouterId: 52,
  virtualAddresses: [{ address: "172.16.1.98", prefixLength: 32, dev: "eth1" }],
});
const SCRIPT = {
  name: "chk",
  script: { argv: ["true"] },
  interval: SECOND,
  weight: -20,
  reverse: false,
  rise: 1,
  fall: 1,
  initFail: false,
};

function route(address: string, table = 254): ConfiguredRoute {
  return {
    route: {
      family: "inet",
      destination: { address, prefixLength: 24 },
      table,
      type: 1,
      scope: 0,
      protocol: 18,
      nextHops: [{ device: "eth1" }],
    },
  };
}

function rule(priority: number): ConfiguredRule {
  return { rule: { family: "inet", priority, action: 1, table: 100, protocol: 18 } };
}

const NOTIFIED = { notifyMaster: { argv: ["/bin/m"] }, notifyBackup: { argv: ["/bin/b", "x"] } };

const VRRP: readonly Together[] = [
  vrrpConfig([]),
  vrrpConfig([ONE, TWO, THREE], { groups: [syncGroup(["VI_1", "VI_2"])], scripts: [SCRIPT] }),
  vrrpConfig([ONE, TWO], { scripts: [SCRIPT] }),
  vrrpConfig([{ ...ONE, virtualRouterId: 77, notify: NOTIFIED }, TWO], { scripts: [SCRIPT] }),
  vrrpConfig([{ ...THREE, priority: 30 }, { ...TWO, priority: 120, advertInt: 2 * SECOND }]),
  vrrpConfig([
    { ...ONE, virtualRoutes: [route("10.1.0.0"), route("10.2.0.0", 7)], virtualRules: [rule(300)] },
  ], { scripts: [SCRIPT], staticRoutes: [route("10.3.0.0")] }),
  vrrpConfig([
    {
      ...ONE,
      virtualRoutes: [route("10.1.0.0", 9), route("10.2.0.0", 7)],
      virtualRules: [rule(301)],
    },
  ], { scripts: [SCRIPT], staticRules: [rule(10)] }),
  vrrpConfig([
    { ...ONE, interface: "eth2", notify: NOTIFIED },
    { ...TWO, virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32, dev: "eth0" }] },
  ], { scripts: [SCRIPT] }),
];

const PORT_81: VirtualServerConfig = virtualServer({
  name: { kind: "address", protocol: "tcp", address: "172.16.1.99", port: 81 },
  services: [{ kind: "address", protocol: "tcp", address: "172.16.1.99", port: 81 }],
});
const LVS: readonly LvsConfig[] = [
  configOf(),
  configOf(virtualServer()),
  configOf(virtualServer({ scheduler: "wlc" }), PORT_81),
  configOf(virtualServer({ realServers: [realServer(130, { weight: 7 }), realServer(131)] })),
  configOf(PORT_81, {
    ...virtualServer({ persistenceTimeout: 50 }),
    realServers: [realServer(129, { checkers: [tcpCheck("192.168.1.129", { alpha: true })] })],
  }),
];

function configuration(vrrp: number, lvs: number): WorldConfig {
  const together = VRRP[vrrp] ?? vrrpConfig([]);
  return worldConfig({
    vrrp: together,
    lvs: LVS[lvs] ?? configOf(),
    track: { ...NOTHING_DECLARED, scripts: together.scripts },
  });
}

/** Two nodes; the first is what is planned for, the second another router of the same. */
function cluster(config: WorldConfig, other: WorldConfig): Cluster {
  const host = (octet: number, its: WorldConfig) => ({
    name: `n${octet}`,
    config: its,
    // What the kernel answers leads to turns of their own, such as for a route that went with an address.
    kernel: { latency: () => 1 },
    interfaces: [2, 3, 4].map((ifindex) => ({
      link: ethernet(ifindex, `eth${ifindex - 2}`),
      segment: `s${ifindex}`,
      addresses: [addressOn(ifindex, `172.16.${ifindex}.${octet}`)],
    })),
  });
  const made = createCluster({ seed: 1, hosts: [host(1, config), host(2, other)], watched: [] });
  for (const each of made.hosts) each.start();
  return made;
}

function worldOf(host: Host): World {
  const world = host.world();
  assert.ok(world);
  return world;
}

function planned(host: Host, config: WorldConfig, now: number): Plan {
  const found = { links: host.kernel.links(), addresses: host.addresses() };
  return planReload(worldOf(host), { config, now, found, table: [] });
}

/** What the node did, in the words of a plan. */
function deedsOf(
  deeds: readonly Deed[],
  before: World,
  after: World,
): Pick<Plan, "operations" | "scripts"> {
  const effects = deeds.filter(({ host }) => host === "n1").map(({ effect }) => effect);
  return {
    operations: operationsIn(effects, {
      ...(before.services.actual && { table: before.services.actual }),
      interfaceName: (index) =>
        (linkAt(after.vrrp.kernel, index) ?? linkAt(before.vrrp.kernel, index))?.ifname ??
          `interface ${index}`,
    }),
    scripts: effects.flatMap((effect) =>
      effect.kind === "tell" ? effect.commands.map(({ argv }) => argv.join(" ")) : []
    ),
  };
}

const which = fc.record({
  from: fc.nat(VRRP.length - 1),
  to: fc.nat(VRRP.length - 1),
  peer: fc.nat(VRRP.length - 1),
  lvsFrom: fc.nat(LVS.length - 1),
  lvsTo: fc.nat(LVS.length - 1),
  wait: fc.integer({ min: 0, max: 12 * SECOND }),
});

Deno.test("planReload() any two configurations at any time, equals what the reload does", () => {
  fc.assert(
    fc.property(which, ({ from, to, peer, lvsFrom, lvsTo, wait }) => {
      const made = cluster(configuration(from, lvsFrom), configuration(peer, 0));
      made.run(wait);
      const host = made.host("n1");
      const [before, next] = [worldOf(host), configuration(to, lvsTo)];
      const plan = planned(host, next, made.timeline.now());
      const first = made.deeds.length;
      host.reload(next);
      const after = worldOf(host);
      const deeds = deedsOf(made.deeds.slice(first), before, after);
      assert.deepEqual(plan.operations, deeds.operations);
      assert.deepEqual(plan.scripts, deeds.scripts);
      for (const { name, to: state } of plan.instances) {
        const is = after.vrrp.instances.find(({ config }) => config.name === name);
        assert.equal(is?.state.kind, state, name);
      }
      const masters = (world: World) =>
        world.vrrp.instances.filter(({ state }) => state.kind === "master");
      const kept = new Set(masters(after).map(({ order }) => order));
      const lost = masters(before).filter(({ order }) => !kept.has(order));
      for (const { config } of lost) assert.ok(plan.ends.masters.includes(config.name));
      // What has been done need not be done again.
      made.run(10);
      assert.ok(isEmptyPlan(planned(host, next, made.timeline.now())));
    }),
    { numRuns: 300 },
  );
});
