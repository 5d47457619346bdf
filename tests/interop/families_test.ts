/**
 * Ours and Debian's keepalived as one pair over IPv6, with an authentication header, and with a sync group of both families: who shall be
 * master is, a farewell hands over, and whoever returns takes over again.
 */

import assert from "node:assert/strict";
import { Capture, type Kind, Lab, labTest, startNode, type Topology } from "../lab/mod.ts";

interface Instance {
  readonly name: string;
  readonly vip: string;
  readonly lines: (self: Node, peer: Node) => readonly string[];
}

interface Node {
  readonly host: string;
  readonly priority: number;
  readonly v4: string;
  readonly v6: string;
}

const ALPHA: Node = { host: "alpha", priority: 150, v4: "192.0.2.1", v6: "2001:db8::1" };
const BETA: Node = { host: "beta", priority: 100, v4: "192.0.2.2", v6: "2001:db8::2" };
const VIP4 = "192.0.2.100";
const VIP6 = "2001:db8::100";

const topology: Topology = Object.fromEntries(
  [ALPHA, BETA].map(({ host, v4 }) => [
    host,
    { links: { eth0: { network: "lan", addresses: [`${v4}/24`] } } },
  ]),
);

const AH = ["authentication {", "auth_type AH", "auth_pass s3cret42", "}"];
const peersOf = (of: (node: Node) => string) => (self: Node, peer: Node) => [
  `unicast_src_ip ${of(self)}`,
  "unicast_peer {",
  of(peer),
  "}",
];
const unicast4 = peersOf(({ v4 }) => v4);
const unicast6 = peersOf(({ v6 }) => v6);

interface Row {
  readonly name: string;
  readonly instances: readonly Instance[];
  /** Of every advert, in tshark's language. */
  readonly filter: string;
}

const ROWS: readonly Row[] = [
  {
    name: "IPv6 by multicast",
    instances: [{ name: "SIX", vip: VIP6, lines: () => [] }],
    filter: "ipv6.hlim == 255 && ipv6.dst == ff02::12 && vrrp.checksum.status == 1",
  },
  {
    name: "IPv6 by unicast",
    instances: [{ name: "SIX", vip: VIP6, lines: unicast6 }],
    // keepalived 2.2.7 leaves the hop limit of unicast to the kernel.
    filter: "(ipv6.hlim == 255 || ipv6.hlim == 64) && vrrp.checksum.status == 1",
  },
  {
    name: "AH by multicast",
    instances: [{ name: "FOUR", vip: VIP4, lines: () => ["version 2", ...AH] }],
    filter: "ip.proto == 51 && ip.ttl == 255 && vrrp.auth_type == 2",
  },
  {
    name: "AH by unicast",
    instances: [{
      name: "FOUR",
      vip: VIP4,
      lines: (self, peer) => ["version 2", ...AH, ...unicast4(self, peer)],
    }],
    filter: "ip.proto == 51 && vrrp.auth_type == 2",
  },
  {
    name: "a sync group of both families",
    instances: [
      { name: "FOUR", vip: VIP4, lines: () => ["version 3"] },
      { name: "SIX", vip: VIP6, lines: () => [] },
    ],
    filter: "vrrp.version == 3",
  },
];

function configuration({ instances }: Row, self: Node, peer: Node): string {
  const blocks = instances.map(({ name, vip, lines }) =>
    [
      `vrrp_instance ${name} {`,
      "state BACKUP",
      "interface eth0",
      "virtual_router_id 77",
      `priority ${self.priority}`,
      "advert_int 1",
      ...lines(self, peer),
      "virtual_ipaddress {",
      // keepalived wants the link-local address of the virtual router first (RFC 9568 §5.2.9).
      ...(vip === VIP6 ? ["fe80::77"] : []),
      `${vip}/${vip === VIP6 ? 64 : 24}`,
      "}",
      "}",
    ].join("\n")
  );
  const group = ["vrrp_sync_group G {", "group {", ...instances.map(({ name }) => name), "}", "}"];
  return [...blocks, ...(instances.length > 1 ? group : []), ""].join("\n");
}

for (const row of ROWS) {
  for (const master of ["holdfast", "keepalived"] as const) {
    const backup = master === "holdfast" ? "keepalived" : "holdfast";
    labTest(
      `pair with ${row.name}, ${master} master and ${backup} backup, hands over and back`,
      ["keepalived", "tcpdump", "tshark"],
      () => handovers(row, { master, backup }),
    );
  }
}

async function handovers(
  row: Row,
  kinds: { readonly master: Kind; readonly backup: Kind },
): Promise<void> {
  await using lab = await Lab.create(topology);
  for (const { host, v6 } of [ALPHA, BETA]) {
    await lab.run(host, ["ip", "address", "add", `${v6}/64`, "dev", "eth0", "nodad"]);
  }
  await using capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
  const start = (self: Node, peer: Node, kind: Kind) =>
    startNode(lab, self.host, { kind, config: configuration(row, self, peer) });
  const owned = async (host: string) => {
    for (const { vip } of row.instances) await lab.owned(vip, host);
  };
  const backup = await start(BETA, ALPHA, kinds.backup);
  await owned(BETA.host);
  const first = await start(ALPHA, BETA, kinds.master);
  await owned(ALPHA.host);
  assert.equal((await first.stop()).code, 0);
  await owned(BETA.host);
  const second = await start(ALPHA, BETA, kinds.master);
  await owned(ALPHA.host);

  // A host on which nobody listens sends an advert back in an error.
  const adverts = "vrrp && !icmp && !icmpv6";
  const wrong = await capture.fields(`${adverts} && !(${row.filter})`, [
    "ipv6.src",
    "ipv6.hlim",
    "vrrp.checksum.status",
    "vrrp.prio",
  ]);
  assert.deepEqual(wrong, [], "every advert is as it must be");
  const ours = kinds.master === "holdfast" ? ALPHA : BETA;
  if (row.instances.some(({ vip }) => vip === VIP6)) {
    const announced = await capture.fields(
      `icmpv6.type == 136 && icmpv6.nd.na.target_address == ${VIP6} && icmpv6.nd.na.flag.o == 1`,
      ["ipv6.hlim"],
    );
    assert.ok(announced.length > 0 && announced.every(([hops]) => hops === "255"), ours.host);
  }
  assert.equal((await second.stop()).code, 0);
  await owned(BETA.host);
  assert.equal((await backup.stop()).code, 0);
  for (const { vip } of row.instances) assert.deepEqual(await lab.owners(vip), []);
}
