/** Thousands of addresses and links that concern nobody: the master stays, and says no word more. */

import assert from "node:assert/strict";
import { beat, Capture, Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const VIP = "10.8.8.100";

/** Between adverts, in s. */
const BEAT = await beat();

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
  peer: { links: { eth0: { network: "lan", addresses: ["10.8.8.2/24"] } } },
};

/** How many addresses, on a bridge and on the interface of the router itself, and how many links. */
const [ADDRESSES, LINKS] = [4_000, 60];

function instance(priority: number): string {
  return `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 8
    priority ${priority}
    advert_int ${BEAT}
    virtual_ipaddress {
        ${VIP}
    }
}
`;
}

/** One line of `ip -batch` for each number. */
function lines(count: number, line: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => `${line(n)}\n`).join("");
}

labTest(
  "thousands of addresses and links that concern nobody come and go, the master stays and the backup hears nobody else",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance(200) });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    const peer = await startNode(lab, "peer", { kind: "holdfast", config: instance(100) });
    await peer.seen(/BACKUP STATE/);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    const batch = async (text: string) => {
      const file = await lab.file("batch", text);
      await lab.run("node", ["ip", "-batch", file]);
    };
    await lab.run("node", ["ip", "link", "add", "br0", "type", "bridge"]);
    for (const op of ["add", "delete"]) {
      for (const dev of ["br0", "eth0"]) {
        const address = (n: number) => `address ${op} 10.99.${n >> 8}.${n & 255}/32 dev ${dev}`;
        await batch(lines(ADDRESSES, address));
      }
      const kind = op === "add" ? " type bridge" : "";
      await batch(lines(LINKS, (n) => `link ${op} many${n}${kind}`));
    }
    // The kernel thread has heard all of it when it obeys again: somebody takes the address away.
    await lab.run("node", ["ip", "address", "delete", `${VIP}/32`, "dev", "eth0"]);
    await node.seen(/was removed by somebody else/);
    await until("it is put back", () => lab.has("node", VIP));
    await capture.seen(/VRRPv2, Advertisement/);
    for (const line of capture.lines.filter((each) => each.includes("Advertisement"))) {
      assert.match(line, /10\.8\.8\.1 > /);
      assert.doesNotMatch(line, /prio 0\b/);
    }
    assert.doesNotMatch(peer.output, /MASTER STATE/);
    assert.equal(node.output.match(/MASTER STATE/g)?.length, 1);
    assert.doesNotMatch(node.output, /Gave up mastership|FAULT STATE/);
  },
);
