/** Seed 004, LVS-DR: the real servers have the VIP on lo and answer the client themselves. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest } from "../lab/mod.ts";
import {
  DR,
  ipvs,
  prepareRealServer,
  proportion,
  startDirector,
  startWebServer,
  table,
  VIP,
} from "./seed004.ts";

const SERVICE = `-A -t ${VIP}:80 -s wrr`;
const RS1 = `-a -t ${VIP}:80 -r 172.16.1.135:80 -g -w 2`;
const RS2 = `-a -t ${VIP}:80 -r 172.16.1.136:80 -g -w 1`;

labTest(
  "seed 004 DR, the labelled VIP moves, requests alternate by weight through either director",
  ["ipvs", "ipvsadm", "tcpdump", "busybox", "curl"],
  async () => {
    await using lab = await Lab.create(DR);
    await using capture = await Capture.start(lab, "client", { ifname: "eth0", filter: "vrrp" });
    for (const host of ["rs1", "rs2"]) {
      await prepareRealServer(lab, host);
      await startWebServer(lab, host);
    }
    const master = await startDirector(lab, "master", { mode: "dr" });
    const backup = await startDirector(lab, "backup", { mode: "dr" });
    // Real servers have the VIP too.
    const among = ["master", "backup"];
    for (const host of ["master", "backup"]) await table(lab, host, [SERVICE, RS1, RS2]);
    await lab.owned(VIP, "master", { among });
    assert.deepEqual(await lab.addresses("master", "ens33"), [
      "inet 172.16.1.134/24 brd 172.16.1.255 scope global ens33",
      `inet ${VIP}/32 scope global ens33:0`,
    ]);
    await capture.seen(/IP 172\.16\.1\.134 > 224\.1\.111\.1: VRRPv2, .* vrid 51, prio 100,/);
    await proportion(lab);

    assert.equal((await master.stop()).code, 0);
    await lab.owned(VIP, "backup", { among });
    assert.deepEqual(await ipvs(lab, "master"), []);
    await proportion(lab);
    assert.equal((await backup.stop()).code, 0);
    assert.deepEqual(await ipvs(lab, "backup"), []);
  },
);
