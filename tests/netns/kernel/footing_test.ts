/**
 * What an instance stands on goes and comes back: interfaces its addresses need, and the address it sends from. Beside
 * Debian's keepalived where that does the same.
 */

import assert from "node:assert/strict";
import {
  Capture,
  type Kind,
  Lab,
  labTest,
  type NodePlan,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [VIP, FAR_VIP, SOURCE] = ["10.77.0.99", "10.78.0.99", "10.77.0.9"];

const TOPOLOGY: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: ["10.77.0.1/24"] },
      eth1: { network: "far", addresses: ["10.78.0.1/24"] },
    },
  },
  peer: { links: { eth0: { network: "lan", addresses: ["10.77.0.2/24"] } } },
};

interface Instance {
  readonly name?: string;
  readonly priority?: number;
  /** `interface` and what else it has. */
  readonly lines?: readonly string[];
  readonly addresses?: readonly string[];
}

function configuration(...instances: readonly Instance[]): string {
  return instances.map((
    {
      name = "A",
      priority = 100,
      lines = ["interface eth0"],
      addresses = [`${VIP}/24`],
    },
  ) =>
    [
      `vrrp_instance ${name} {`,
      "virtual_router_id 51",
      `priority ${priority}`,
      ...lines,
      "virtual_ipaddress {",
      ...addresses,
      "}",
      "}",
      "",
    ].join("\n")
  ).join("");
}

const CARRYING = configuration({ addresses: [`${VIP}/24`, `${FAR_VIP}/24 dev eth1`] });

/** Starts the node and waits until it holds its first address. */
async function master(lab: Lab, plan: NodePlan): Promise<Program> {
  const node = await startNode(lab, "node", plan);
  await node.seen(/MASTER STATE/);
  await until("it has its address", () => lab.has("node", VIP), { explain: () => lab.tails() });
  return node;
}

/** It is in fault without its addresses after `lose`, and master with them after `back`. */
async function faultMeanwhile(
  lab: Lab,
  node: Program,
  { lose, back }: { readonly lose: () => Promise<unknown>; readonly back: () => Promise<unknown> },
): Promise<void> {
  await lose();
  // Of what comes again and again the log says only so much: the first time in words, each time in the kernel.
  await node.seen(/FAULT STATE/);
  const gone = async () => !(await lab.has("node", VIP));
  await until("its address is gone", gone, { explain: () => lab.tails() });
  await back();
  const both = async () => await lab.has("node", VIP) && await lab.has("node", FAR_VIP);
  await until("its addresses are back", both, { explain: () => lab.tails() });
}

/** Puts eth1 back with its address. */
async function putBack(lab: Lab): Promise<void> {
  await lab.run("node", ["ip", "address", "replace", "10.78.0.1/24", "dev", "eth1"]);
  await lab.setLink("node", "eth1", "up");
}

for (const kind of ["holdfast", "keepalived"] satisfies readonly Kind[]) {
  labTest(
    `${kind}: the interface of an address goes down and loses its carrier, it is in fault meanwhile`,
    kind === "keepalived" ? ["keepalived"] : [],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const node = await master(lab, { kind, config: CARRYING });
      await faultMeanwhile(lab, node, {
        lose: () => lab.setLink("node", "eth1", "down"),
        back: () => putBack(lab),
      });
      await faultMeanwhile(lab, node, {
        lose: () => lab.unplug("node", "eth1"),
        back: () => lab.plug("node", "eth1"),
      });
    },
  );

  labTest(
    `${kind}: the interface of an address with no_track goes down, it stays master`,
    kind === "keepalived" ? ["keepalived"] : [],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const addresses = [`${VIP}/24`, `${FAR_VIP}/24 dev eth1 no_track`];
      const node = await master(lab, { kind, config: configuration({ addresses }) });
      await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
      await lab.unplug("node", "eth1");
      await capture.seen(/prio 100/);
      await capture.seen(/prio 100/, { from: capture.lines.length });
      assert.doesNotMatch(node.output, /FAULT STATE/);
    },
  );
}

