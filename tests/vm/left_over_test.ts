/** Whose a service in the kernel's table is: after a crash, beside others, with `lvs_flush`. */

import assert from "node:assert/strict";
import { Lab, labTest, type Program, startNode, type Topology } from "../lab/mod.ts";
import { ipvs, table } from "./seed004.ts";

const TOPOLOGY: Topology = {
  director: { links: { eth0: { network: "lan", addresses: ["10.0.0.1/24"] } } },
};

const FOREIGN = "-A -t 10.0.0.7:7 -s rr";

function server(address: string): string {
  return `virtual_server ${address} 80 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.30 80 {
        weight 1
    }
}
`;
}

function words(address: string): readonly string[] {
  return [`-A -t ${address}:80 -s rr`, `-a -t ${address}:80 -r 10.0.0.30:80 -m -w 1`];
}

const [A, B] = ["10.0.0.98", "10.0.0.99"];

function start(lab: Lab, name: string, config: string): Promise<Program> {
  return startNode(lab, "director", {
    kind: "holdfast",
    name,
    config,
    // All runs have one pid file, as those of a unit do, so that each finds what the one before has left.
    flags: ["-C", "-p", `${lab.dir}/director.pid`],
  });
}

/** Ended without a word: what it has put into the kernel stays. */
async function killed(lab: Lab, node: Program): Promise<void> {
  const pid = (await Deno.readTextFile(`${lab.dir}/director.pid`)).trim();
  await lab.run("director", ["kill", "-KILL", pid]);
  await node.end();
}

labTest(
  "a service taken out of the file while the daemon was dead, goes at the next start; others' stay",
  ["ipvs", "ipvsadm"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("director", ["ipvsadm", ...FOREIGN.split(" ")]);
    const first = await start(lab, "first", server(A) + server(B));
    await table(lab, "director", [FOREIGN, ...words(A), ...words(B)]);
    await killed(lab, first);
    assert.equal((await ipvs(lab, "director")).length, 5);

    const second = await start(lab, "second", server(A));
    await table(lab, "director", [FOREIGN, ...words(A)]);
    assert.doesNotMatch(second.output, /Cannot/);
    // Given up: what somebody else makes of it now is not ours any more.
    await lab.run("director", ["ipvsadm", "-A", "-t", `${B}:80`, "-s", "rr"]);
    await killed(lab, second);
    const third = await start(lab, "third", server(A).replace("weight 1", "weight 2"));
    const taken = words(A).map((row) => row.replace("-w 1", "-w 2"));
    await table(lab, "director", [FOREIGN, `-A -t ${B}:80 -s rr`, ...taken]);
    assert.equal((await third.stop()).code, 0);
    assert.deepEqual(await ipvs(lab, "director"), [FOREIGN, `-A -t ${B}:80 -s rr`]);
    const left = await Deno.stat(`${lab.dir}/director.claims`).catch(() => undefined);
    assert.equal(left, undefined, "an end with a word leaves no claims");
  },
);

labTest(
  "lvs_flush, empties the whole table at the start; without it nothing of others is touched",
  ["ipvs", "ipvsadm"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.run("director", ["ipvsadm", ...FOREIGN.split(" ")]);
    const global = "global_defs {\n    lvs_flush\n}\n";
    const node = await start(lab, "first", global + server(A));
    await table(lab, "director", words(A));
    await lab.run("director", ["ipvsadm", ...FOREIGN.split(" ")]);
    node.signal("SIGHUP");
    await node.seen(/Reloading/);
    assert.equal((await node.stop()).code, 0);
    assert.deepEqual(await ipvs(lab, "director"), [FOREIGN]);
  },
);
