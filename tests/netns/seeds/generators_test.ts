/**
 * Files as VyOS and neutron generate them, run by two nodes: what they say is in the kernel of one of them, what is told is told, and it
 * moves when that one stops. Only paths of scripts are the lab's; virtual servers are left to machines with IPVS.
 */

import assert from "node:assert/strict";
import { Lab, labTest, type Program, startNode, type Topology, until } from "../../lab/mod.ts";

function generated(name: string): string {
  return Deno.readTextFileSync(
    new URL(`../../golden/generator_${name}/input.conf`, import.meta.url),
  );
}

/** Two nodes with these links, of a network each, and an address each that ends in the node's number. */
function pair(links: Readonly<Record<string, string>>): Topology {
  const node = (last: number) => ({
    links: Object.fromEntries(
      Object.entries(links).map((
        [ifname, prefix],
      ) => [ifname, { network: ifname, addresses: [`${prefix}.${last}/24`] }]),
    ),
  });
  return { one: node(1), two: node(2) };
}

const stop = async (program: Program): Promise<void> =>
  void assert.equal((await program.stop()).code, 0);

/** What a command in a host says. */
async function said(lab: Lab, host: string, ...argv: readonly string[]): Promise<string> {
  return (await lab.run(host, [...argv])).stdout;
}

labTest(
  "VyOS's file, its addresses move with the virtual MAC address, and its FIFO is told",
  [],
  async () => {
    await using lab = await Lab.create(pair({ eth1: "10.1.1", eth2: "10.2.1" }));
    const check = await lab.file("check.sh", "#!/bin/sh\nexit 0\n");
    const reader = await lab.file("reader.sh", `#!/bin/sh\ncat "$1" > "$1.out"\n`);
    await lab.run("one", ["chmod", "755", check, reader]);
    const [text = ""] = generated("vyos").split("virtual_server");
    const config = (host: string) =>
      text.replace("/run/keepalived/keepalived_notify_fifo", `${lab.dir}/${host}.fifo`)
        .replace("/usr/libexec/vyos/system/keepalived-fifo.py", reader)
        .replace("/config/scripts/check.sh", check);
    const start = (host: string) =>
      startNode(lab, host, { kind: "holdfast", config: config(host) });
    const one = await start("one");
    for (const vip of ["10.1.1.254", "10.2.1.254", "10.1.2.254"]) await lab.owned(vip, "one");
    const two = await start("two");
    const link = await said(lab, "one", "ip", "-d", "link", "show", "eth1v10v4");
    assert.match(link, /00:00:5e:00:01:0a[^]*macvlan mode private/);
    assert.match(await said(lab, "one", "ip", "address", "show", "eth1v10v4"), /10\.1\.1\.254\/24/);
    assert.match(await said(lab, "one", "ip", "address", "show", "eth2"), /10\.2\.1\.254\/24/);
    const told = (host: string) => Deno.readTextFile(`${lab.dir}/${host}.fifo.out`).catch(() => "");
    await until("the FIFO of the first is told", async () => {
      const lines = await told("one");
      return lines.includes('INSTANCE "FOO" MASTER 150\n') &&
        lines.includes('INSTANCE "AHEAD" MASTER 100\n');
    });
    await stop(one);
    for (const vip of ["10.1.1.254", "10.2.1.254", "10.1.2.254"]) await lab.owned(vip, "two");
    await until(
      "the FIFO of the second is told",
      async () => (await told("two")).includes('INSTANCE "FOO" MASTER 150\n'),
    );
    assert.match(await told("one"), /INSTANCE "FOO" STOP 150\n/);
    await stop(two);
  },
);

labTest(
  "neutron's file, a router's addresses and routes are on the master, and move with it",
  [],
  async () => {
    const links = {
      "ha-1": "169.254.192",
      "ha-2": "169.254.193",
      "qr-1": "10.9.9",
      "qg-1": "10.9.8",
    };
    await using lab = await Lab.create(pair(links));
    for (const host of ["one", "two"]) {
      // Of the file it is a golden case of: its gateway is beyond qg-1.
      await lab.run(host, ["ip", "route", "add", "192.168.1.254/32", "dev", "qg-1"]);
    }
    const config = generated("neutron");
    const start = (host: string) =>
      startNode(lab, host, { kind: "holdfast", config, flags: ["-P"] });
    const one = await start("one");
    const there = async (host: string) => {
      const routes = await said(lab, host, "ip", "route", "show", "proto", "keepalived");
      const [ha, qr, qg] = await Promise.all(
        ["ha-1", "qr-1", "qg-1"].map((dev) => said(lab, host, "ip", "address", "show", dev)),
      );
      return [
        ha?.includes("169.254.0.1/24"),
        qr?.includes("192.168.1.1/24"),
        qg?.includes("fe80::f816:3eff:fe12:3456/64"),
        /^default via 192\.168\.1\.254 dev qg-1/m.test(routes),
        /^8\.8\.8\.8 via 192\.168\.1\.254 dev qg-1/m.test(routes),
      ];
    };
    const holds = (host: string) =>
      until(`${host} has all`, async () => (await there(host)).every(Boolean), {
        explain: async () => `${await there(host)}\n${lab.tails()}`,
      });
    await holds("one");
    const two = await start("two");
    await two.seen(/BACKUP STATE/);
    await stop(one);
    assert.deepEqual(await there("one"), [false, false, false, false, false]);
    await holds("two");
    // ha-2 is tracked: without it this node cannot be the router.
    await lab.unplug("two", "ha-2");
    await until("the addresses are gone", async () => !(await there("two")).some(Boolean));
    await stop(two);
  },
);
