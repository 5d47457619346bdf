import assert from "node:assert/strict";
import { SECOND } from "../../net/mod.ts";
import { valueOf } from "../../persistent/mod.ts";
import type { VirtualAddress } from "../config.ts";
import {
  ADDRESSES,
  instanceConfig,
  LINKS,
  masters,
  newsOf,
  NOW,
  reloaded,
  syncGroup,
  tracksScript,
  VI_2,
  vrrpConfig,
} from "../fixtures.ts";
import { fifoLine, tellingOf } from "../../notify/mod.ts";
import { passKey } from "../packet/auth.ts";
import {
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type TogetherEffect as VrrpEffect,
  wantedNow,
} from "./fixture.ts";

function effectKinds(effects: readonly VrrpEffect[]): readonly string[] {
  return effects.map((each) => each.kind).filter((kind) => kind !== "foresee");
}

Deno.test("reload() an equal configuration, changes nothing", () => {
  const part = masters(vrrpConfig([instanceConfig()]));
  const { authentication: _, ...rest } = instanceConfig();
  const key = passKey("GU6hbFS4");
  const equal = { ...structuredClone(rest), authentication: { kind: "pass", key } as const };
  const [next, effects] = reloaded(part, vrrpConfig([equal]));
  assert.equal(next, part);
  assert.deepEqual(effects, []);
});

Deno.test("reload() one instance changed, leaves the other alone", () => {
  const part = masters(vrrpConfig([instanceConfig(), VI_2]));
  const [next, effects] = reloaded(part, vrrpConfig([instanceConfig({ priority: 120 }), VI_2]));
  assert.deepEqual(effectKinds(effects), ["transmit", "reconcile-addresses", "watch"]);
  const [transmit] = effects;
  assert.ok(transmit?.kind === "transmit" && transmit.order === 1 && transmit.immediately);
  assert.equal(transmit.packets[0]?.payload[2], 120);
  assert.equal(next.instances[1], part.instances[1]);
});

Deno.test("reload() an address added and one removed, announces the one, drops the other", () => {
  const part = masters(vrrpConfig([instanceConfig()]));
  const virtualAddresses = [{ address: "172.16.1.100", prefixLength: 32 }];
  const [next, effects] = reloaded(part, vrrpConfig([instanceConfig({ virtualAddresses })]));
  assert.deepEqual(effectKinds(effects), [
    "transmit",
    "reconcile-addresses",
    "announce",
    "watch",
  ]);
  const announce = effects.find((each) => each.kind === "announce");
  assert.deepEqual(announce?.places.map(({ addresses }) => addresses), [["172.16.1.100"]]);
  assert.deepEqual(wantedNow(next).map((each) => each.address), ["172.16.1.100"]);
});

Deno.test("reload() an address on another interface or with another prefix, is announced there", () => {
  const part = masters(vrrpConfig([instanceConfig()]));
  const vip = { address: "172.16.1.99", prefixLength: 32 };
  const announced = (changes: Partial<VirtualAddress>) => {
    const config = vrrpConfig([instanceConfig({ virtualAddresses: [{ ...vip, ...changes }] })]);
    const [, effects] = reloaded(part, config);
    return effects.flatMap((each) =>
      each.kind === "announce" ? each.places.map(({ ifindex }) => ifindex) : []
    );
  };
  assert.deepEqual(announced({ dev: "eth1" }), [3]);
  assert.deepEqual(announced({ prefixLength: 24 }), [2]);
  assert.deepEqual(announced({ label: "eth0:1" }), [2]);
  assert.deepEqual(announced({ dev: "eth0" }), []);
});

Deno.test("reload() an instance removed, says farewell, withdraws and reports fault", () => {
  const part = masters(vrrpConfig([instanceConfig(), VI_2]));
  const [next, effects] = reloaded(part, vrrpConfig([VI_2]));
  assert.deepEqual(effectKinds(effects), [
    "cease",
    "news",
    "reconcile-addresses",
    "unwatch",
    "unlisten",
  ]);
  assert.deepEqual(newsOf(effects).map(fifoLine), ['INSTANCE "VI_1" FAULT 100']);
  assert.deepEqual(next.instances.map((each) => each.config.name), ["VI_2"]);
  assert.equal(next.instances[0]?.state.kind, "master");
});

