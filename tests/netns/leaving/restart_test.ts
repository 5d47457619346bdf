/**
 * One run of the daemon takes the place of another: by request in the same process, or started by a supervisor after a crash. Its peer
 * hears of nothing, the address stays, and no program is told of a state twice.
 */

import assert from "node:assert/strict";
import {
  AddressWatch,
  Capture,
  guardians,
  type Kind,
  Lab,
  labTest,
  type Program,
  run,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [A, B, VIP] = ["10.8.14.1", "10.8.14.2", "10.8.14.100"];
const TOPOLOGY: Topology = {
  a: { links: { eth0: { network: "lan", addresses: [`${A}/24`] } } },
  b: { links: { eth0: { network: "lan", addresses: [`${B}/24`] } } },
};

/** SIGRTMIN+3, which the runtime does not send. */
async function restart({ pid }: Program): Promise<void> {
  await run(["kill", "-37", `${pid}`]);
}

function config(priority: number, { global = "", instance = "" } = {}): string {
  return `global_defs {\n${global}\nscript_user root\n}\nvrrp_instance VI {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    ${instance}
    virtual_ipaddress {
      ${VIP}/24
    }
  }`;
}

/** A pair whose node `a` is master, whoever `b` is; each state it enters is a line of a file. */
async function pair(lab: Lab, options: { readonly peer: Kind; readonly policy?: string }) {
  const told = `${lab.dir}/told`;
  const script = await lab.file("notify", `#!/bin/sh\necho "$3" >> ${told}\n`, { mode: 0o755 });
  const capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
  await startNode(lab, "b", { kind: options.peer, config: config(100) });
  const plan = {
    kind: "holdfast",
    config: config(150, {
      global: options.policy === undefined ? "" : `crash_policy ${options.policy}`,
      instance: `notify ${script}`,
    }),
    name: "a",
  } as const;
  const master = await startNode(lab, "a", plan);
  await lab.owned(VIP, "a");
  await capture.seen(new RegExp(`${A} > 224.0.0.18: .*prio 150`));
  const states = async () => (await readIfThere(told)).trim().split("\n");
  await until("it is told of", async () => (await states()).join() === "BACKUP,MASTER");
  return { capture, plan, master, states };
}

/** More adverts of a node than there are by now. */
async function hears(capture: Capture, address: string): Promise<void> {
  const from = capture.lines.length;
  const pattern = new RegExp(`${address} > 224.0.0.18: `);
  await until(
    `four more adverts of ${address}`,
    () => capture.lines.slice(from).filter((line) => pattern.test(line)).length >= 4,
  );
}

/** Nobody but `a` has spoken since it was master, and it never said farewell. */
async function assertUnnoticed(capture: Capture): Promise<void> {
  const adverts = await capture.adverts();
  const first = adverts.findIndex(({ source, priority }) => source === A && priority === 150);
  const odd = adverts.slice(first).filter(({ source, priority, checksumGood }) =>
    source !== A || priority !== 150 || !checksumGood
  );
  assert.deepEqual(odd, []);
}

for (const peer of ["holdfast", "keepalived"] satisfies Kind[]) {
  labTest(
    `restart, a master begins anew in its place, ${peer} and its programs hear of nothing and the address stays`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const { capture, master, states } = await pair(lab, { peer });
      await using _capture = capture;
      await using watch = await AddressWatch.start(lab, ["a"]);
      await restart(master);
      await master.seen(/Goes on where the run before has ended, as master of 1 virtual router/);
      await hears(capture, A);
      await assertUnnoticed(capture);
      assert.deepEqual(await states(), ["BACKUP", "MASTER"]);
      assert.deepEqual(watch.changes(VIP).map(({ kind }) => kind), ["added"]);
      await master.seen(/Another daemon has taken over, 1 in all/);
      await until("one guardian is left", async () => (await guardians(lab, "a")).length === 1);

      // And once more, and then for good.
      await restart(master);
      await until("it has begun three times", () => count(master, /Goes on where/) === 2, {
        explain: () => master.output,
      });
      assert.equal((await master.stop()).code, 0);
      await lab.owned(VIP, "b");
      assert.deepEqual(await states(), ["BACKUP", "MASTER", "STOP"]);
      await assertNothingLeft(lab);
    },
  );
}

