/** Seed 000: a virtual server by firewall mark, LVS-NAT, with persistence. */

import assert from "node:assert/strict";
import { Lab, labTest, startNode, type Topology } from "../lab/mod.ts";
import { quoted } from "../documents.ts";
import { curl, ipvs, startWebServer, table } from "./seed004.ts";

const outside = (address: string) => ({ eth0: { network: "outside", addresses: [address] } });
const inside = (address: string) => ({ eth1: { network: "inside", addresses: [address] } });

const TOPOLOGY: Topology = {
  client1: { links: outside("10.0.0.11/24") },
  client2: { links: outside("10.0.0.12/24") },
  director: { forward: true, links: { ...outside("10.0.0.1/24"), ...inside("172.27.0.1/24") } },
  rs30: { gateway: "172.27.0.1", links: inside("172.27.0.30/24") },
  rs31: { gateway: "172.27.0.1", links: inside("172.27.0.31/24") },
};

const SERVICE = "-A -f 100 -s wrr -p 50";
const RS30 = "-a -f 100 -r 172.27.0.30:80 -m -w 1";
const RS31 = "-a -f 100 -r 172.27.0.31:80 -m -w 1";

labTest(
  "seed 000 virtual_server fwmark 100, marked packets are balanced, a client keeps its server",
  ["ipvs", "ipvsadm", "nft", "busybox", "curl"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await startWebServer(lab, "rs30");
    const rs31 = await startWebServer(lab, "rs31");
    const rules = await lab.file(
      "mark.nft",
      `table ip lab {
  chain prerouting {
    type filter hook prerouting priority mangle;
    ip daddr 10.0.0.1 tcp dport 80 meta mark set 100
  }
}
`,
    );
    await lab.run("director", ["nft", "-f", rules]);
    // The document's file has no vrrp_instance: the checker part alone (-C).
    const config = quoted("seed000_fwmark");
    const node = await startNode(lab, "director", { kind: "holdfast", config, flags: ["-C"] });
    await table(lab, "director", [SERVICE, RS30, RS31]);

    // Two clients, one server each, and the same one every time (persistence_timeout 50).
    const servers: (string | undefined)[] = [];
    for (const client of ["client1", "client2"]) {
      const first = await curl(lab, client, "10.0.0.1");
      assert.match(first ?? "no answer", /<h1>Backend RS3[01]<\/h1>/);
      for (let n = 0; n < 3; n++) assert.equal(await curl(lab, client, "10.0.0.1"), first);
      servers.push(first);
    }
    assert.notEqual(servers[0], servers[1]);

    // A server that dies leaves the table (three retries, three seconds apart).
    await rs31.stop();
    await table(lab, "director", [SERVICE, RS30]);
    await startWebServer(lab, "rs31");
    await table(lab, "director", [SERVICE, RS30, RS31]);
    assert.equal((await node.stop()).code, 0);
    assert.deepEqual(await ipvs(lab, "director"), []);
  },
);
