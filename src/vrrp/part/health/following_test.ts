import assert from "node:assert/strict";
import type { Link } from "../../../kernel/link.ts";
import { SECOND } from "../../../net/mod.ts";
import type { SyncGroupConfig, VirtualAddress, VrrpInstanceConfig } from "../../config.ts";
import {
  addressOn,
  ethernet,
  instanceConfig,
  syncGroup,
  tracksInterface,
  tracksScript,
  vrrpConfig,
} from "../../fixtures.ts";
import { followingOf } from "./following.ts";
import {
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type Tracking as VrrpPart,
  wantedNow,
} from "../fixture.ts";

const [ETH0, ETH1] = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const OWN: VirtualAddress = { address: "172.16.1.99", prefixLength: 32 };
const FAR: VirtualAddress = { address: "10.0.0.99", prefixLength: 24, dev: "eth1" };
const CARRIED = { virtualAddresses: [OWN, FAR] };

function following(config: Partial<VrrpInstanceConfig>, group?: SyncGroupConfig) {
  return followingOf(instanceConfig(config), group).map(({ tracker, weight, reverse }) =>
    `${tracker.name} ${weight}${reverse ? " reverse" : ""}`
  );
}

const [track, script] = [tracksInterface, tracksScript];
const group = (changes: Partial<SyncGroupConfig>) => syncGroup(["VI_1"], changes);

const ROWS: readonly {
  readonly name: string;
  readonly config?: Partial<VrrpInstanceConfig>;
  readonly group?: SyncGroupConfig;
  readonly follows: readonly string[];
}[] = [
  { name: "nothing said, its own interface", follows: ["eth0 0"] },
  { name: "dont_track_primary, nothing", config: { dontTrackPrimary: true }, follows: [] },
  {
    name: "an address on another interface, that one too",
    config: CARRIED,
    follows: ["eth0 0", "eth1 0"],
  },
  {
    name: "an excluded address on another interface, that one too",
    config: { excludedAddresses: [FAR] },
    follows: ["eth0 0", "eth1 0"],
  },
  {
    name: "no_track, not that one",
    config: { virtualAddresses: [OWN, { ...FAR, noTrack: true }] },
    follows: ["eth0 0"],
  },
  {
    name: "dont_track_primary and an address elsewhere, elsewhere only",
    config: { ...CARRIED, dontTrackPrimary: true },
    follows: ["eth1 0"],
  },
  {
    name: "a route or rule, its interface too",
    config: { routeInterfaces: ["eth1", "eth2"] },
    follows: ["eth0 0", "eth1 0", "eth2 0"],
  },
  {
    name: "a weight on what an address needs, the need counts",
    config: { ...CARRIED, tracks: [track("eth1", -20)] },
    follows: ["eth1 0", "eth0 0"],
  },
  {
    name: "weights of a member and its group, that of the group",
    config: { tracks: [track("eth1", -20), script("t", -7)] },
    group: group({
      syncGroupTrackingWeight: true,
      tracks: [track("eth1", -30), script("t", 4)],
    }),
    follows: ["eth1 -30", "t 4", "eth0 0"],
  },
  {
    name: "without weight in a member, with one in its group, without",
    config: { tracks: [track("eth1"), script("s")] },
    group: group({ tracks: [track("eth1", -30), script("s", 4)] }),
    follows: ["eth1 0", "s 0", "eth0 0"],
  },
  {
    name: "weights of a member in a group without sync_group_tracking_weight, not at all",
    config: { tracks: [track("eth1", -20), script("t", -7), script("s")] },
    group: group({ tracks: [track("eth2", -30)] }),
    follows: ["s 0", "eth0 0", "eth2 -30"],
  },
];

for (const { name, config, group, follows } of ROWS) {
  Deno.test(`followingOf() ${name}`, () => {
    assert.deepEqual(following(config ?? {}, group), follows);
  });
}

/** A master with an address on eth0 and one on eth1. */
function master(config: Partial<VrrpInstanceConfig>): VrrpPart {
  const addresses = [addressOn(2, "172.16.1.134"), addressOn(3, "10.0.0.1")];
  const start = { kind: "start", links: [ETH0, ETH1], addresses } as const;
  const [part] = stepVrrp(startVrrp(vrrpConfig([instanceConfig(config)]), 0), start, 0);
  return stepVrrp(part, { kind: "expired", order: 1, seq: 1 }, 4 * SECOND)[0];
}

function told(part: VrrpPart, link: Link, removed = false): VrrpPart {
  return stepVrrp(part, { kind: "link", link, removed }, 5 * SECOND)[0];
}

const LOSSES: readonly {
  readonly name: string;
  readonly lose: (part: VrrpPart) => VrrpPart;
  readonly back: (part: VrrpPart) => VrrpPart;
}[] = [
  {
    name: "goes down",
    lose: (part) => told(part, { ...ETH1, up: false, running: false }),
    back: (part) => told(part, ETH1),
  },
  {
    name: "loses its carrier",
    lose: (part) => told(part, { ...ETH1, running: false }),
    back: (part) => told(part, ETH1),
  },
  {
    name: "is deleted or moved to another namespace, made anew",
    lose: (part) => told(part, ETH1, true),
    back: (part) => told(part, ethernet(9, "eth1")),
  },
  {
    name: "is renamed, another takes the name",
    lose: (part) => told(part, { ...ETH1, ifname: "lan1" }),
    back: (part) => told(part, ethernet(9, "eth1")),
  },
  {
    name: "is renamed and back",
    lose: (part) => told(part, { ...ETH1, ifname: "lan1" }),
    back: (part) => told(part, ETH1),
  },
];

for (const { name, lose, back } of LOSSES) {
  Deno.test(`stepVrrp() the interface of an address ${name}, is in fault meanwhile`, () => {
    const lost = lose(master(CARRIED));
    assert.equal(lost.instances[0]?.state.kind, "fault");
    assert.deepEqual(wantedNow(lost), []);
    assert.equal(back(lost).instances[0]?.state.kind, "backup");
    const untracked = { virtualAddresses: [OWN, { ...FAR, noTrack: true as const }] };
    const kept = lose(master(untracked));
    assert.equal(kept.instances[0]?.state.kind, "master", "not with no_track");
    assert.equal(back(kept).instances[0]?.state.kind, "master");
  });
}

Deno.test("stepVrrp() the interface of an address goes down, its peers are told that a master is gone", () => {
  const link = { ...ETH1, running: false };
  const [, effects] = stepVrrp(master(CARRIED), { kind: "link", link, removed: false }, 5 * SECOND);
  const [cease] = effects;
  assert.deepEqual(cease, { kind: "cease", order: 1, farewell: true });
});

Deno.test("stepVrrp() the interface of an address does not exist at the start, waits for it", () => {
  const addresses = [addressOn(2, "172.16.1.134")];
  const start = { kind: "start", links: [ETH0], addresses } as const;
  const config = vrrpConfig([instanceConfig(CARRIED)]);
  const [part] = stepVrrp(startVrrp(config, 0), start, 0);
  assert.equal(part.instances[0]?.state.kind, "fault");
  assert.equal(told(part, ETH1).instances[0]?.state.kind, "backup");
});