labTest(
  "the interface of an address is deleted, renamed, or moved to another namespace, and comes back",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await master(lab, { kind: "holdfast", config: CARRYING });
    const ip = (...words: readonly string[]) => lab.run("node", ["ip", ...words]);
    const netns = lab.netns("node");
    await faultMeanwhile(lab, node, {
      lose: () => ip("link", "del", "eth1"),
      back: async () => {
        const make = [
          "link",
          "add",
          "anew",
          "type",
          "veth",
          "peer",
          "name",
          "eth1",
          "netns",
          netns,
        ];
        await lab.run("switch", ["ip", ...make]);
        await lab.run("switch", ["ip", "link", "set", "anew", "master", lab.bridge("far"), "up"]);
        await putBack(lab);
      },
    });
    await faultMeanwhile(lab, node, {
      // The kernel renames only what is down.
      lose: async () => {
        await ip("link", "set", "eth1", "down");
        await ip("link", "set", "eth1", "name", "other", "up");
      },
      back: async () => {
        await ip("link", "set", "other", "down");
        await ip("link", "set", "other", "name", "eth1");
        await putBack(lab);
      },
    });
    await faultMeanwhile(lab, node, {
      lose: () => ip("link", "set", "eth1", "netns", lab.netns("peer")),
      back: async () => {
        await lab.run("peer", ["ip", "link", "set", "eth1", "netns", netns]);
        await putBack(lab);
      },
    });
  },
);

labTest(
  "the interface of an address does not exist at the start, it begins when that comes",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("node", ["ip", "link", "set", "eth1", "down"]);
    await lab.run("node", ["ip", "link", "set", "eth1", "name", "later"]);
    const node = await startNode(lab, "node", { kind: "holdfast", config: CARRYING });
    await node.seen(/interface eth1 does not exist/);
    await lab.run("node", ["ip", "link", "set", "later", "name", "eth1"]);
    await putBack(lab);
    await node.seen(/MASTER STATE/);
  },
);

const UNICAST = ["interface eth0", `unicast_src_ip ${SOURCE}`, "unicast_peer {", "10.77.0.2", "}"];

labTest(
  "unicast whose source is not there, leaves the address to keepalived, and hears it when the source comes",
  ["keepalived", "tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    const peer = await startNode(lab, "peer", {
      kind: "keepalived",
      config: configuration({
        priority: 150,
        lines: ["interface eth0", "unicast_src_ip 10.77.0.2", "unicast_peer {", SOURCE, "}"],
      }),
    });
    await peer.seen(/MASTER STATE/);
    const node = await startNode(lab, "node", {
      kind: "holdfast",
      config: configuration({ lines: UNICAST }),
    });
    await node.seen(/FAULT STATE/);
    await node.seen(/no interface has the source address 10\.77\.0\.9/);
    await lab.run("node", ["ip", "address", "add", `${SOURCE}/24`, "dev", "eth0"]);
    await node.seen(/BACKUP STATE/);
    // It hears its master: a whole timeout long it stays what it is.
    await capture.seen(/10\.77\.0\.2 > 10\.77\.0\.9: .*prio 150/);
    await peer.stop();
    await node.seen(/10\.77\.0\.2 gave up mastership/);
    await lab.owned(VIP, "node");
    assert.equal((node.output.match(/MASTER STATE/g) ?? []).length, 1);
    await capture.seen(/10\.77\.0\.9 > 10\.77\.0\.2: .*prio 100/);

    // The source goes: whoever cannot hear an answer does not stay master.
    const from = node.lines.length;
    await lab.run("node", ["ip", "address", "del", `${SOURCE}/24`, "dev", "eth0"]);
    await node.seen(/FAULT STATE/, { from });
    await capture.seen(/10\.77\.0\.9 > 10\.77\.0\.2: .*prio 0/);
    assert.deepEqual(await lab.owners(VIP), []);
  },
);

