/** A daemon is asked how it is, stopped, restarted where it has another pid file, and upgraded; its peer hears of none but the stop. */

import assert from "node:assert/strict";
import {
  Capture,
  executable,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const [A, B, VIP] = ["10.81.0.1", "10.81.0.2", "10.81.0.99"];
const TOPOLOGY: Topology = {
  a: { links: { eth0: { network: "lan", addresses: [`${A}/24`] } } },
  b: { links: { eth0: { network: "lan", addresses: [`${B}/24`] } } },
};

function config(priority: number, more = ""): string {
  return `vrrp_instance VI {
  interface eth0
  virtual_router_id 51
  version 3
  advert_int 1
  priority ${priority}
  virtual_ipaddress {
    ${VIP}/24
  }
}
${more}`;
}

/** What a command of holdfast says about the daemon of a pid file. */
async function command(lab: Lab, name: string, pidFile: string, ...words: readonly string[]) {
  const argv = [executable("holdfast"), name, "-p", pidFile, ...words];
  const { code, stdout, stderr } = await lab.run("a", argv, { check: false });
  return { code, out: stdout, err: stderr };
}

/** Nobody but `a` speaks from here on, and it never says farewell. */
async function assertUnnoticed(capture: Capture): Promise<void> {
  const adverts = await capture.adverts();
  const first = adverts.findIndex(({ source, priority }) => source === A && priority === 150);
  assert.deepEqual(
    adverts.slice(first).filter(({ source, priority }) => source !== A || priority !== 150),
    [],
  );
}

/** Node `a` is master, and only now there is a peer: what it says from here on is captured. */
async function heardOf(lab: Lab): Promise<Capture> {
  await lab.owned(VIP, "a");
  const peer = await startNode(lab, "b", { kind: "holdfast", config: config(100) });
  await peer.seen(/Entering BACKUP STATE/);
  const capture = await Capture.start(lab, "switch", { ifname: lab.bridge("lan") });
  await capture.seen(new RegExp(`${A} > 224.0.0.18: .*prio 150`));
  return capture;
}

async function hears(capture: Capture, address: string): Promise<void> {
  const from = capture.lines.length;
  const pattern = new RegExp(`${address} > 224.0.0.18: `);
  await until(
    `three more adverts of ${address}`,
    () => capture.lines.slice(from).filter((line) => pattern.test(line)).length >= 3,
  );
}

labTest("holdfast status, stop: how it is in text and JSON, and handed over", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const pidFile = `${lab.dir}/a-main.pid`;
  assert.equal((await command(lab, "status", pidFile)).code, 3);
  assert.equal((await command(lab, "stop", pidFile)).code, 1);
  const master = await startNode(lab, "a", { kind: "holdfast", config: config(150) });
  await lab.owned(VIP, "a");
  await startNode(lab, "b", { kind: "holdfast", config: config(100) });
  const text = await command(lab, "status", pidFile);
  assert.deepEqual([text.code, text.err], [0, ""], text.out);
  assert.match(text.out, /VI +MASTER +for \d+ s +eth0 VRID 51 +priority 150, 1 address\n/);
  assert.match(text.out, /\nGuardian: runs\n/);
  const told = JSON.parse((await command(lab, "status", pidFile, "--json")).out);
  assert.equal(told.version, 1);
  assert.equal(told.pid, master.pid);
  assert.equal(told.file, `${lab.dir}/a.conf`);
  assert.deepEqual(told.warnings, []);

  await Deno.writeTextFile(`${lab.dir}/a.conf`, "");
  assert.equal((await command(lab, "reload", pidFile)).code, 1);
  const warned = await command(lab, "status", pidFile);
  assert.equal(warned.code, 2, warned.out);
  assert.match(warned.out, /! Runs with the configuration before a reload that was refused/);

  const stopped = await command(lab, "stop", pidFile);
  assert.deepEqual([stopped.code, stopped.err], [0, ""], lab.tails());
  assert.match(stopped.out, new RegExp(`^Stopped process ${master.pid} in \\d`));
  assert.equal((await master.end()).code, 0);
  await lab.owned(VIP, "b");
  assert.equal((await command(lab, "status", pidFile)).code, 3);
});

labTest("holdfast status: the virtual router is in fault, it says why", [], async () => {
  await using lab = await Lab.create(TOPOLOGY);
  const pidFile = `${lab.dir}/a-main.pid`;
  await startNode(lab, "a", { kind: "holdfast", config: config(150) });
  await lab.owned(VIP, "a");
  await lab.run("a", ["ip", "link", "set", "eth0", "down"]);
  await until(
    "the fault is told",
    async () => /! VI is in FAULT: .*eth0/.test((await command(lab, "status", pidFile)).out),
    { explain: () => lab.tails() },
  );
});

