/** What a reload would do is told by the daemon that would do it, a guard refuses it, and what nobody confirms is rolled back. */

import assert from "node:assert/strict";
import {
  executable,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const TOPOLOGY: Topology = {
  node: {
    links: {
      eth0: { network: "lan", addresses: ["10.79.0.1/24"] },
      eth1: { network: "far", addresses: ["10.80.0.1/24"] },
    },
  },
};
const VIP = "10.79.0.99";

function configuration(
  { vrid = 51, more = "", guard = false, address = VIP }: {
    readonly vrid?: number;
    readonly more?: string;
    readonly guard?: boolean;
    readonly address?: string;
  } = {},
): string {
  return `global_defs {
  ${guard ? "reload_guard" : ""}
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id ${vrid}
  advert_int 0.1
  version 3
  priority 150
  virtual_ipaddress {
    ${address}/24
  }
}
${more}`;
}

/** An instance on an interface nobody has spoken of before. */
const SECOND = `vrrp_instance VI_2 {
  interface eth1
  virtual_router_id 52
  virtual_ipaddress {
    10.80.0.99/24
  }
}
`;

interface Node {
  readonly lab: Lab;
  readonly program: Program;
  readonly pidFile: string;
  write(text: string): Promise<void>;
  command(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

async function master(lab: Lab, text: string): Promise<Node> {
  const program = await startNode(lab, "node", { kind: "holdfast", config: text });
  const pidFile = `${lab.dir}/node-main.pid`;
  const node: Node = {
    lab,
    program,
    pidFile,
    write: (next) => Deno.writeTextFile(`${lab.dir}/node.conf`, next),
    command: async (name = "", ...words) => {
      const argv = [executable("holdfast"), name, "-p", pidFile, ...words];
      const { code, stdout, stderr } = await lab.run("node", argv, { check: false });
      return { code, out: stdout, err: stderr };
    },
  };
  await holds(node, VIP);
  return node;
}

async function holds({ lab }: Node, address: string): Promise<void> {
  await until(`${address} is there`, () => lab.has("node", address), {
    explain: () => lab.tails(),
  });
}

/** The addresses, as a plan names them. */
async function addresses({ lab }: Node): Promise<readonly string[]> {
  return (await lab.addresses("node")).map((line) => line.split(" ")[1] ?? "").toSorted();
}

labTest("holdfast plan: tells what a reload then does, and changes nothing", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const node = await master(lab, configuration());
  const socket = `${lab.dir}/node-main.control`;
  await until("the socket is there", () => Deno.lstat(socket).then(() => true, () => false));
  assert.equal((Deno.lstatSync(socket).mode ?? 0) & 0o777, 0o600);

  const same = await node.command("plan");
  assert.deepEqual([same.code, same.err], [0, ""], same.out);
  assert.match(same.out, /Nothing would change\.\n$/);

  await node.write(configuration({ address: "10.79.0.98", more: SECOND }));
  const before = await addresses(node);
  const plan = await node.command("plan", "--json");
  assert.equal(plan.code, 2, plan.err);
  const told = JSON.parse(plan.out);
  assert.equal(told.against, "daemon");
  assert.deepEqual(
    told.operations.map(({ op, name, of }: Record<string, string>) => `${op} ${name} ${of}`)
      .toSorted(),
    ["add 10.79.0.98/24 eth0", "delete 10.79.0.99/24 eth0"],
  );
  // An interface that the daemon does not follow yet is known all the same.
  assert.deepEqual(
    told.instances.map(({ name, change, to }: Record<string, string>) => [name, change, to]),
    [["VI_2", "added", "backup"]],
  );
  assert.deepEqual(await addresses(node), before);

  const text = await node.command("plan");
  assert.match(text.out, /\+ address 10\.79\.0\.98\/24 on eth0\n/);
  assert.match(text.out, /! address 10\.79\.0\.99\/24 on eth0\n/);
  assert.match(text.out, /virtual_ipaddress 10\.79\.0\.99\/24: no more/);

  const done = await node.command("reload");
  assert.deepEqual([done.code, done.err], [0, ""]);
  await holds(node, "10.79.0.98");
  assert.equal(await lab.has("node", VIP), false);
  await holds(node, "10.80.0.99");
  assert.match((await node.command("plan")).out, /Nothing would change/);
});

labTest("holdfast plan: of a file that a reload refuses, says why and fails", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const node = await master(lab, configuration());
  await node.write("");
  const plan = await node.command("plan");
  assert.equal(plan.code, 1);
  assert.match(plan.out, /Would be refused: /);
  const other = await lab.file("other.conf", configuration({ vrid: 60 }));
  const ofOther = await node.command("plan", "-f", other);
  assert.equal(ofOther.code, 2);
  assert.match(ofOther.out, /! VI_1 is MASTER, begins anew as BACKUP, gives up mastership\n/);
  assert.match(ofOther.out, /other\.conf:\n/);
});

labTest("holdfast plan: nobody runs, tells what a start does and as master", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const file = await lab.file("node.conf", configuration({ more: SECOND }));
  const argv = [executable("holdfast"), "plan", "-f", file, "-p", `${lab.dir}/none.pid`];
  const before = await lab.addresses("node");
  const { code, stdout, stderr } = await lab.run("node", argv, { check: false });
  assert.deepEqual([code, stderr], [2, ""]);
  assert.match(stdout, /A start with .*node\.conf:\n/);
  assert.match(stdout, /VI_1 begins as BACKUP, becomes master unless somebody stronger is there\n/);
  assert.match(stdout, /Kernel, as master\n(.*\n)* {2}\+ address 10\.79\.0\.99\/24 on eth0\n/);
  assert.match(stdout, /\+ address 10\.80\.0\.99\/24 on eth1\n/);
  assert.deepEqual(await lab.addresses("node"), before);
});

