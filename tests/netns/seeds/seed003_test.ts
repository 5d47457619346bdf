/** Seed 003: three haproxy nodes, `vrrp_script` with `killall -0 haproxy` and weight -2. */

import assert from "node:assert/strict";
import {
  Capture,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";
import { asBackup, quoted } from "../../documents.ts";

const VIP = "192.168.2.10";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

const TOPOLOGY: Topology = {
  node1: plan("192.168.2.20/22"),
  node2: plan("192.168.2.21/22"),
  node3: plan("192.168.2.22/22"),
};

/** A node with processes of its own, because `killall` looks at all it can see, and its haproxy. */
interface HaproxyNode {
  readonly host: string;
  readonly program: Program;
}

/**
 * Starts a node whose host also runs a process that `killall` knows as haproxy, from before the
 * node starts.
 */
async function startHaproxyNode(lab: Lab, host: string, config: string): Promise<HaproxyNode> {
  const haproxy = `${lab.dir}/haproxy`;
  const first = ["sh", "-c", `${haproxy} 600 & "$@"`, "sh"];
  const wrap = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", ...first];
  return { host, program: await startNode(lab, host, { kind: "holdfast", config, wrap }) };
}

/** Outer process ids of the shell (the first process of the host) and of its children, by name. */
async function processes(node: HaproxyNode): Promise<ReadonlyMap<string, number>> {
  const children = async (pid: number) =>
    (await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`)).trim().split(" ").map(Number);
  const [shell = 0] = await children(node.program.pid);
  const found = new Map([["shell", shell]]);
  for (const pid of await children(shell)) {
    const name = (await Deno.readTextFile(`/proc/${pid}/comm`)).trim();
    found.set(name === "haproxy" ? "haproxy" : "node", pid);
  }
  return found;
}

async function kill(node: HaproxyNode, name: string): Promise<void> {
  const pid = await until(`${name} runs`, async () => (await processes(node)).get(name));
  Deno.kill(pid, "SIGTERM");
}

/** A new haproxy in the place of a dead one. */
async function restartHaproxy(lab: Lab, node: HaproxyNode): Promise<void> {
  const shell = (await processes(node)).get("shell");
  const inside = ["nsenter", "-t", String(shell), "--pid", "--mount"];
  lab.start(node.host, [...inside, `${lab.dir}/haproxy`, "600"]);
}

labTest(
  "seed 003, ip a shows 192.168.2.10/32 on the master, which moves when haproxy dies or the node stops",
  ["tcpdump", "tshark", "killall"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "node3", { ifname: "eth0", filter: "vrrp" });
    await Deno.copyFile("/bin/sleep", `${lab.dir}/haproxy`);
    const config = quoted("seed003");
    const master = await startHaproxyNode(lab, "node1", config);
    const nodes = [master];
    for (const [host, priority] of [["node2", 199], ["node3", 190]] as const) {
      const backup = await startHaproxyNode(lab, host, asBackup(config, priority));
      await backup.program.seen(/VI_1.*BACKUP/i);
      nodes.push(backup);
    }
    await lab.owned(VIP, "node1");
    assert.deepEqual(await lab.addresses("node1", "eth0"), [
      "inet 192.168.2.20/22 brd 192.168.3.255 scope global eth0",
      `inet ${VIP}/32 scope global eth0`,
    ]);
    await capture.seen(/192\.168\.2\.20 > 224\.0\.0\.18: VRRPv2, Advertisement, vrid 51, prio 200/);

    // haproxy dies: after ten failures three seconds apart the priority is 198, and node2 with 199
    // takes over.
    await kill(master, "haproxy");
    await capture.seen(/192\.168\.2\.20 > 224\.0\.0\.18: .*prio 198,/, { limit: 60_000 });
    await lab.owned(VIP, "node2");

    // Two successes bring the two points back, and with them the address.
    await restartHaproxy(lab, master);
    await lab.owned(VIP, "node1", { limit: 30_000 });

    // "systemctl stop keepalived" on the master: the better one of the others follows.
    await kill(master, "node");
    await lab.owned(VIP, "node2");
    for (const advert of await capture.adverts()) {
      assert.ok(advert.checksumGood);
      assert.equal(advert.ttl, 255);
      assert.equal(advert.destination, "224.0.0.18");
      assert.deepEqual(advert.addresses, [VIP]);
    }
    for (const node of nodes.slice(1)) await kill(node, "node");
    for (const node of nodes) await node.program.end();
  },
);
