/** `holdfast real-server`: a host that has the virtual address and keeps it to itself, and is afterwards what it was before. */

import assert from "node:assert/strict";
import { executable, Lab, labTest, type Topology } from "../../lab/mod.ts";

const VIP = "172.16.1.99";
const VIP6 = "2001:db8:1::99";

const TOPOLOGY: Topology = {
  client: { links: { eth0: { network: "lan", addresses: ["172.16.1.1/24"] } } },
  server: { links: { eth0: { network: "lan", addresses: ["172.16.1.135/24"] } } },
};

/** Addresses and what decides about ARP and sources. */
async function snapshot(lab: Lab): Promise<string> {
  const addresses = await lab.run("server", ["ip", "-j", "address", "show", "dev", "lo"]);
  const keys = ["all", "lo", "eth0"].flatMap((each) =>
    ["arp_ignore", "arp_announce", "rp_filter"].map((key) => `net.ipv4.conf.${each}.${key}`)
  );
  const settings = await lab.run("server", ["sysctl", ...keys]);
  return `${addresses.stdout}${settings.stdout}`;
}

/** Whether the server answers for the virtual address, to somebody who does not know where it is. */
async function answers(lab: Lab): Promise<boolean> {
  await lab.run("client", ["ip", "neighbour", "flush", "dev", "eth0"]);
  const argv = ["busybox", "ping", "-c", "1", "-W", "2", VIP];
  return (await lab.run("client", argv, { check: false })).code === 0;
}

labTest(
  "holdfast real-server, has the addresses and answers no ARP for them, and is as before when it is stopped",
  ["busybox"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const command = (...words: readonly string[]) =>
      lab.run("server", [executable("holdfast"), "real-server", ...words], { check: false });
    const before = await snapshot(lab);
    assert.equal((await command("status")).code, 3);
    const started = await command("start", VIP, VIP6);
    assert.deepEqual([started.code, started.stderr], [0, ""]);
    assert.ok(await lab.has("server", VIP) && await lab.has("server", VIP6));
    assert.equal(await answers(lab), false);
    const during = await snapshot(lab);
    assert.equal((await command("start", VIP)).code, 0, "again");
    assert.equal(await snapshot(lab), during);
    const status = await command("status");
    assert.deepEqual([status.code, status.stdout], [0, `${VIP}: serves\n${VIP6}: serves\n`]);
    await lab.run("server", ["sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=0"]);
    const shaken = await command("status", VIP);
    assert.deepEqual([shaken.code, shaken.stdout], [
      3,
      `${VIP}: net.ipv4.conf.all.arp_ignore is 0\n`,
    ]);
    assert.equal((await command("start", VIP)).code, 0, "what is missing is set again");
    assert.equal((await command("stop", VIP6)).code, 0);
    assert.equal(await answers(lab), false, "the other one is still kept from ARP");
    const stopped = await command("stop");
    assert.deepEqual([stopped.code, stopped.stderr], [0, ""]);
    assert.equal(await snapshot(lab), before);
    assert.equal((await command("stop")).code, 0, "again");
  },
);

labTest(
  "holdfast real-server, of an address that was there before, keeps it from ARP, and leaves it there when it is stopped",
  ["busybox"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("server", ["ip", "address", "add", `${VIP}/32`, "dev", "lo"]);
    assert.equal(await answers(lab), true, "this is what start prevents");
    const command = (...words: readonly string[]) =>
      lab.run("server", [executable("holdfast"), "real-server", ...words], { check: false });
    assert.equal((await command("start", VIP)).code, 0);
    assert.equal(await answers(lab), false);
    const stopped = await command("stop");
    assert.match(stopped.stderr, /stays on lo: it was there before it was started/);
    assert.equal(await answers(lab), true);
    const eth0 = ["ip", "address", "add", "172.16.1.98/24", "dev", "eth0"];
    await lab.run("server", eth0);
    const refused = await command("start", "172.16.1.98");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /eth0 has it, and answers its neighbours/);
    const tunnel = await command("start", "--tunnel", "tunl7", "172.16.1.97");
    assert.deepEqual([tunnel.code, await lab.has("server", "172.16.1.97")], [1, false]);
  },
);
