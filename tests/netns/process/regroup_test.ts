/** Reloads that change who is in a sync group, while its addresses are held: what scripts are told, and what is not. */

import assert from "node:assert/strict";
import { Capture, Lab, labTest, startNode, type Topology, until } from "../../lab/mod.ts";

const TOPOLOGY: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: ["10.77.0.1/24"] },
      eth1: { network: "far", addresses: ["10.78.0.1/24"] },
    },
  },
  peer: { links: { eth0: { network: "lan", addresses: ["10.77.0.2/24"] } } },
};

interface Member {
  readonly name: string;
  readonly ifname: string;
  readonly vrid: number;
  readonly address: string;
}

const A: Member = { name: "A", ifname: "eth0", vrid: 51, address: "10.77.0.99" };
const B: Member = { name: "B", ifname: "eth1", vrid: 52, address: "10.78.0.99" };
const C: Member = { name: "C", ifname: "eth0", vrid: 53, address: "10.77.0.98" };

function configuration(members: readonly Member[], notify: string): string {
  const instances = members.map(({ name, ifname, vrid, address }) =>
    [
      `vrrp_instance ${name} {`,
      `interface ${ifname}`,
      `virtual_router_id ${vrid}`,
      "virtual_ipaddress {",
      `${address}/24`,
      "}",
      `notify "${notify}"`,
      "}",
      "",
    ].join("\n")
  );
  const names = members.map(({ name }) => name).join(" ");
  return `vrrp_sync_group G {\ngroup { ${names} }\nnotify "${notify}"\n}\n${instances.join("")}`;
}

labTest(
  "a group that is master gets a third member, another VRID of one, and loses it: no script is told of the group",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const told = `${lab.dir}/told`;
    const text = `#!/bin/sh\necho "$1 $2 $3" >> ${told}\n`;
    const notify = await lab.file("notify", text, { mode: 0o755 });
    const said = async (): Promise<readonly string[]> =>
      (await Deno.readTextFile(told).catch(() => "")).split("\n").filter((line) => line !== "");
    const heard = async (line: string, from: number) =>
      await until(`a script is told ${line}`, async () => (await said()).indexOf(line, from) >= 0, {
        explain: async () => `${(await said()).join("\n")}\n${lab.tails()}`,
      });
    const write = (members: readonly Member[]) =>
      Deno.writeTextFile(`${lab.dir}/node.conf`, configuration(members, notify));

    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    const config = configuration([A, B], notify);
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await heard("GROUP G MASTER", 0);

    // A third member: it alone begins, as backup, and becomes master like the others.
    const before = (await said()).length;
    await write([A, B, C]);
    node.signal("SIGHUP");
    await heard("INSTANCE C MASTER", before);

    // Another virtual router for one of them: the old one is told its end, the new one begins.
    const changed = (await said()).length;
    await write([A, B, { ...C, vrid: 61 }]);
    node.signal("SIGHUP");
    await heard("INSTANCE C MASTER", changed);
    await capture.seen(/vrid 53, prio 0/);
    await capture.seen(/vrid 61, prio 100/);
    const events = (await said()).slice(changed);
    assert.deepEqual(events.toSorted(), [
      "INSTANCE C BACKUP",
      "INSTANCE C FAULT",
      "INSTANCE C MASTER",
    ]);

    const taken = (await said()).length;
    await write([A, B]);
    node.signal("SIGHUP");
    await heard("INSTANCE C FAULT", taken);
    assert.deepEqual((await said()).slice(before).filter((line) => line.startsWith("GROUP")), []);
    assert.ok(await lab.has("node", A.address) && await lab.has("node", B.address));

    await node.stop();
    assert.ok((await said()).includes("GROUP G STOP"));
  },
);
