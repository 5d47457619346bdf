import assert from "node:assert/strict";
import { readConfig } from "../document/config.ts";
import { memoryFiles } from "../language/mod.ts";
import { parseConnections } from "./connections.ts";
import { configOf, manyServers, realServer, virtualServer } from "../lvs/part/fixtures.ts";
import type { LvsConfig } from "../lvs/config.ts";
import { SECOND } from "../net/mod.ts";
import { desiredServices } from "../lvs/mod.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../vrrp/fixtures.ts";
import type { VrrpInstanceConfig } from "../vrrp/mod.ts";
import { DEFAULT_OPTIONS, newWorld, type World, type WorldConfig } from "../world/mod.ts";
import { isEmptyPlan, type Plan } from "./plan.ts";
import { guardReasons } from "./reasons.ts";
import { planReload, planSteps } from "./reload.ts";
import { planText } from "./text.ts";
import { turned } from "./turn.ts";
import { worldConfig } from "../world/fixtures.ts";

const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const ADDRESSES = [addressOn(2, "172.16.1.1"), addressOn(3, "192.168.1.1")];
const LATER = 10 * SECOND;

/** Connections of the two servers of `virtualServer()`. */
const CONNECTIONS = parseConnections(`TCP  AC100163:0050 wrr
  -> C0A80182:0050 Masq 2 17 203
  -> C0A80181:0050 Masq 1 0 9
`);

function configuration(
  instances: readonly Partial<VrrpInstanceConfig>[],
  lvs: LvsConfig = configOf(),
): WorldConfig {
  return worldConfig({
    vrrp: vrrpConfig(instances.map(instanceConfig)),
    lvs,
  });
}

/** A world that has been started, knows its table, and whose watches have expired. */
function master(config: WorldConfig): World {
  const fresh = newWorld(config, DEFAULT_OPTIONS, 0);
  const start = { kind: "start", links: LINKS, addresses: ADDRESSES } as const;
  const { world, effects } = turned(fresh, [start], { now: 0, table: [] });
  const expired = effects.flatMap((effect) =>
    effect.kind === "watch" && effect.timeout !== undefined
      ? [{ kind: "expired", order: effect.order, seq: effect.seq } as const]
      : []
  );
  return turned(world, expired, { now: 4 * SECOND, table: desiredServices(world.lvs) }).world;
}

function plan(from: WorldConfig, to: WorldConfig): Plan {
  return planReload(master(from), { config: to, now: LATER, connections: CONNECTIONS });
}

Deno.test("planSteps() thousands of virtual servers, come in slices, and are the whole plan", () => {
  const count = 2_000;
  const world = master(configuration([{}], manyServers(count, 2)));
  const options = { config: configuration([{}]), now: LATER };
  const steps = planSteps(world, options);
  let taken = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) taken += 1;
  assert.deepEqual(step.value, planReload(world, options));
  // The reload, slices of what is settled, and of what is ordered.
  assert.ok(taken > 2 * count / 200, `${taken} steps`);
});

const text = (of: Plan) => planText(of, { colour: false });

Deno.test("planReload() the same configuration, is empty", () => {
  const same = configuration([{}], configOf(virtualServer()));
  const found = plan(same, configuration([{}], configOf(virtualServer())));
  assert.ok(isEmptyPlan(found));
  assert.deepEqual(guardReasons(found), []);
  assert.equal(text(found), "Nothing would change.\n");
});

Deno.test("planReload() servers added, changed and removed, field by field and with their connections", () => {
  const found = plan(
    configuration([], configOf(virtualServer())),
    configuration(
      [],
      configOf(virtualServer({
        scheduler: "wlc",
        persistenceTimeout: 50,
        realServers: [realServer(129, { weight: 3 }), realServer(131)],
      })),
    ),
  );
  assert.equal(
    text(found),
    `Configuration
  ~ virtual_server tcp 172.16.1.99:80
      lb_algo: wrr → wlc
      persistence_timeout: 50
  - real_server 192.168.1.130:80 of tcp 172.16.1.99:80
  ~ real_server 192.168.1.129:80 of tcp 172.16.1.99:80
      weight: 1 → 3
  + real_server 192.168.1.131:80 of tcp 172.16.1.99:80

Kernel
  ~ service tcp 172.16.1.99:80: scheduler: wrr → wlc, persistence: 50 s
  ~ server 192.168.1.129:80 of tcp 172.16.1.99:80: weight: 1 → 3
  + server 192.168.1.131:80 of tcp 172.16.1.99:80 (forwarding nat, weight 1)
  ! server 192.168.1.130:80 of tcp 172.16.1.99:80, ends 17 connections (17 active, 203 inactive)

Kernel: 1 added, 2 changed, 1 removed. Checks: 1 begun, 1 ended. 17 connections end.
`,
  );
  assert.deepEqual(guardReasons(found), [
    "17 connections of 192.168.1.130:80 of tcp 172.16.1.99:80 end",
  ]);
  const unknown = planReload(master(configuration([], configOf(virtualServer()))), {
    config: configuration([]),
    now: LATER,
  });
  assert.equal(unknown.ends.connections, undefined);
  assert.deepEqual(guardReasons(unknown), [
    "tcp 172.16.1.99:80 goes, and how many connections it has is not known",
  ]);
});

