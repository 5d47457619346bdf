/** Ipvlans and VRFs, which few kernels of labs have, beside Debian's keepalived for the same file. */

import assert from "node:assert/strict";
import { type Kind, Lab, labTest, startNode, until } from "../lab/mod.ts";
import { compared, globals, instance } from "../interop/links.ts";

labTest("use_ipvlan, sends from its address by the MAC address below, and the VIPs stay below", [
  "keepalived",
  "tcpdump",
  "tshark",
  "ipvlan",
], async () => {
  const file = globals() +
    instance(51, "use_ipvlan 192.0.2.7/24", "192.0.2.100/24") +
    instance(52, "use_ipvlan named bridge", "fe80::100\n2001:db8::100/64");
  const said = await compared(file, ["192.0.2.100", "2001:db8::100"]);
  const adverts = said.filter((each) => / 112 /.test(each));
  assert.ok(adverts.length > 0 && adverts.every((each) => each.startsWith("eth0 ")), `${adverts}`);
});

/** eth0 is in a VRF of table 10. */
async function inVrf(lab: Lab, kind: Kind): Promise<void> {
  const commands = "ip link add red type vrf table 10; ip link set red up; " +
    "ip link set eth0 master red";
  await lab.run(kind, ["sh", "-c", commands]);
}

/** Routes of virtual routers in all tables. */
async function routes(lab: Lab, kind: Kind): Promise<readonly string[]> {
  const found = await lab.run(kind, [
    "ip",
    "route",
    "show",
    "table",
    "all",
    "proto",
    "keepalived",
  ]);
  return found.stdout.trim().split("\n").map((each) => each.trim()).toSorted();
}

labTest("vrf of routes, is the table of the VRF, and a VMAC is in the VRF of the interface below", [
  "keepalived",
  "tcpdump",
  "tshark",
  "vrf",
], async () => {
  const lines = [
    "10.77.0.0/24 dev eth0 vrf red",
    "10.78.0.0/24 via 192.0.2.9 vrf red",
    "blackhole 10.79.0.0/24 vrf red",
    "10.80.0.0/24 dev eth1",
  ];
  const file = globals() +
    instance(51, `use_vmac\nvirtual_routes {\n${lines.join("\n")}\n}`, "192.0.2.100/24");
  const member = async (lab: Lab, kind: Kind) => {
    await until(`${kind} has its routes`, async () => {
      return (await routes(lab, kind)).length === lines.length;
    }, { explain: async () => `${await routes(lab, kind)}\n${lab.tails()}` });
    const { stdout } = await lab.run(kind, ["ip", "-o", "link", "show", "master", "red"]);
    const links = [...stdout.matchAll(/^\d+: (\S+?)[@:]/gm)].map(([, name]) => name);
    return { routes: await routes(lab, kind), links: links.toSorted() };
  };
  await compared(file, ["192.0.2.100"], { prepare: inVrf, look: member });
});

labTest("vrf of an instance without interface, has it send where its source is in that VRF", [
  "vrf",
], async () => {
  const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });
  await using lab = await Lab.create({
    holdfast: plan("192.0.2.1/24"),
    peer: plan("192.0.2.2/24"),
  });
  await inVrf(lab, "holdfast");
  // The same address outside of the VRF, where nobody would hear.
  await lab.run("holdfast", ["ip", "address", "add", "192.0.2.1/32", "dev", "lo"]);
  const config = (words: string, own: string, other: string, priority: number) => `
vrrp_instance V {
    ${words}
    virtual_router_id 51
    priority ${priority}
    unicast_src_ip ${own}
    unicast_peer {
        ${other}
    }
    virtual_ipaddress {
        192.0.2.100/24 dev eth0
    }
}`;
  const backup = await startNode(lab, "peer", {
    kind: "holdfast",
    config: config("interface eth0", "192.0.2.2", "192.0.2.1", 90),
  });
  const node = await startNode(lab, "holdfast", {
    kind: "holdfast",
    config: config("vrf red", "192.0.2.1", "192.0.2.2", 110),
  });
  await lab.owned("192.0.2.100", "holdfast");
  await backup.seen(/BACKUP/);
  // Out of the VRF there is nothing to stand on.
  await lab.run("holdfast", ["ip", "link", "set", "eth0", "nomaster"]);
  await node.seen(/Entering FAULT STATE/);
  await lab.owned("192.0.2.100", "peer");
  await lab.run("holdfast", ["ip", "link", "set", "eth0", "master", "red"]);
  await lab.owned("192.0.2.100", "holdfast");
  assert.equal((await node.stop()).code, 0);
});