labTest(
  "unicast without interface, stands on the interface that has its source and goes along with it",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const lines = UNICAST.filter((line) => !line.startsWith("interface"));
    const config = configuration({ lines, addresses: [`${VIP}/24 dev eth0`] });
    await lab.run("node", ["ip", "address", "add", `${SOURCE}/24`, "dev", "eth0"]);
    const node = await master(lab, { kind: "holdfast", config });
    await using near = await Capture.start(lab, "node", { ifname: "eth0", filter: "vrrp" });
    await near.seen(/10\.77\.0\.9 > 10\.77\.0\.2: .*prio 100/);
    const from = node.lines.length;
    await lab.run("node", ["ip", "address", "del", `${SOURCE}/24`, "dev", "eth0"]);
    await node.seen(/FAULT STATE/, { from });
    await using far = await Capture.start(lab, "node", { ifname: "eth1", filter: "arp or vrrp" });
    await lab.run("node", ["ip", "route", "add", "10.77.0.2/32", "dev", "eth1"]);
    await lab.run("node", ["ip", "address", "add", `${SOURCE}/24`, "dev", "eth1"]);
    await node.seen(/MASTER STATE/, { from });
    // Nobody is there to answer; the question says by which interface it is meant to go.
    await far.seen(/who-has 10\.77\.0\.2 tell 10\.77\.0\.9/);
  },
);

labTest(
  "unicast_src_ip without peers and mcast_src_ip with peers, adverts come from there",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("node", ["ip", "address", "add", `${SOURCE}/24`, "dev", "eth0"]);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    const lines = ["interface eth0", `unicast_src_ip ${SOURCE}`];
    const multicast = await master(lab, {
      kind: "holdfast",
      config: configuration({ lines }),
      name: "one",
    });
    await capture.seen(/10\.77\.0\.9 > 224\.0\.0\.18: .*prio 100/);
    await multicast.stop();
    const unicast = UNICAST.map((line) => line.replace("unicast_src_ip", "mcast_src_ip"));
    await master(lab, {
      kind: "holdfast",
      config: configuration({ lines: unicast }),
      name: "two",
    });
    await capture.seen(/10\.77\.0\.9 > 10\.77\.0\.2: .*prio 100/);
  },
);

labTest(
  "an own address that is replaced, as by DHCP, is followed by a master without a change of state",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = configuration({ addresses: [`${VIP}/32`] });
    const node = await master(lab, { kind: "holdfast", config });
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    await capture.seen(/10\.77\.0\.1 > 224\.0\.0\.18/);
    await lab.run("node", ["ip", "address", "add", "10.77.1.5/24", "dev", "eth0"]);
    await lab.run("node", ["ip", "address", "del", "10.77.0.1/24", "dev", "eth0"]);
    await capture.seen(/10\.77\.1\.5 > 224\.0\.0\.18/);
    assert.doesNotMatch(node.output, /FAULT STATE/);
  },
);

const TWO_GROUPS = (priority: number) =>
  configuration(
    { priority },
    {
      name: "B",
      priority,
      lines: ["interface eth0", "mcast_dst_ip 233.4.5.6"],
      addresses: ["10.77.0.98/24"],
    },
  );

labTest(
  "two instances of one VRID in two groups, each hears its own master, a keepalived, and takes over from it",
  ["keepalived", "tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: TWO_GROUPS(100) });
    await node.seen(/\(A\) Entering MASTER/);
    await node.seen(/\(B\) Entering MASTER/);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    await capture.seen(/10\.77\.0\.1 > 224\.0\.0\.18: /);
    await capture.seen(/10\.77\.0\.1 > 233\.4\.5\.6: /);
    const peer = await startNode(lab, "peer", { kind: "keepalived", config: TWO_GROUPS(150) });
    await lab.owned(VIP, "peer");
    await lab.owned("10.77.0.98", "peer");
    await node.seen(/\(A\) Entering BACKUP STATE$/m);
    await peer.stop();
    await lab.owned(VIP, "node");
    await lab.owned("10.77.0.98", "node");
  },
);