labTest(
  "reload_guard: refuses what takes a mastership, by signal too, until it is forced",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await master(lab, configuration({ guard: true }));
    await node.write(configuration({ guard: true, vrid: 60, more: SECOND }));
    const plan = await node.command("plan");
    assert.match(plan.out, /Would be refused by reload_guard/);
    const refused = await node.command("reload");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /reload_guard is against: VI_1 is master and begins anew/);
    const from = node.program.lines.length;
    node.program.signal("SIGHUP");
    await node.program.seen(/Cannot reload: it would do what reload_guard is against/, { from });
    // What was followed for the refused one is no longer: the next plan tells of it as of news.
    assert.match((await node.command("plan")).out, /VI_2 begins as BACKUP/);
    assert.ok(await lab.has("node", VIP));

    await node.write(configuration({ guard: true, more: SECOND }));
    assert.equal((await node.command("reload")).code, 0);
    await holds(node, "10.80.0.99");

    await node.write(configuration({ guard: true, vrid: 60, more: SECOND }));
    assert.equal((await node.command("reload", "--force")).code, 0);
    await holds(node, VIP);
    assert.match((await node.command("plan")).out, /Nothing would change/);
  },
);

labTest(
  "holdfast reload --confirm: rolls back by itself, stays when it is confirmed",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await master(lab, configuration());
    await node.write(configuration({ address: "10.79.0.98" }));
    const waits = await node.command("reload", "--confirm", "2");
    assert.equal(waits.code, 0, waits.err);
    assert.match(waits.out, /rolls back at .* unless: holdfast reload --confirmed/);
    await holds(node, "10.79.0.98");
    await holds(node, VIP);
    assert.equal(await lab.has("node", "10.79.0.98"), false);

    assert.equal((await node.command("reload", "--confirm", "86400")).code, 0);
    await holds(node, "10.79.0.98");
    const plain = await node.command("reload");
    assert.equal(plain.code, 1);
    assert.match(plain.err, /waits until .* to be confirmed/);
    assert.match((await node.command("plan")).out, /A reload before waits until/);
    const { stdout: number } = await lab.run("node", [executable("holdfast"), "--signum=RESTART"]);
    await lab.run("node", ["kill", `-${number.trim()}`, String(node.program.pid)]);
    await node.program.seen(/Cannot restart: a reload waits until/);
    assert.equal((await node.command("reload", "--confirmed")).code, 0);
    assert.equal((await node.command("reload", "--roll-back")).code, 1);
    assert.ok(await lab.has("node", "10.79.0.98"));
    assert.equal((await node.command("reload")).code, 0);
  },
);
