/**
 * Split brain as firewalls make it (seed 003): both nodes drop protocol 112. Both see it, count it and say what it may be, and it ends
 * with the rule, without a change of the better master.
 */

import assert from "node:assert/strict";
import { Lab, labTest, type Program, startNode, type Topology, until } from "../../lab/mod.ts";

const VIP = "192.0.2.100";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

const TOPOLOGY: Topology = { strong: plan("192.0.2.1/24"), weak: plan("192.0.2.2/24") };

const config = (priority: number) => `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    garp_master_delay 0
    garp_master_refresh 1
    virtual_ipaddress {
        ${VIP}
    }
}
`;

const SAID = /Another master: (\S+) announces 192\.0\.2\.100 as well; .*is protocol 112 accepted\?/;

async function hardware(lab: Lab, host: string): Promise<string> {
  return (await lab.run(host, ["cat", "/sys/class/net/eth0/address"])).stdout.trim();
}

labTest(
  "two masters behind firewalls that drop protocol 112 see each other, and one is left when they do not",
  ["nft"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const nodes: readonly (readonly [string, Program])[] = [
      ["strong", await startNode(lab, "strong", { kind: "holdfast", config: config(200) })],
      ["weak", await startNode(lab, "weak", { kind: "holdfast", config: config(100) })],
    ];
    await lab.owned(VIP, "strong");
    for (const [host] of nodes) {
      await lab.run(host, ["nft", "add table inet closed"]);
      await lab.run(host, [
        "nft",
        "add chain inet closed input { type filter hook input priority 0; }",
      ]);
      await lab.run(host, ["nft", "add rule inet closed input meta l4proto 112 drop"]);
    }
    await until("both have the address", async () => (await lab.owners(VIP)).length === 2, {
      explain: () => lab.tails(),
    });
    const [strong, weak] = [await hardware(lab, "strong"), await hardware(lab, "weak")];
    for (const [host, node] of nodes) {
      const { text } = await node.seen(SAID);
      const other = host === "strong" ? weak : strong;
      assert.equal(SAID.exec(text)?.[1], other);
      await node.seen(new RegExp(`Split brain: ${other} is master as well`));
    }
    const before = nodes[0]?.[1].lines.length;
    for (const [host] of nodes) await lab.run(host, ["nft", "delete table inet closed"]);
    await lab.owned(VIP, "strong");
    await nodes[0]?.[1].seen(/Split brain is over .*: \S+ is not heard any more/);
    await nodes[1]?.[1].seen(/Split brain is over .*: this node is master no more/);
    const flaps = nodes[0]?.[1].lines.slice(before).filter(({ text }) => / STATE/.test(text));
    assert.deepEqual(flaps, [], "the better master stays what it is");
    for (const [, node] of nodes) await node.stop();
  },
);
