/**
 * Addresses that others take: what belongs together is judged together. A flush that gives the own address back at once costs no
 * mastership; an own address that stays away is one fault, in words, state and kernel, as with keepalived. Flapping fills no log.
 */

import assert from "node:assert/strict";
import {
  AddressWatch,
  type Kind,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [OWN, VIP] = ["10.77.0.1", "10.77.0.99"];

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: [`${OWN}/24`] } } },
};

function instance(more = ""): string {
  return `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 77
    priority 200
    garp_master_delay 0
    ${more}
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;
}

/** Less than a daemon waits for an own address to come again, in ms. */
const AT_ONCE = 50;

async function batch(lab: Lab, lines: readonly string[]): Promise<void> {
  const file = await lab.file("batch", lines.join("\n") + "\n");
  await lab.run("node", ["ip", "-batch", file]);
}

function count(node: Program, pattern: RegExp): number {
  return node.lines.filter(({ text }) => pattern.test(text)).length;
}

labTest(
  "addresses flushed and the own one there again at once, five times: a master stays what it is and comes behind it",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using watch = await AddressWatch.start(lab, ["node"]);
    const node = await startNode(lab, "node", { kind: "holdfast", config: instance() });
    await lab.owned(VIP, "node");
    for (let times = 1; times <= 5; times++) {
      const from = node.lines.length;
      await batch(lab, ["address flush dev eth0", `address add ${OWN}/24 dev eth0`]);
      await until(
        "the address is back behind the own one",
        async () =>
          (await lab.addresses("node", "eth0")).map((line) => line.split(" ")[1]).join() ===
            `${OWN}/24,${VIP}/24`,
        { explain: () => node.output },
      );
      const [gone, back] = watch.changes(OWN).slice(-2);
      assert.deepEqual([gone?.kind, back?.kind], ["deleted", "added"]);
      const away = (back?.at ?? 0) - (gone?.at ?? 0);
      const said = node.lines.slice(from).map(({ text }) => text).filter((text) =>
        /STATE/.test(text)
      );
      if (away < AT_ONCE) assert.deepEqual(said, [], `away for ${away} ms`);
    }
    assert.equal((await node.stop()).code, 0);
  },
);

for (const kind of ["holdfast", "keepalived"] satisfies Kind[]) {
  for (const promote of [0, 1]) {
    labTest(
      `${kind}: the own address goes, promote_secondaries ${promote}: one fault, no virtual address, and all is back with it`,
      kind === "keepalived" ? ["keepalived"] : [],
      async () => {
        await using lab = await Lab.create(TOPOLOGY);
        const setting = `net.ipv4.conf.eth0.promote_secondaries=${promote}`;
        await lab.run("node", ["sysctl", "-q", "-w", setting]);
        const node = await startNode(lab, "node", { kind, config: instance() });
        await lab.owned(VIP, "node");
        await lab.run("node", ["ip", "address", "del", `${OWN}/24`, "dev", "eth0"]);
        await node.seen(/Entering FAULT STATE/);
        await until("nobody has the address", async () => (await lab.owners(VIP)).length === 0);
        if (kind === "holdfast") {
          assert.equal(count(node, /Entering FAULT STATE/), 1, node.output);
          const last = node.lines.findLast(({ text }) => /FAULT|puts it back/.test(text));
          assert.match(last?.text ?? "", /FAULT/i, "what was put back is not the last word");
        }
        await lab.run("node", ["ip", "address", "add", `${OWN}/24`, "dev", "eth0"]);
        await lab.owned(VIP, "node");
        const lines = await lab.addresses("node", "eth0");
        assert.deepEqual(lines.map((line) => line.split(" ")[1]), [`${OWN}/24`, `${VIP}/24`]);
        assert.equal((await node.stop()).code, 0);
      },
    );
  }
}

labTest(
  "a link that flaps a hundred times, leaves a readable log; scripts hear of every change",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const told = `${lab.dir}/told`;
    const notify = await lab.file("notify", `#!/bin/sh\necho "$3" >> ${told}\n`, { mode: 0o755 });
    const config = `global_defs {\nscript_user root\n}\n${instance(`notify ${notify}`)}`;
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await lab.owned(VIP, "node");
    const from = node.lines.length;
    const flap = ["link set dev eth0 down", "link set dev eth0 up"];
    await batch(lab, Array.from({ length: 100 }, () => flap).flat());
    const { text } = await node.seen(/Left out (\d+) more messages/, { from });
    await lab.owned(VIP, "node");
    const said = node.lines.slice(from).filter(({ text }) => /Entering/.test(text)).length;
    const changes = said + Number(/Left out (\d+)/.exec(text)?.[1]);
    // Every change was said or counted, and programs were told of as many.
    await until("the script was told of all", async () => {
      const words = (await Deno.readTextFile(told)).trim().split("\n");
      return words.at(-1) === "MASTER" && words.length >= changes;
    }, { explain: async () => `${changes}: ${await Deno.readTextFile(told)}` });
    assert.ok(node.lines.length - from < 80, `${node.lines.length - from} lines`);
    assert.equal((await node.stop()).code, 0);
  },
);
