/** A group as one service by mark, which nftables sets on the packets for any of its addresses. */

import assert from "node:assert/strict";
import { Lab, labTest, startNode, until } from "../lab/mod.ts";
import { curl, GATEWAY, ipvs, NAT, startWebServer, table } from "./seed004.ts";

const VIPS = ["172.16.1.97", "172.16.1.98"];

const CONFIG = `
global_defs {
  nftables_ipvs marks
  nftables_ipvs_start_fwmark 500
}
virtual_server_group web {
  172.16.1.97-98 80
}
virtual_server group web {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 192.168.1.130 80 {
  }
}
`;

labTest("nftables_ipvs, a group is one service and serves on all its addresses", [
  "ipvs",
  "ipvsadm",
  "nft",
  "busybox",
  "curl",
], async () => {
  await using lab = await Lab.create(NAT);
  await startWebServer(lab, "rs1");
  await lab.run("master", ["ip", "address", "add", `${GATEWAY}/32`, "dev", "ens37"]);
  for (const vip of VIPS) {
    await lab.run("master", ["ip", "address", "add", `${vip}/32`, "dev", "ens33"]);
  }
  const node = await startNode(lab, "master", { kind: "holdfast", config: CONFIG });
  await table(lab, "master", ["-A -f 500 -s rr", "-a -f 500 -r 192.168.1.130:80 -m -w 1"]);
  for (const vip of VIPS) assert.equal(await curl(lab, "client", vip), "<h1>Backend RS1</h1>");
  assert.equal((await node.stop()).code, 0);
  await until("nothing is left", async () => (await ipvs(lab, "master")).length === 0);
  assert.equal((await lab.run("master", ["nft", "list", "ruleset"])).stdout, "");
});