Deno.test("planReload() a service without connections goes, a guard lets it pass", () => {
  const quiet = virtualServer({ realServers: [realServer(129)] });
  const found = plan(configuration([], configOf(quiet)), configuration([]));
  assert.deepEqual(found.ends, { connections: 0, masters: [], takesOver: [], addresses: [] });
  assert.deepEqual(guardReasons(found), []);
  assert.match(text(found), /- service tcp 172\.16\.1\.99:80 with 1 server\n/);
});

Deno.test("planReload() another VRID of a master, begins anew and gives up mastership", () => {
  const found = plan(configuration([{}]), configuration([{ virtualRouterId: 77 }]));
  assert.deepEqual(found.instances, [
    { name: "VI_1", change: "recreated", from: "master", to: "backup", mastership: "lost" },
  ]);
  assert.deepEqual(found.ends.masters, ["VI_1"]);
  assert.deepEqual(guardReasons(found), [
    "VI_1 is master and begins anew",
    "172.16.1.99/32 leaves eth0",
  ]);
  assert.match(text(found), /! VI_1 is MASTER, begins anew as BACKUP, gives up mastership\n/);
});

Deno.test("planReload() lower priority of a master, may move mastership; a higher one does not", () => {
  const lower = plan(configuration([{}]), configuration([{ priority: 50 }]));
  assert.deepEqual(lower.instances, [{
    name: "VI_1",
    change: "kept",
    from: "master",
    to: "master",
    priority: { from: 100, to: 50 },
    mastership: "at-risk",
    why: "a backup of more than 50 takes over",
  }]);
  assert.equal(guardReasons(lower).length, 1);
  const higher = plan(configuration([{}]), configuration([{ priority: 150 }]));
  assert.deepEqual(guardReasons(higher), []);
  assert.match(text(higher), /~ VI_1 stays MASTER, priority 100 → 150\n/);
});

Deno.test("planReload() an address on another interface, is moved; one more, is added", () => {
  const vip = { address: "172.16.1.99", prefixLength: 32 };
  const found = plan(
    configuration([{}]),
    configuration([{
      virtualAddresses: [{ ...vip, dev: "eth1" }, { address: "172.16.1.98", prefixLength: 32 }],
    }]),
  );
  assert.deepEqual(
    found.operations.map(({ op, name, of, from }) => [op, name, of, from]),
    [
      ["move", "172.16.1.99/32", "eth1", "eth0"],
      ["add", "172.16.1.98/32", "eth0", undefined],
    ],
  );
  assert.deepEqual(found.ends.addresses, ["172.16.1.99/32 on eth0"]);
});

Deno.test("planText() with colour, every mark has its own", () => {
  const found = plan(configuration([{}]), configuration([{ virtualRouterId: 77 }]));
  const painted = planText(found, { colour: true });
  assert.ok(painted.includes("\x1b[1;31m! VI_1 is MASTER, begins anew as BACKUP"), painted);
});

Deno.test("planReload() a part that does not run, is not said to be taken out", () => {
  const lvs = configOf(virtualServer());
  const running = configuration([], lvs);
  const [whole] = readConfig(
    "/x",
    memoryFiles({
      "/x": "global_defs {\n}\nvrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n}\n",
    }),
  );
  const found = planReload(master(running), {
    config: configuration([], lvs),
    now: LATER,
    settings: { before: whole, after: { ...whole, global: { ...whole.global, routerId: "lb2" } } },
  });
  assert.deepEqual(found.configuration, [{
    block: "global_defs",
    name: "",
    change: "changed",
    fields: [{ field: "router_id", to: "lb2" }],
  }]);
  assert.deepEqual(found.operations, []);
});
