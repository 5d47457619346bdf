/** Announcements on the wire, beside those of Debian's keepalived for the same file. */

import assert from "node:assert/strict";
import {
  beat,
  Capture,
  type Kind,
  Lab,
  labTest,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const plan = (network: string) => ({
  links: { eth0: { network, addresses: ["192.0.2.1/24"] } },
});

/** A second, or more where programs are starved, in s. */
const BEAT = await beat();

const TOPOLOGY: Topology = { holdfast: plan("ours"), keepalived: plan("theirs") };

const NETWORKS: Readonly<Record<Kind, string>> = { holdfast: "ours", keepalived: "theirs" };

const config = (global: string, more: string) => `
global_defs {
    router_id node
    ${global}
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    ${more}
    virtual_ipaddress {
        192.0.2.100
        192.0.2.101
    }
    virtual_ipaddress_excluded {
        2001:db8::100/64
    }
}
`;

/** One announcement. */
interface Heard {
  /** s since the epoch. */
  readonly at: number;
  /** All of it but the hardware address of the sender, which is `own` wherever it stands. */
  readonly text: string;
}

const FIELDS = [
  "frame.time_epoch",
  "eth.src",
  "frame.len",
  "eth.dst",
  "arp.opcode",
  "arp.src.hw_mac",
  "arp.src.proto_ipv4",
  "arp.dst.hw_mac",
  "arp.dst.proto_ipv4",
  "ipv6.src",
  "ipv6.dst",
  "ipv6.hlim",
  "icmpv6.nd.na.flag.r",
  "icmpv6.nd.na.flag.o",
  "icmpv6.nd.na.flag.s",
  "icmpv6.nd.na.target_address",
  "icmpv6.opt.linkaddr",
];

async function heard(capture: Capture): Promise<readonly Heard[]> {
  const filter = "arp.isgratuitous == 1 or (icmpv6.type == 136 and ipv6.src == 2001:db8::100)";
  return (await capture.fields(filter, FIELDS)).map(([at = "", own = "", ...rest]) => ({
    at: Number(at),
    text: rest.join(" ").replaceAll(own, "own").replaceAll(own.toUpperCase(), "own"),
  }));
}

/** How often each is said, in the order of their first times. */
function counts(all: readonly Heard[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(all, ({ text }) => text);
  return Object.fromEntries([...groups].map(([text, each]) => [text, each.length]));
}

/** What both say of a file until each has said `awaited` of every address. */
async function both(
  text: string,
  awaited: Readonly<Record<Kind, number>>,
): Promise<Readonly<Record<Kind, readonly Heard[]>>> {
  await using lab = await Lab.create(TOPOLOGY);
  const said = async (kind: Kind) => {
    const ifname = lab.bridge(NETWORKS[kind]);
    const filter = "arp or icmp6";
    await using capture = await Capture.start(lab, "switch", { ifname, filter });
    await startNode(lab, kind, { kind, config: text });
    return await until(`${kind} has announced everything`, async () => {
      const all = await heard(capture);
      const each = Object.values(counts(all));
      return each.length >= 3 && each.every((count) => count >= awaited[kind]) ? all : undefined;
    }, { limit: 30_000 * BEAT, explain: () => lab.tails() });
  };
  const [holdfast, keepalived] = await Promise.all([said("holdfast"), said("keepalived")]);
  return { holdfast, keepalived };
}

labTest(
  "bursts, second bursts and refreshes are keepalived's, packet by packet (RFC 9568 §8.1.2, §8.2.2)",
  ["keepalived", "tcpdump", "tshark"],
  async () => {
    // 3 at once, 3 a beat later, then 2 every two.
    const more = `garp_master_repeat 3\n garp_master_delay ${BEAT}\n garp_master_refresh ${
      2 * BEAT
    }\n garp_master_refresh_repeat 2`;
    const { holdfast, keepalived } = await both(config("", more), { holdfast: 10, keepalived: 10 });
    assert.deepEqual(
      Object.keys(counts(holdfast)).toSorted(),
      Object.keys(counts(keepalived)).toSorted(),
    );
    for (const all of [holdfast, keepalived]) {
      for (const [text, each] of Map.groupBy(all, (one) => one.text)) {
        const pauses = each.slice(1, 10).map(({ at }, index) => at - (each[index]?.at ?? 0));
        const long = pauses.flatMap((pause, index) => pause > 0.3 * BEAT ? [index] : []);
        assert.deepEqual(long, [2, 5, 7], `${text}: ${pauses}`);
      }
    }
  },
);

labTest(
  "garp_group and vrrp_gna_interval keep announcements apart",
  ["keepalived", "tcpdump", "tshark"],
  async () => {
    const more = "garp_master_repeat 2\n garp_master_delay 0";
    const group = "garp_group {\n garp_interval 0.1\n gna_interval 0.05\n interface eth0\n}\n";
    const { holdfast, keepalived } = await both(group + config("", more), {
      holdfast: 2,
      // Of what waits it loses the last at times (2.2.7).
      keepalived: 1,
    });
    for (const all of [holdfast, keepalived]) {
      const arp = all.filter(({ text }) => text.includes("192.0.2.10"));
      const pauses = arp.slice(1).map(({ at }, index) => at - (arp[index]?.at ?? 0));
      // The stamps of the capture are those of its arrival at the bridge.
      assert.ok(pauses.every((pause) => pause > 0.09), `${pauses}`);
    }
  },
);
