/**
 * Records the simulated scenarios: clusters are driven through a story in virtual time, the tape is
 * that of one of the nodes. Run by hand when a story changes; `src/sim/tape_test.ts` replays.
 */

import { SECOND } from "../../src/net/mod.ts";
import {
  type Cluster,
  createCluster,
  formatTape,
  type HostSpec,
  recordTape,
} from "../../src/sim/mod.ts";
import {
  addressOn,
  ethernet,
  instanceConfig,
  syncGroup,
  vrrpConfig,
} from "../../src/vrrp/fixtures.ts";
import type { VrrpConfig } from "../../src/vrrp/mod.ts";
import { DEFAULT_OPTIONS } from "../../src/world/mod.ts";
import { worldConfig } from "../../src/world/fixtures.ts";

/** A story and whose tape is kept. */
interface Story {
  readonly file: string;
  readonly about: string;
  readonly hosts: readonly HostSpec[];
  readonly kept: string;
  tell(cluster: Cluster): void;
}

function node(octet: number, vrrp: VrrpConfig): HostSpec {
  return {
    name: `n${octet}`,
    config: worldConfig({
      vrrp,
    }),
    interfaces: [
      {
        link: ethernet(2, "ens33"),
        segment: "lan",
        addresses: [addressOn(2, `172.16.1.${octet}`)],
      },
      {
        link: ethernet(3, "ens37"),
        segment: "inside",
        addresses: [addressOn(3, `192.168.1.${octet}`)],
      },
    ],
  };
}

/** A director of the LVS-NAT document. */
function director(octet: number, priority: number): HostSpec {
  const common = { priority, wantState: "master" } as const;
  const instances = [
    instanceConfig({ ...common, interface: "ens33" }),
    instanceConfig({
      ...common,
      name: "VI_GATEWAY",
      interface: "ens37",
      virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
    }),
  ];
  const groups = [syncGroup(["VI_1", "VI_GATEWAY"])];
  return node(octet, vrrpConfig(instances, { groups, mcastGroup4: "224.1.111.1" }));
}

function single(octet: number, changes: Parameters<typeof instanceConfig>[0] = {}): HostSpec {
  return node(octet, vrrpConfig([instanceConfig({ interface: "ens33", ...changes })]));
}

const STORIES: readonly Story[] = [
  {
    file: "sync_group_takes_over.jsonl",
    about: "Backup of the LVS-NAT document: follows, takes over both addresses when the master " +
      "stops, hands both back when it returns",
    hosts: [director(134, 100), director(138, 97)],
    kept: "n138",
    tell: (cluster) => {
      for (const host of cluster.hosts) host.start();
      cluster.run(6 * SECOND);
      cluster.host("n134").stop();
      cluster.run(8 * SECOND);
      cluster.host("n134").start();
      cluster.run(5 * SECOND);
    },
  },
  {
    file: "preempt_delay.jsonl",
    about:
      "preempt_delay of 5 s: weaker adverts are accepted until it ends, then the deadline of " +
      "the last one decides",
    hosts: [single(1, { preemptDelay: 5 * SECOND }), single(2, { priority: 90 })],
    kept: "n1",
    tell: (cluster) => {
      cluster.host("n2").start();
      cluster.run(5.3 * SECOND);
      cluster.host("n1").start();
      cluster.run(12 * SECOND);
    },
  },
  {
    file: "lease_lapses.jsonl",
    about:
      "A loop that hangs longer than the lease: the core gave up mastership, the daemon finds " +
      "itself backup and takes over again",
    hosts: [single(1), single(2, { priority: 90 })],
    kept: "n1",
    tell: (cluster) => {
      for (const host of cluster.hosts) host.start();
      cluster.run(6 * SECOND);
      cluster.host("n1").stall(15 * SECOND);
      cluster.run(22 * SECOND);
    },
  },
  {
    file: "link_down_and_up.jsonl",
    about: "The master's link goes down and comes back: farewell, fault, backup, master",
    hosts: [single(1), single(2, { priority: 90 })],
    kept: "n1",
    tell: (cluster) => {
      for (const host of cluster.hosts) host.start();
      cluster.run(6 * SECOND);
      cluster.host("n1").setLink("ens33", false);
      cluster.run(5 * SECOND);
      cluster.host("n1").setLink("ens33", true);
      cluster.run(5 * SECOND);
    },
  },
];

for (const story of STORIES) {
  const cluster = createCluster({ seed: 1, hosts: story.hosts, watched: [] });
  const happenings = () => cluster.happenings(story.kept);
  story.tell(cluster);
  const spec = story.hosts.find((host) => host.name === story.kept);
  const at = happenings()[0]?.at;
  if (spec === undefined || at === undefined) throw new RangeError(`Cannot find ${story.kept}`);
  const { about } = story;
  const tape = recordTape(
    { about, at, config: spec.config, options: DEFAULT_OPTIONS },
    happenings(),
  );
  Deno.writeTextFileSync(new URL(story.file, import.meta.url), formatTape(tape));
}