Deno.test("reload() with notify_deleted, runs that command instead", () => {
  const notify = {
    notifyFault: { argv: ["/fault"] },
    notifyDeleted: { argv: ["/deleted"] },
    notify: { argv: ["/all"] },
  };
  const part = masters(vrrpConfig([instanceConfig({ notify }), VI_2]));
  const [, effects] = reloaded(part, vrrpConfig([VI_2]));
  const commands = newsOf(effects).flatMap((news) => tellingOf(news)?.commands ?? []);
  assert.deepEqual(commands.map((each) => each.argv), [
    ["/deleted"],
    ["/all", "INSTANCE", "VI_1", "DELETED", "100"],
  ]);
});

Deno.test("reload() an instance added, begins as backup with an order of its own", () => {
  const part = masters(vrrpConfig([VI_2]));
  const [next, effects] = reloaded(part, vrrpConfig([instanceConfig(), VI_2]));
  assert.deepEqual(effectKinds(effects), ["listen", "news", "watch"]);
  assert.deepEqual(next.instances.map((each) => [each.order, each.state.kind]), [
    [2, "backup"],
    [1, "master"],
  ]);
  const [expired] = stepVrrp(next, { kind: "expired", order: 2, seq: 1 }, NOW + 4 * SECOND);
  assert.deepEqual(expired.instances.map((each) => each.state.kind), ["master", "master"]);
});

Deno.test("reload() another name, is the same instance by interface, family and VRID", () => {
  const part = masters(vrrpConfig([instanceConfig()]));
  const [next, effects] = reloaded(part, vrrpConfig([instanceConfig({ name: "RENAMED" })]));
  assert.deepEqual(effectKinds(effects), ["transmit", "reconcile-addresses", "watch"]);
  assert.deepEqual([next.instances[0]?.order, next.instances[0]?.state.kind], [1, "master"]);
});

Deno.test("reload() another group, moves the socket and the adverts", () => {
  const part = masters(vrrpConfig([instanceConfig()]));
  const config = vrrpConfig([instanceConfig()], { mcastGroup4: "224.1.111.1" });
  const [, effects] = reloaded(part, config);
  const listen = effects.find((each) => each.kind === "listen");
  const transmit = effects.find((each) => each.kind === "transmit");
  assert.deepEqual(listen?.groups, ["224.1.111.1"]);
  assert.deepEqual(transmit?.packets[0]?.destinations, ["224.1.111.1"]);
});

Deno.test("reload() another command under the same name, or one gone and put back: the old run is ended and does not count", () => {
  const script = (program: string) => ({
    name: "chk",
    script: { argv: [program] },
    interval: SECOND,
    weight: 0,
    reverse: false,
    rise: 1,
    fall: 1,
    initFail: false,
  });
  const tracking = instanceConfig({ tracks: [tracksScript("chk")] });
  const config = (program: string) => vrrpConfig([tracking], { scripts: [script(program)] });
  const runs = (effects: readonly VrrpEffect[]) =>
    effects.flatMap((each) =>
      each.kind === "run-script" || each.kind === "end-script" ? [`${each.kind} ${each.run}`] : []
    );
  const start = { kind: "start", links: LINKS, addresses: ADDRESSES } as const;
  const [part] = stepVrrp(startVrrp(config("/bin/false"), 0), start, 0);
  const result = (run: number, ok: boolean) =>
    ({ kind: "script-result", name: "chk", run, ok }) as const;

  const [replaced, effects] = reloaded(part, config("/bin/true"));
  assert.deepEqual(runs(effects), ["end-script 1", "run-script 2"]);
  const [stale] = stepVrrp(replaced, result(1, false), 0);
  assert.equal(stale, replaced);
  const [judged] = stepVrrp(replaced, result(2, true), 0);
  assert.equal(valueOf(judged.beside.scripts, "chk")?.status, "up");

  const [gone, ended] = reloaded(part, vrrpConfig([instanceConfig()]));
  assert.deepEqual(runs(ended), ["end-script 1"]);
  const [back, begun] = reloaded(gone, config("/bin/true"));
  assert.deepEqual(runs(begun), ["run-script 2"]);
  assert.equal(stepVrrp(back, result(1, false), 0)[0], back);
});

