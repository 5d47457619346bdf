/** Instances with a virtual MAC address: what is in the kernel and on the wire, beside Debian's keepalived for the same file. */

import assert from "node:assert/strict";
import {
  Capture,
  killUnguarded,
  type Kind,
  Lab,
  labTest,
  run,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const VIP = "192.0.2.100";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

const TOPOLOGY: Topology = {
  alpha: plan("192.0.2.1/24"),
  beta: plan("192.0.2.2/24"),
  client: plan("192.0.2.9/24"),
};

const NODES = ["alpha", "beta"];

/** The MAC address of VRID 51 (RFC 9568 §7.3). */
const VMAC = "00:00:5e:00:01:33";

/** Answers for the address and gratuitous ARP. What the kernel asks from it, it asks from the interface below, as with keepalived. */
const ANSWERS = `arp.src.proto_ipv4 == ${VIP} and (arp.opcode == 2 or arp.isgratuitous == 1)`;

const config = (priority: number, words = "use_vmac") => `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    ${words}
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    garp_master_delay 0
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;

/** The link above eth0 as `ip` tells of it. */
interface Told {
  readonly ifname: string;
  readonly link: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly linkinfo: { readonly info_kind: string; readonly info_data: { readonly mode: string } };
}

async function links(lab: Lab, host: string): Promise<readonly Told[]> {
  const { stdout } = await run(["ip", "-n", lab.netns(host), "-j", "-d", "link", "show"]);
  const all: readonly Told[] = JSON.parse(stdout);
  return all.filter(({ linkinfo }) => linkinfo?.info_kind === "macvlan");
}

/** Settings that VMACs need, and those of the interface below. */
async function settings(lab: Lab, host: string, ifname: string): Promise<string> {
  const names = ["arp_ignore", "arp_filter", "rp_filter", "accept_local", "promote_secondaries"];
  const files = [ifname, "eth0"].flatMap((each) =>
    names.map((name) => `net/ipv4/conf/${each}/${name}`)
  );
  files.push(`net/ipv6/conf/${ifname}/disable_ipv6`, `net/ipv6/conf/${ifname}/addr_gen_mode`);
  const read = files.map((file) => `echo ${file}=$(cat /proc/sys/${file})`).join(";");
  return (await lab.run(host, ["sh", "-c", read])).stdout.replaceAll(ifname, "VMAC");
}

labTest("use_vmac makes the link and the settings that keepalived makes, and leaves nothing", [
  "keepalived",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const words = "use_vmac own 02:01:02:03:04";
  const hosts = { holdfast: "alpha", keepalived: "beta" } as const;
  const made = async (kind: Kind) => {
    const host = hosts[kind];
    const before = await settings(lab, host, "eth0");
    await using node = await startNode(lab, host, { kind, config: config(100, words) });
    const explain = () => lab.tails();
    const [link] = await until(`the link of ${kind} is up`, async () => {
      const found = await links(lab, host);
      return found[0]?.flags.includes("UP") === true && found;
    }, { explain });
    assert.ok(link);
    const { ifname, link: base, address, linkinfo: { info_kind, info_data } } = link;
    const wanted = await until(`${kind} has set what it sets`, async () => {
      const found = await settings(lab, host, ifname);
      return found.includes("eth0/arp_filter=1") && found;
    }, { explain });
    await node.stop();
    assert.deepEqual(await links(lab, host), []);
    // keepalived 2.2.7 leaves what it has set of eth0.
    if (kind === "holdfast") assert.equal(await settings(lab, host, "eth0"), before);
    return { ifname, base, address, info_kind, mode: info_data.mode, settings: wanted };
  };
  const [ours, theirs] = await Promise.all([made("holdfast"), made("keepalived")]);
  assert.deepEqual(ours, theirs);
});

for (const [master, backup] of [["holdfast", "keepalived"], ["keepalived", "holdfast"]] as const) {
  labTest(
    `use_vmac with ${master} as master and ${backup} as backup, moves one MAC address (RFC 9568 §7.3, §8.1.2, RFC 3768 §7.3)`,
    [
      "keepalived",
      "tcpdump",
      "tshark",
    ],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      await using capture = await Capture.start(lab, "client", { ifname: "eth0" });
      const first = await startNode(lab, "alpha", { kind: master, config: config(200) });
      const second = await startNode(lab, "beta", { kind: backup, config: config(100) });
      await lab.owned(VIP, "alpha", { among: NODES });
      assert.deepEqual((await lab.addresses("alpha", "vrrp.51")).length, 1);
      await lab.run("client", ["ping", "-c", "1", "-W", "5", VIP]);
      // The cable of the master: the link above follows the one below, and the backup takes over.
      await lab.unplug("alpha", "eth0");
      await lab.owned(VIP, "beta", { among: NODES });
      await lab.run("client", ["ping", "-c", "1", "-W", "5", VIP]);
      await lab.plug("alpha", "eth0");
      await lab.owned(VIP, "alpha", { among: NODES });
      await first.stop();
      await lab.owned(VIP, "beta", { among: NODES });
      await second.stop();
      assert.deepEqual([...await links(lab, "alpha"), ...await links(lab, "beta")], []);

      const seen = await capture.fields("vrrp or igmp", ["ip.proto", "ip.src", "eth.src"]);
      const adverts = seen.filter(([protocol]) => protocol === "112");
      assert.ok(adverts.length > 0 && adverts.every(([, , source]) => source === VMAC));
      assert.deepEqual(
        new Set(adverts.map(([, source]) => source)),
        new Set(["192.0.2.1", "192.0.2.2"]),
      );
      // Who asks for the address is told the one MAC address, whoever is master, and so is who does not ask.
      const told = await capture.fields(ANSWERS, ["eth.src", "arp.src.hw_mac"]);
      assert.deepEqual(new Set(told.flat()), new Set([VMAC]));
      // A report of a backup would lead switches to it.
      assert.deepEqual(
        seen.filter(([protocol, , source]) => protocol === "2" && source === VMAC),
        [],
      );
    },
  );
}

labTest("vmac_xmit_base sends from the interface below, and answers for the VIP with the VMAC", [
  "tcpdump",
  "tshark",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  await using capture = await Capture.start(lab, "client", { ifname: "eth0" });
  const words = "use_vmac\n vmac_xmit_base";
  const node = await startNode(lab, "alpha", { kind: "holdfast", config: config(200, words) });
  await lab.owned(VIP, "alpha", { among: NODES });
  await lab.run("client", ["ping", "-c", "1", "-W", "5", VIP]);
  const own = (await lab.run("alpha", ["cat", "/sys/class/net/eth0/address"])).stdout.trim();
  const adverts = await capture.fields("vrrp", ["eth.src"]);
  assert.ok(adverts.length > 0 && adverts.every(([source]) => source === own));
  const answers = await capture.fields(ANSWERS, ["eth.src"]);
  assert.ok(answers.length > 0 && answers.every(([source]) => source === VMAC));
  await node.stop();
});

labTest("a VMAC left by a crash is taken over, one somebody deletes is made anew", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  await run(
    `ip -n ${
      lab.netns("alpha")
    } link add vrrp.51 link eth0 address ${VMAC} type macvlan mode private`
      .split(" "),
  );
  const node = await startNode(lab, "alpha", { kind: "holdfast", config: config(200) });
  await lab.owned(VIP, "alpha", { among: NODES });
  await run(["ip", "-n", lab.netns("alpha"), "link", "del", "vrrp.51"]);
  await node.seen(/Entering FAULT STATE/);
  await lab.owned(VIP, "alpha", { among: NODES });
  assert.equal((await node.stop()).code, 0);
  assert.deepEqual(await links(lab, "alpha"), []);
});

labTest(
  "a VMAC of an instance that was taken out of the file while the daemon was dead, goes at the next start; another's stays",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "alpha", { kind: "holdfast", config: config(200) });
    await lab.owned(VIP, "alpha", { among: NODES });
    await killUnguarded(lab, "alpha", node.pid);
    assert.equal((await links(lab, "alpha")).length, 1);
    const other = "link add vrrp.52 link eth0 address 02:00:00:00:00:52 type macvlan mode private";
    await run(["ip", "-n", lab.netns("alpha"), ...other.split(" ")]);
    const plain = config(200, "");
    await startNode(lab, "alpha", { kind: "holdfast", config: plain });
    await until("the VMAC is gone", async () => {
      return (await links(lab, "alpha")).map(({ ifname }) => ifname).join() === "vrrp.52";
    }, { explain: () => lab.tails() });
    await lab.owned(VIP, "alpha", { among: NODES });
  },
);
