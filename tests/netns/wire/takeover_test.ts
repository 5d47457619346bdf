/**
 * A takeover that is prepared, from outside: when a master is lost its backup speaks, takes the address and announces it, each once,
 * and its decisions come behind that. A group goes as one.
 */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const [A, B, VIP, INNER] = ["10.8.24.1", "10.8.24.2", "10.8.24.100", "10.8.25.100"];
const TOPOLOGY: Topology = {
  a: {
    links: {
      eth0: { network: "lan", addresses: [`${A}/24`] },
      eth1: { network: "inner", addresses: ["10.8.25.1/24"] },
    },
  },
  b: {
    links: {
      eth0: { network: "lan", addresses: [`${B}/24`] },
      eth1: { network: "inner", addresses: ["10.8.25.2/24"] },
    },
  },
};

function instance(name: string, link: string, address: string, priority: number): string {
  return `vrrp_instance ${name} {
    interface ${link}
    virtual_router_id 51
    version 3
    advert_int 0.2
    priority ${priority}
    garp_master_delay 60
    virtual_ipaddress {
      ${address}/24
    }
  }
  `;
}

const single = (priority: number) => instance("VI", "eth0", VIP, priority);
const grouped = (priority: number) =>
  `vrrp_sync_group VG {\n group {\n VO\n VI\n }\n}\n${instance("VO", "eth0", VIP, priority)}${
    instance("VI", "eth1", INNER, priority)
  }`;

/** When `b` sends its first adverts and how often it announces the address at once, both after the farewell or the silence of `a`. */
async function takenOver(capture: Capture) {
  const adverts = (await capture.adverts()).filter(({ source, priority }) =>
    source === B && priority === 100
  );
  const [filter, fields] = [`arp.src.proto_ipv4 == ${VIP}`, ["eth.src"]] as const;
  const announced = await capture.fields(filter, fields);
  return { adverts, announced };
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  labTest(
    `prepared takeover: the master ends by ${signal}, the backup speaks and announces each once`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const master = await startNode(lab, "a", { kind: "holdfast", config: single(150) });
      await lab.owned(VIP, "a");
      const backup = await startNode(lab, "b", { kind: "holdfast", config: single(100) });
      await backup.seen(/Entering BACKUP STATE/);
      await using capture = await Capture.start(lab, "b", { ifname: "eth0" });
      await capture.seen(new RegExp(`${A} > 224.0.0.18: .*prio 150`));
      master.signal(signal);
      await lab.owned(VIP, "b");
      await backup.seen(/Entering MASTER STATE/);
      await until(
        "it goes on",
        async () => (await takenOver(capture)).adverts.length >= 4,
        { explain: () => lab.tails() },
      );
      const { adverts, announced } = await takenOver(capture);
      const [first, second] = adverts;
      assert.ok(first && second);
      // What JavaScript wants when it hears of it is there already: nothing is said twice.
      assert.ok(second.at - first.at > 100, `${second.at - first.at} ms`);
      // One that leaves may still answer, to the other one alone.
      const [mac = ""] = announced[0] ?? [];
      assert.equal(announced.filter(([from]) => from === mac).length, 5);
      assert.equal((await backup.stop()).code, 0);
    },
  );
}

labTest(
  "prepared takeover: of a group, both addresses move as one",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const master = await startNode(lab, "a", { kind: "holdfast", config: grouped(150) });
    await lab.owned(VIP, "a");
    const backup = await startNode(lab, "b", { kind: "holdfast", config: grouped(100) });
    await backup.seen(/\(VI\) Entering BACKUP STATE/);
    await using capture = await Capture.start(lab, "b", { ifname: "eth0" });
    await capture.seen(new RegExp(`${A} > 224.0.0.18: .*prio 150`));
    master.signal("SIGKILL");
    await lab.owned(VIP, "b");
    await lab.owned(INNER, "b");
    await backup.seen(/VRRP_Group\(VG\) Syncing instances to MASTER state|Group\(VG\).*MASTER/);
    assert.equal((await backup.stop()).code, 0);
    await until("the addresses are gone", async () => !await lab.has("b", INNER));
  },
);

labTest(
  "prepared takeover: its interface has failed, is none and no address comes",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const master = await startNode(lab, "a", { kind: "holdfast", config: single(150) });
    await lab.owned(VIP, "a");
    const backup = await startNode(lab, "b", { kind: "holdfast", config: single(100) });
    await backup.seen(/Entering BACKUP STATE/);
    await lab.run("b", ["ip", "link", "set", "eth0", "down"]);
    await backup.seen(/Entering FAULT STATE/);
    master.signal("SIGKILL");
    await lab.run("b", ["ip", "link", "set", "eth0", "up"]);
    await lab.owned(VIP, "b");
  },
);