labTest(
  "holdfast restart: of the instance that a configuration names, its peer hears of nothing",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const name = `lab${Deno.pid}`;
    const text = config(150, `instance ${name}\n`);
    const file = await lab.file("named.conf", text);
    const argv = [executable("holdfast"), "-n", "-l", "-D", "-f", file];
    const master = await lab.start("a", argv, { name: "named" });
    await using capture = await heardOf(lab);
    // Not the daemon of the default pid file, if there is one.
    const words = [executable("holdfast"), "restart", "-f", file];
    const { code, stderr } = await lab.run("a", words, { check: false });
    assert.equal(code, 0, stderr);
    await master.seen(/Goes on where the run before has ended, as master of 1 virtual router/);
    await hears(capture, A);
    await assertUnnoticed(capture);
    assert.equal((await master.stop()).code, 0);
  },
);

/** A node with a program of its own, which may be replaced. */
async function replaceable(lab: Lab) {
  const folder = `${lab.dir}/bin`;
  await Deno.mkdir(folder);
  const target = `${folder}/holdfast`;
  await Deno.copyFile(executable("holdfast"), target);
  const file = await lab.file("a.conf", config(150));
  const pidFile = `${lab.dir}/a-main.pid`;
  const argv = [target, "-n", "-l", "-D", "-f", file, "-p", pidFile];
  const master = await lab.start("a", argv, { name: "upgraded" });
  const capture = await heardOf(lab);
  return { folder, target, capture, pidFile, master };
}

/** A program that says and tests what holdfast does, and then does something else. */
async function impostor(lab: Lab, instead: string): Promise<string> {
  return await lab.file(
    "impostor",
    `#!/bin/sh
case " $* " in
*" --version "* | *" -t "*) exec ${executable("holdfast")} "$@" ;;
esac
${instead}
`,
    { mode: 0o755 },
  );
}

async function inodeOf(path: string): Promise<number | null> {
  return (await Deno.stat(path)).ino;
}

labTest(
  "holdfast upgrade: the new file is the program, its peer hears of nothing; one that is no good changes nothing",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const { folder, target, capture, pidFile, master } = await replaceable(lab);
    await using _capture = capture;
    const before = await inodeOf(target);
    const foreign = await command(lab, "upgrade", pidFile, "/bin/true");
    assert.equal(foreign.code, 1);
    assert.match(foreign.err, /the file is no holdfast/);
    const picky = await lab.file(
      "picky",
      `#!/bin/sh
[ "$1" = -t ] && { echo "new: mistake" >&2; exit 5; }
exec ${executable("holdfast")} "$@"
`,
      { mode: 0o755 },
    );
    const unread = await command(lab, "upgrade", pidFile, picky);
    assert.equal(unread.code, 1);
    assert.match(unread.err, /does not read .*a\.conf without findings[^]*new: mistake/);
    assert.equal(await inodeOf(target), before);

    const done = await command(lab, "upgrade", pidFile, executable("holdfast"));
    assert.equal(done.code, 0, `${done.err}\n${master.output}`);
    assert.match(done.out, new RegExp(`^Upgraded .* process ${master.pid} goes on\n$`));
    assert.notEqual(await inodeOf(target), before);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["holdfast"]);
    await master.seen(/Goes on where the run before has ended, as master of 1 virtual router/);
    await hears(capture, A);
    await assertUnnoticed(capture);
    assert.equal((await command(lab, "stop", pidFile)).code, 0);
    assert.equal((await master.end()).code, 0);
  },
);

for (
  const [what, instead] of [
    ["ends at once", "exit 3"],
    ["never comes up", "exec sleep 600"],
  ] as const
) {
  labTest(
    `holdfast upgrade: a program that ${what}, the one before comes back and the peer hears of nothing`,
    ["tcpdump", "tshark"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const { folder, target, capture, pidFile, master } = await replaceable(lab);
      await using _capture = capture;
      const before = await inodeOf(target);
      const file = await impostor(lab, instead);
      const failed = await command(lab, "upgrade", pidFile, file);
      assert.equal(failed.code, 1);
      assert.match(
        failed.err,
        /Cannot upgrade: the new one .*; .* is the one before, and runs again/,
      );
      assert.equal(await inodeOf(target), before);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["holdfast"]);
      await hears(capture, A);
      await assertUnnoticed(capture);
      assert.ok(await lab.has("a", VIP));
      await ended(master);
      // Nobody of this lab started it: it is told by its socket.
      const stopped = await command(lab, "stop", pidFile);
      assert.equal(stopped.code, 0, stopped.err);
      await lab.owned(VIP, "b");
    },
  );
}

/** The process that was upgraded is gone. */
async function ended(master: Program): Promise<void> {
  await until("the process has ended", () => master.status !== undefined);
}