Deno.test("reload() scripts, keep their results, new ones start", () => {
  const script = (name: string, interval: number) => ({
    name,
    script: { argv: ["true"] },
    interval,
    weight: 10,
    reverse: false,
    rise: 1,
    fall: 1,
    initFail: false,
  });
  const tracking = instanceConfig({ tracks: [tracksScript("old", 10)] });
  let part = startVrrp(vrrpConfig([tracking], { scripts: [script("old", SECOND)] }), 0);
  [part] = stepVrrp(part, { kind: "start", links: LINKS, addresses: ADDRESSES }, 0);
  [part] = stepVrrp(part, { kind: "script-result", name: "old", run: 1, ok: true }, 0);
  const [next, effects] = reloaded(
    part,
    vrrpConfig([instanceConfig({ tracks: [tracksScript("old", 10), tracksScript("new", 10)] })], {
      scripts: [script("old", 30 * SECOND), script("new", SECOND)],
    }),
  );
  assert.equal(valueOf(next.beside.scripts, "old")?.status, "up");
  assert.equal(next.instances[0]?.health.priority, 110);
  const runs = effects.flatMap((each) => each.kind === "run-script" ? [each.name] : []);
  assert.deepEqual(runs.includes("new"), true);
});

Deno.test("reload() two masters put into a group, stay master and the group is", () => {
  const part = masters(vrrpConfig([instanceConfig(), VI_2]));
  const groups = [syncGroup(["VI_1", "VI_2"])];
  const [next, effects] = reloaded(part, vrrpConfig([instanceConfig(), VI_2], { groups }));
  assert.deepEqual(next.instances.map((each) => each.state.kind), ["master", "master"]);
  assert.deepEqual(newsOf(effects).map(fifoLine), ['GROUP "VG1" MASTER 0']);
});

Deno.test("reload() a willing member taken out of its group, becomes master", () => {
  const groups = [syncGroup(["VI_1", "VI_2"])];
  let part = startVrrp(vrrpConfig([instanceConfig(), VI_2], { groups }), 0);
  [part] = stepVrrp(part, { kind: "start", links: LINKS, addresses: ADDRESSES }, 0);
  [part] = stepVrrp(part, { kind: "expired", order: 1, seq: 1 }, 4 * SECOND);
  const [next] = reloaded(part, vrrpConfig([instanceConfig(), VI_2]));
  assert.deepEqual(next.instances.map((each) => each.state.kind), ["master", "backup"]);
});

Deno.test("reload() before the start, takes the place of the configuration", () => {
  const part = startVrrp(vrrpConfig([instanceConfig()]), 0);
  const [next, effects] = reloaded(part, vrrpConfig([VI_2]));
  assert.deepEqual(effects, []);
  assert.deepEqual(next.instances.map((each) => each.config.name), ["VI_2"]);
});

/** Two masters of one VRID, in two groups. */
const TWO_GROUPS = [
  instanceConfig(),
  instanceConfig({ name: "VI_B", mcastDstIp: "233.4.5.6" }),
];

for (
  const { name, config, orders } of [
    { name: "in another order", config: TWO_GROUPS.toReversed(), orders: [2, 1] },
    {
      name: "with their names exchanged",
      config: TWO_GROUPS.map((each, at) => ({ ...each, name: TWO_GROUPS[1 - at]?.name ?? "" })),
      orders: [1, 2],
    },
    { name: "without the first", config: TWO_GROUPS.slice(1), orders: [2] },
    {
      name: "the second in a third group",
      config: [
        instanceConfig(),
        instanceConfig({ name: "VI_B", mcastDstIp: "233.4.5.7" }),
      ],
      orders: [1, 2],
    },
  ]
) {
  Deno.test(`reload() two instances of one VRID in two groups, ${name}: each stays what it was`, () => {
    const [next] = reloaded(masters(vrrpConfig(TWO_GROUPS)), vrrpConfig(config));
    assert.deepEqual(next.instances.map(({ order }) => order), orders);
    assert.ok(next.instances.every(({ state }) => state.kind === "master"));
  });
}

Deno.test("reload() another VRID, ends the old virtual router before the new one begins", () => {
  const part = masters(vrrpConfig([instanceConfig()]));
  const [next, effects] = reloaded(part, vrrpConfig([instanceConfig({ virtualRouterId: 61 })]));
  assert.deepEqual(effectKinds(effects), [
    "cease",
    "news",
    "news",
    "reconcile-addresses",
    "unwatch",
    "watch",
  ]);
  assert.deepEqual(newsOf(effects).map(fifoLine), [
    'INSTANCE "VI_1" FAULT 100',
    'INSTANCE "VI_1" BACKUP 100',
  ]);
  assert.deepEqual(wantedNow(next), []);
});
