/** Reloads of sync groups: what operators are told of a group whose members go on as they were, and of others. */

import assert from "node:assert/strict";
import { SECOND } from "../../net/mod.ts";
import type { VrrpConfig } from "../config.ts";
import {
  encodeAdvert,
  instanceConfig,
  masters,
  newsOf,
  NOW,
  reloaded,
  syncGroup,
  tracksScript,
  VI_2,
  vrrpConfig,
} from "../fixtures.ts";
import { passKey } from "../packet/auth.ts";
import { stepTracking as stepVrrp, type TogetherEffect as VrrpEffect } from "./fixture.ts";

const VI_3 = instanceConfig({
  name: "VI_3",
  virtualRouterId: 53,
  virtualAddresses: [{ address: "172.16.1.97", prefixLength: 32 }],
});
const WAITING = {
  name: "chk",
  script: { argv: ["/usr/bin/chk"] },
  interval: SECOND,
  weight: 0,
  reverse: false,
  rise: 1,
  fall: 1,
  initFail: false,
};
const THREE = vrrpConfig([instanceConfig(), VI_2, VI_3], {
  groups: [syncGroup(["VI_1", "VI_2", "VI_3"])],
});

/** Reloads during which the members that hold their addresses go on holding them. */
const QUIET: readonly { readonly name: string; readonly config: VrrpConfig }[] = [
  { name: "a member added", config: THREE },
  {
    name: "a member added that waits for a script",
    config: vrrpConfig(
      [instanceConfig(), VI_2, { ...VI_3, tracks: [tracksScript("chk")] }],
      { groups: [syncGroup(["VI_1", "VI_2", "VI_3"])], scripts: [WAITING] },
    ),
  },
  {
    name: "another VRID of a member",
    config: vrrpConfig([instanceConfig({ virtualRouterId: 61 }), VI_2], {
      groups: [syncGroup(["VI_1", "VI_2"])],
    }),
  },
  {
    name: "another interface of a member",
    config: vrrpConfig([instanceConfig({ interface: "eth1", virtualRouterId: 61 }), VI_2], {
      groups: [syncGroup(["VI_1", "VI_2"])],
    }),
  },
  {
    name: "a member removed",
    config: vrrpConfig([instanceConfig()], { groups: [syncGroup(["VI_1"])] }),
  },
  {
    name: "a member taken out of the group",
    config: vrrpConfig([instanceConfig(), VI_2], { groups: [syncGroup(["VI_1"])] }),
  },
  {
    name: "a member renamed",
    config: vrrpConfig([instanceConfig({ name: "OTHER" }), VI_2], {
      groups: [syncGroup(["OTHER", "VI_2"])],
    }),
  },
  {
    name: "another name of the group",
    config: vrrpConfig([instanceConfig(), VI_2], {
      groups: [syncGroup(["VI_1", "VI_2"], { name: "OTHER" })],
    }),
  },
  {
    name: "the members in another order",
    config: vrrpConfig([VI_2, instanceConfig()], { groups: [syncGroup(["VI_2", "VI_1"])] }),
  },
];

for (const { name, config } of QUIET) {
  Deno.test(`reload() of a group that is master, ${name}: it stays master and nobody is told otherwise`, () => {
    let part = masters(vrrpConfig([instanceConfig(), VI_2], {
      groups: [syncGroup(["VI_1", "VI_2"])],
    }));
    assert.equal(part.groups.get("VG1"), "master");
    const told: VrrpEffect[] = [];
    const tell = (event: Parameters<typeof stepVrrp>[1], now: number) => {
      const [next, effects] = stepVrrp(part, event, now);
      part = next;
      told.push(...effects);
    };
    const groupNews = () => newsOf(told).filter(({ kind }) => kind === "group");
    tell({ kind: "reload", config }, NOW);
    assert.deepEqual([...part.groups.values()], ["master"]);
    for (const run of told.flatMap((each) => each.kind === "run-script" ? [each.run] : [])) {
      tell({ kind: "script-result", name: WAITING.name, run, ok: true }, NOW);
    }
    for (const { order, seq, state } of part.instances) {
      if (state.kind === "backup") tell({ kind: "expired", order, seq }, NOW + 4 * SECOND);
    }
    assert.deepEqual(
      part.instances.map(({ state }) => state.kind),
      config.instances.map(() => "master"),
    );
    assert.deepEqual(groupNews(), []);
  });
}

Deno.test("reload() another VRID of every member, the group is backup and master again", () => {
  const changed = (each: typeof VI_2, virtualRouterId: number) => ({ ...each, virtualRouterId });
  const groups = [syncGroup(["VI_1", "VI_2"])];
  const part = masters(vrrpConfig([instanceConfig(), VI_2], { groups }));
  const config = vrrpConfig([changed(instanceConfig(), 61), changed(VI_2, 62)], { groups });
  assert.equal(reloaded(part, config)[0].groups.get("VG1"), "backup");
});

Deno.test("reload() a member added that hears a master, takes its group along", () => {
  const [part] = reloaded(
    masters(vrrpConfig([instanceConfig(), VI_2], { groups: [syncGroup(["VI_1", "VI_2"])] })),
    THREE,
  );
  const [source, destination] = ["172.16.1.139", "224.0.0.18"];
  const advert = {
    version: 2,
    vrid: 53,
    priority: 150,
    interval: SECOND,
    addresses: ["172.16.1.97"],
  } as const;
  const payload = encodeAdvert(advert, {
    source,
    destination,
    checksumAsV2: false,
    key: passKey("GU6hbFS4"),
  });
  const packet = {
    kind: "packet",
    ifindex: 2,
    source,
    destination,
    ttl: 255,
    protocol: 112,
    payload,
    judgement: "unjudged",
  } as const;
  const [next, effects] = stepVrrp(part, packet, NOW + SECOND);
  assert.deepEqual(next.instances.map(({ state }) => state.kind), ["backup", "backup", "backup"]);
  assert.ok(
    newsOf(effects).some((each) => each.kind === "group" && each.to === "backup"),
  );
});
