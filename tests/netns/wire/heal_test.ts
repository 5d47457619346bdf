/** The end of a partition: clients that have learnt the weaker master's hardware address learn the survivor's at once. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, run, startNode, type Topology, until } from "../../lab/mod.ts";

const VIP = "192.0.2.100";

const plan = (address: string) => ({ links: { eth0: { network: "lan", addresses: [address] } } });

/** Ports of the switch are numbered in this order. */
const TOPOLOGY: Topology = {
  strong: plan("192.0.2.1/24"),
  weak: plan("192.0.2.2/24"),
  client: plan("192.0.2.9/24"),
};

const config = (priority: number) => `
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    version 3
    priority ${priority}
    advert_int 0.1
    garp_master_delay 0
    virtual_ipaddress {
        ${VIP}
    }
}
`;

const ROUNDS = 20;

/** Hardware address of the only interface. */
async function hardware(lab: Lab, host: string): Promise<string> {
  return (await lab.run(host, ["cat", "/sys/class/net/eth0/address"])).stdout.trim();
}

/** What the client believes: the hardware address it would send to. */
async function believed(lab: Lab): Promise<string | undefined> {
  const { stdout } = await run(["ip", "-n", lab.netns("client"), "neigh", "show", VIP]);
  return /lladdr (\S+)/.exec(stdout)?.[1];
}

labTest(
  "a healed partition leads clients to the survivor, every time",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const inSwitch = (line: string) => run(["ip", "-n", lab.netns("switch"), ...line.split(" ")]);
    await inSwitch("link add apart type bridge forward_delay 0 mcast_snooping 0");
    await inSwitch("link set dev apart up");
    const [strong, weak] = await Promise.all([hardware(lab, "strong"), hardware(lab, "weak")]);
    await using capture = await Capture.start(lab, "client", {
      ifname: "eth0",
      filter: "arp or vrrp",
    });
    const nodes = [
      await startNode(lab, "strong", { kind: "holdfast", config: config(200) }),
      await startNode(lab, "weak", { kind: "holdfast", config: config(100) }),
    ];
    await lab.owned(VIP, "strong", { among: ["strong", "weak"] });
    await lab.run("client", ["ping", "-c", "1", "-W", "5", VIP]);
    const healed: Span[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // The client is left with the weaker one.
      for (const port of ["p2", "p1"]) await inSwitch(`link set dev ${port} master apart`);
      await until("the weaker one serves the client", async () => await believed(lab) === weak, {
        explain: () => lab.tails(),
      });
      // Whose advert comes first is chance, as it is in life.
      for (const port of ["p2", "p1"]) {
        await inSwitch(`link set dev ${port} master ${lab.bridge("lan")}`);
      }
      const from = Date.now();
      await until("the survivor serves the client", async () => await believed(lab) === strong, {
        explain: () => lab.tails(),
      });
      await lab.owned(VIP, "strong", { among: ["strong", "weak"] });
      healed.push({ from, to: Date.now() });
    }
    await lab.run("client", ["ping", "-c", "1", "-W", "5", VIP]);
    for (const node of nodes) await node.stop();
    await tellTimes(capture, { strong, healed });
  },
);

/** From the end of a partition to when all is well, ms since the epoch. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Says how long clients were without service: from the weaker one's last word to the survivor's announcement. */
async function tellTimes(
  capture: Capture,
  { strong, healed }: { readonly strong: string; readonly healed: readonly Span[] },
): Promise<void> {
  const fields = ["frame.time_epoch", "eth.src", "vrrp.prio"];
  const packets = (await capture.fields("arp.isgratuitous == 1 or vrrp", fields))
    .map(([at, source, priority]) => ({ at: Number(at) * 1000, source, priority }));
  const times = healed.map(({ from, to }) => {
    const within = packets.filter(({ at }) => at >= from - 20 && at <= to);
    const last = within.findLast(({ priority }) => priority === "100")?.at ?? from;
    const told = within.find(({ source, priority }) => source === strong && priority === "");
    assert.ok(told, "the survivor has announced itself");
    // Before that the weaker one answered.
    return Math.max(0, told.at - last);
  });
  const worst = Math.max(...times).toFixed(1);
  const line =
    `${healed.length} partitions healed, clients without service for ${worst} ms at most\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}
