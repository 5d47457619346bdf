/** Full NAT and the SYN proxy on a stock kernel: real servers that know no way back, failover with live connections, floods. */

import assert from "node:assert/strict";
import { Lab, labTest, type Requirement, until } from "../lab/mod.ts";
import {
  FULL_NAT,
  type Held,
  holdConnections,
  LOCAL,
  PORT,
  startDirector,
  startEcho,
  VIP,
} from "./full_nat.ts";
import { ipvs, table } from "./seed004.ts";

const NEEDS: readonly Requirement[] = ["ipvs", "ipvsadm", "nft"];

const ROWS = [
  `-A -t ${VIP}:${PORT} -s rr`,
  `-a -t ${VIP}:${PORT} -r 192.168.1.101:${PORT} -m -w 1`,
  `-a -t ${VIP}:${PORT} -r 192.168.1.102:${PORT} -m -w 1`,
];

/** Waits until a round that begins from now on is answered over all connections. */
async function allAlive(held: Held, count: number): Promise<void> {
  const now = Date.now();
  await until(
    `${count} connections answer`,
    () => held.rounds().some(({ at, alive }) => at > now && alive === count),
    { explain: () => Promise.resolve(JSON.stringify(held.rounds().slice(-5))) },
  );
}

async function sysctl(lab: Lab, host: string, name: string): Promise<string> {
  return (await lab.run(host, ["sysctl", "-n", name])).stdout.trim();
}

labTest(
  "full NAT, servers without a way back see local addresses, 20 live connections survive a failover",
  NEEDS,
  async () => {
    await using lab = await Lab.create(FULL_NAT);
    const echoes = [await startEcho(lab, "rs1"), await startEcho(lab, "rs2")];
    const master = await startDirector(lab, "master");
    await startDirector(lab, "backup");
    for (const address of [VIP, ...LOCAL]) await lab.owned(address, "master");
    for (const host of ["master", "backup"]) await table(lab, host, ROWS);
    assert.equal(await sysctl(lab, "master", "net.ipv4.vs.conntrack"), "1");
    assert.equal(await sysctl(lab, "master", "net.ipv4.ip_forward"), "1");

    await using held = holdConnections(lab, "client", { count: 20 });
    await allAlive(held, 20);
    const seen = echoes.flatMap(({ lines }) =>
      lines.flatMap(({ text }) => /^from (\S+)/.exec(text)?.[1] ?? [])
    ).filter((from) => !["192.168.1.11", "192.168.1.12"].includes(from)); // checkers
    assert.deepEqual(
      [...new Set(seen)].sort(),
      [...LOCAL],
      "both local addresses, and nothing else",
    );

    // The other director has heard of the connections.
    await until("the backup knows 20 connections", async () => {
      const { stdout } = await lab.run("backup", ["ipvsadm", "-Lnc"]);
      return stdout.split("\n").filter((line) => line.includes(" ESTABLISHED ")).length === 20;
    });
    assert.equal((await master.stop()).code, 0);
    for (const address of [VIP, ...LOCAL]) await lab.owned(address, "backup");
    await allAlive(held, 20);

    // What was set is as it was, and nothing is left.
    assert.equal(await sysctl(lab, "master", "net.ipv4.vs.conntrack"), "0");
    assert.equal(await sysctl(lab, "master", "net.ipv4.ip_forward"), "0");
    assert.equal((await lab.run("master", ["nft", "list", "ruleset"])).stdout, "");
    assert.deepEqual(await ipvs(lab, "master"), []);
  },
);

labTest(
  "full NAT, a firewall that is loaded anew takes the table away, it is back",
  NEEDS,
  async () => {
    await using lab = await Lab.create(FULL_NAT);
    for (const host of ["rs1", "rs2"]) await startEcho(lab, host);
    await startDirector(lab, "master");
    await lab.owned(VIP, "master");
    await table(lab, "master", ROWS);
    const listed = () =>
      lab.run("master", ["nft", "list", "table", "inet", "holdfast_lvs"], { check: false });
    const before = (await listed()).stdout;
    assert.match(before, /snat ip to jhash ip saddr \. th sport mod 2/);
    await lab.run("master", ["nft", "flush", "ruleset"]);
    await until("the table is back", async () => (await listed()).stdout === before);
    await using held = holdConnections(lab, "client", { count: 4 });
    await allAlive(held, 4);
  },
);