labTest(
  "restart, a master is killed and started anew where crashes are to be that, nobody hears of it",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const { capture, plan, master, states } = await pair(lab, {
      peer: "holdfast",
      policy: "restart",
    });
    await using _capture = capture;
    await using watch = await AddressWatch.start(lab, ["a"]);
    await until("the state is kept", () => exists(`${lab.dir}/a-main.state`));
    master.signal("SIGKILL");
    await master.seen(/ended without goodbye: speaks for 1 virtual router/);
    await hears(capture, A);
    const heir = await startNode(lab, "a", plan);
    await heir.seen(/Goes on where the run before has ended, as master of 1 virtual router/);
    await hears(capture, A);
    await assertUnnoticed(capture);
    assert.deepEqual(await states(), ["BACKUP", "MASTER"]);
    assert.deepEqual(watch.changes(VIP).map(({ kind }) => kind), ["added"]);
    await heir.stop();
    await assertNothingLeft(lab);
  },
);

labTest("restart, a backup begins anew in its place, is told of nothing", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const told = `${lab.dir}/told`;
  const script = await lab.file("notify", `#!/bin/sh\necho "$3" >> ${told}\n`, { mode: 0o755 });
  await startNode(lab, "a", { kind: "holdfast", config: config(150) });
  await lab.owned(VIP, "a");
  const text = config(100, { instance: `notify ${script}` });
  const backup = await startNode(lab, "b", { kind: "holdfast", config: text });
  await until("it is told of", async () => (await readIfThere(told)) === "BACKUP\n");
  await restart(backup);
  await backup.seen(/Goes on where the run before has ended, as master of 0 virtual routers/);
  assert.equal((await backup.stop()).code, 0);
  assert.equal(await Deno.readTextFile(told), "BACKUP\nSTOP\n");
});

labTest("restart, nobody starts a daemon that was killed, it is a failover in the end", [
  "tcpdump",
  "tshark",
], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const { capture, master } = await pair(lab, { peer: "holdfast", policy: "restart" });
  await using _capture = capture;
  master.signal("SIGKILL");
  await master.seen(/No daemon came in time: sent the farewells of 1/, { limit: 60_000 });
  await lab.owned(VIP, "b");
  const last = (await capture.adverts()).findLast(({ source }) => source === A);
  assert.equal(last?.priority, 0);
});

labTest("restart, a state that is damaged, is not believed and the address moves", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const { capture, plan, master } = await pair(lab, { peer: "holdfast", policy: "restart" });
  await using _capture = capture;
  const state = `${lab.dir}/a-main.state`;
  await until("the state is kept", () => exists(state));
  master.signal("SIGKILL");
  await master.seen(/speaks for 1 virtual router/);
  await Deno.writeTextFile(state, `${(await Deno.readTextFile(state)).slice(0, 100)}`);
  const heir = await startNode(lab, "a", plan);
  await heir.seen(/Cannot use .*: it is not JSON of an object: begins anew/);
  await master.seen(/Withdrew what was held, 1 in all/);
  await heir.seen(/Entering BACKUP STATE/);
});

labTest("restart, a state that others may have written, is not believed", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const { capture, plan, master } = await pair(lab, { peer: "holdfast", policy: "restart" });
  await using _capture = capture;
  const state = `${lab.dir}/a-main.state`;
  await until("the state is kept", () => exists(state));
  master.signal("SIGKILL");
  await master.seen(/speaks for 1 virtual router/);
  await Deno.chmod(state, 0o666);
  const heir = await startNode(lab, "a", plan);
  await heir.seen(/others may have written it: begins anew/);
});

labTest("restart, crashes in a row, end in a failover", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const { capture, plan, master } = await pair(lab, { peer: "holdfast", policy: "restart" });
  await using _capture = capture;
  const state = `${lab.dir}/a-main.state`;
  await until("the state is kept", () => exists(state));
  master.signal("SIGKILL");
  await master.seen(/speaks for 1 virtual router/);
  // Two more, just now.
  const uptime = Number((await Deno.readTextFile("/proc/uptime")).split(" ")[0]);
  const at = Math.floor(uptime * 1e6);
  const text = await Deno.readTextFile(state);
  await Deno.writeTextFile(state, text.replace('"crashes":[]', `"crashes":[${at},${at}]`));
  const heir = await startNode(lab, "a", plan);
  await heir.seen(/Crashed 3 times in a row: the next crash is a failover/);
  heir.signal("SIGKILL");
  await heir.seen(/ended without goodbye: sent the farewells of 1 virtual router/);
  await lab.owned(VIP, "b");
});

function count({ lines }: Program, pattern: RegExp): number {
  return lines.filter(({ text }) => pattern.test(text)).length;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** No guardian, no file beside the pid file. */
async function assertNothingLeft(lab: Lab): Promise<void> {
  await until("no guardian is left", async () => (await guardians(lab, "a")).length === 0);
  for await (const { name } of Deno.readDir(lab.dir)) {
    assert.doesNotMatch(name, /^a-main\.(state|pid|claims)/);
  }
}

async function readIfThere(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}
