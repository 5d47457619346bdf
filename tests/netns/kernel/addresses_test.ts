/** What others do to the addresses and interfaces of a master, and what it does about it. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const VIP = "10.8.8.100";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
  peer: { links: { eth0: { network: "lan", addresses: ["10.8.8.2/24"] } } },
};

function instance(priority: number): string {
  return `vrrp_instance VI_1 {
    state ${priority === 255 ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id 8
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
        ${VIP}
    }
}
`;
}

labTest(
  "an address removed by hand, is put back, announced and spoken of; the master stays",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "arp" });
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance(255) });
    await capture.seen(new RegExp(`tell ${VIP}`));
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    const before = capture.lines.length;
    await lab.run("node", ["ip", "address", "del", `${VIP}/32`, "dev", "eth0"]);
    await node.seen(/Address 10\.8\.8\.100\/32 was removed by somebody else/);
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    await capture.seen(new RegExp(`tell ${VIP}`), { from: before });
    assert.doesNotMatch(node.output, /BACKUP STATE|FAULT STATE/);
  },
);

labTest(
  "an address that was there before mastership, does not stay behind at exit",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance(100) });
    await node.seen(/BACKUP STATE/);
    await lab.run("node", ["ip", "address", "add", `${VIP}/32`, "dev", "eth0"]);
    await node.seen(/MASTER STATE/);
    assert.equal((await node.stop()).code, 0);
    assert.ok(!(await lab.has("node", VIP)));
  },
);

labTest(
  "an owner of its interface's own address, sends from it and leaves it alone at exit (RFC 9568 §1.6)",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    const config = instance(255).replace(VIP, "10.8.8.1/24");
    const before = await lab.addresses("node");
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await capture.seen(/10\.8\.8\.1 > 224\.0\.0\.18: .*prio 255/);
    assert.equal((await node.stop()).code, 0);
    assert.deepEqual(await lab.addresses("node"), before);
  },
);

labTest(
  "an interface deleted and made anew, the instance is in fault and comes back with the new one",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance(200) });
    await node.seen(/MASTER STATE/);
    await lab.run("node", ["ip", "link", "del", "eth0"]);
    await node.seen(/FAULT STATE/);
    const from = node.lines.length;
    const [end, netns] = ["anew", lab.netns("node")];
    const make = ["link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", netns];
    await lab.run("switch", ["ip", ...make]);
    await lab.run("switch", ["ip", "link", "set", end, "master", lab.bridge("lan"), "up"]);
    await lab.run("node", ["ip", "address", "add", "10.8.8.1/24", "dev", "eth0"]);
    await lab.setLink("node", "eth0", "up");
    await node.seen(/MASTER STATE/, { from });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    await capture.seen(/10\.8\.8\.1 > 224\.0\.0\.18: .*prio 200/);
    const peer = await startNode(lab, "peer", { kind: "holdfast", config: instance(100) });
    await peer.seen(/BACKUP STATE/);
    await node.stop();
    await until("the peer has it", () => lab.has("peer", VIP));
    assert.match(peer.output, /MASTER STATE/);
  },
);
