/** Seed 004, LVS-NAT: two directors with the document's configuration, a client, real IPVS. */

import assert from "node:assert/strict";
import {
  AddressWatch,
  Capture,
  isStandIn,
  Lab,
  labTest,
  type Program,
  type Requirement,
  slowness,
  until,
} from "../lab/mod.ts";
import { outage, startClient } from "./requests.ts";
import {
  curl,
  GATEWAY,
  ipvs,
  NAT,
  proportion,
  startDirector,
  startWebServer,
  table,
  VIP,
} from "./seed004.ts";

const NEEDS: readonly Requirement[] = [
  "ipvs",
  "ipvsadm",
  "keepalived",
  "tcpdump",
  "busybox",
  "curl",
];
const SERVICE = `-A -t ${VIP}:80 -s wrr`;
const RS1 = `-a -t ${VIP}:80 -r 192.168.1.130:80 -m -w 2`;
const RS2 = `-a -t ${VIP}:80 -r 192.168.1.129:80 -m -w 1`;
const SORRY = `-a -t ${VIP}:80 -r 127.0.0.1:80 -m -w 1`;

async function startAll(lab: Lab): Promise<Record<"rs1" | "rs2" | "master" | "backup", Program>> {
  const rs1 = await startWebServer(lab, "rs1");
  const rs2 = await startWebServer(lab, "rs2");
  const master = await startDirector(lab, "master");
  const backup = await startDirector(lab, "backup");
  await lab.owned(VIP, "master");
  await lab.owned(GATEWAY, "master");
  for (const host of ["master", "backup"]) await table(lab, host, [SERVICE, RS1, RS2]);
  return { rs1, rs2, master, backup };
}

labTest("seed 004 NAT, requests alternate by weight, a dead real server leaves and comes back", [
  ...NEEDS,
], async () => {
  await using lab = await Lab.create(NAT);
  await using capture = await Capture.start(lab, "master", {
    ifname: "ens33",
    filter: "host 224.1.111.1",
  });
  const { rs1, rs2, master } = await startAll(lab);
  if (!isStandIn()) await master.seen(/did you mean lvs_sync_daemon_interface/i);

  // "tcpdump -i ens33 -nn host 224.1.111.1" and "ip a" show what the document shows.
  await capture.seen(
    /^[\d:.]+ IP 172\.16\.1\.134 > 224\.1\.111\.1: VRRPv2, Advertisement, vrid 51, prio 100, authtype simple, intvl 1s, length 20$/,
  );
  assert.deepEqual(await lab.addresses("master", "ens33"), [
    "inet 172.16.1.134/24 brd 172.16.1.255 scope global ens33",
    `inet ${VIP}/32 scope global ens33`,
  ]);
  assert.deepEqual(await lab.addresses("master", "ens37"), [
    "inet 192.168.1.131/24 brd 192.168.1.255 scope global ens37",
    `inet ${GATEWAY}/32 scope global ens37`,
  ]);

  await proportion(lab);

  await rs1.stop();
  for (const host of ["master", "backup"]) await table(lab, host, [SERVICE, RS2]);
  for (let n = 0; n < 3; n++) assert.equal(await curl(lab, "client"), "<h1>Backend RS2</h1>");

  await rs2.stop();
  await table(lab, "master", [SERVICE, SORRY]);

  await startWebServer(lab, "rs1");
  await table(lab, "master", [SERVICE, RS1]);
  await startWebServer(lab, "rs2");
  for (const host of ["master", "backup"]) await table(lab, host, [SERVICE, RS1, RS2]);
});

labTest("seed 004 NAT, the master stops or loses a cable, both addresses move together", [
  ...NEEDS,
], async () => {
  await using lab = await Lab.create(NAT);
  await using capture = await Capture.start(lab, "backup", {
    ifname: "ens33",
    filter: "host 224.1.111.1",
  });
  await using watch = await AddressWatch.start(lab, ["master", "backup"]);
  const { master } = await startAll(lab);
  await using client = startClient(lab, "client", { address: VIP, period: 25 });
  await until("the client is served", () => client.answers().some((answer) => answer.server));

  const stopped = Date.now();
  assert.equal((await master.stop()).code, 0);
  await lab.owned(VIP, "backup");
  await lab.owned(GATEWAY, "backup");
  // The document's adverts: priority 0 from the master, then 97 from the backup.
  await capture.seen(/172\.16\.1\.134 > 224\.1\.111\.1: VRRPv2.* prio 0,/);
  await capture.seen(/172\.16\.1\.138 > 224\.1\.111\.1: VRRPv2.* prio 97, authtype simple/);
  await served(client);
  const spent = outage(client.answers(), stopped, Date.now());
  // Skew is 0.62 s; the rest is the machine's.
  assert.ok(spent < 2000 * slowness(), `outage of ${spent} ms`);
  assert.deepEqual(await ipvs(lab, "master"), []);
  together(watch, "backup", stopped);

  await startDirector(lab, "master", { life: 1 });
  await lab.owned(VIP, "master");
  await lab.owned(GATEWAY, "master");

  // Only one of the two cables: the sync group moves both.
  const pulled = Date.now();
  await lab.unplug("master", "ens37");
  await lab.owned(VIP, "backup");
  await lab.owned(GATEWAY, "backup");
  await served(client);
  together(watch, "backup", pulled);
  await lab.plug("master", "ens37");
  await lab.owned(VIP, "master");
  await lab.owned(GATEWAY, "master");
  await served(client);
});

/** Waits until a request asked from now on is answered. */
async function served(client: ReturnType<typeof startClient>): Promise<void> {
  const now = Date.now();
  await until(
    "the client is served again",
    () => client.answers().some(({ at, server }) => at > now && server !== undefined),
  );
}

/** Both addresses came to `host` after `from` within a fraction of the interval. */
function together(watch: AddressWatch, host: string, from: number): void {
  const times = [VIP, GATEWAY].map((address) =>
    watch.changes(address).find((change) =>
      change.host === host && change.kind === "added" && change.at >= from
    )?.at
  );
  const [first, second] = times;
  assert.ok(first !== undefined && second !== undefined, "both came");
  assert.ok(Math.abs(first - second) < 100 * slowness(), `${first - second} ms apart`);
}
