/** What others do to the table of IPVS with ipvsadm is put right, and said; what was never ours stays theirs. */

import assert from "node:assert/strict";
import { Lab, labTest, type Requirement } from "../lab/mod.ts";
import { NAT, startDirector, startWebServer, table, VIP } from "./seed004.ts";

const NEEDS: readonly Requirement[] = ["ipvs", "ipvsadm", "busybox"];
const SERVICE = `-A -t ${VIP}:80 -s wrr`;
const RS1 = `-a -t ${VIP}:80 -r 192.168.1.130:80 -m -w 2`;
const RS2 = `-a -t ${VIP}:80 -r 192.168.1.129:80 -m -w 1`;
const THEIRS = "-A -f 77 -s rr";

labTest("services that somebody deletes, changes or flushes, are put right", NEEDS, async () => {
  await using lab = await Lab.create(NAT);
  for (const host of ["rs1", "rs2"]) await startWebServer(lab, host);
  const master = await startDirector(lab, "master");
  await lab.run("master", ["ipvsadm", ...THEIRS.split(" ")]);
  const right = [SERVICE, RS1, RS2];
  await table(lab, "master", [...right, THEIRS]);
  const changes: readonly (readonly [change: string, said: RegExp])[] = [
    [`-D -t ${VIP}:80`, /put right: tcp \[172\.16\.1\.99\]:80 is gone/],
    [`-d -t ${VIP}:80 -r 192.168.1.130:80`, /80 lacks \[192\.168\.1\.130\]:80/],
    [`-e -t ${VIP}:80 -r 192.168.1.130:80 -m -w 7`, /80 has \[192\.168\.1\.130\]:80 changed/],
    [`-a -t ${VIP}:80 -r 192.168.1.199:80 -m`, /80 has \[192\.168\.1\.199\]:80/],
    [`-E -t ${VIP}:80 -s rr`, /80 has other parameters/],
  ];
  for (const [change, said] of changes) {
    await lab.run("master", ["ipvsadm", ...change.split(" ")]);
    await master.seen(said);
    await table(lab, "master", [...right, THEIRS]);
  }
  await lab.run("master", ["ipvsadm", "-C"]);
  await table(lab, "master", right);
  assert.doesNotMatch(master.output, /Cannot change IPVS/);
});
