/** What the daemon is to its surroundings: scripts, service manager, files, want of descriptors. */

import assert from "node:assert/strict";
import {
  executable,
  Lab,
  labTest,
  type Program,
  PYTHON,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const VIP = "10.8.8.100";
const AMONG = { among: ["node"] } as const;

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
  peer: { links: { eth0: { network: "lan", addresses: ["10.8.8.2/24"] } } },
};

/** One instance that takes over alone, and what it tracks. */
function config({ top = "", inside = "" }: { readonly top?: string; readonly inside?: string }) {
  return `${top}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 8
    priority 200
    advert_int 1
    virtual_ipaddress {
        ${VIP}
    }
    ${inside}
}
`;
}

/** A tracked script, every 100 ms. */
function tracked(command: string, more = ""): string {
  return config({
    top: `global_defs {
    script_user root
}
vrrp_script chk {
    script "${command}"
    interval 0.1
    timeout 20
    ${more}
}`,
    inside: `track_script {
        chk
    }`,
  });
}

/** Text of a file once it has a line. */
function text(path: string): Promise<string> {
  return until(`${path} is written`, async () => {
    const found = await Deno.readTextFile(path).catch(() => "");
    return found.endsWith("\n") ? found : undefined;
  });
}

function modeOf(path: string): string {
  return ((Deno.lstatSync(path).mode ?? 0) & 0o7777).toString(8);
}

async function script(lab: Lab, name: string, body: string): Promise<string> {
  return await lab.file(name, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

/** What a script sees of itself. */
function lookAround(lab: Lab): string {
  return `
exec 2>/dev/null
# Not by a pipe: the shell holds its ends for a moment.
ls /proc/$$/fd > ${lab.dir}/open
{
  echo "folder $(pwd)"
  echo "files $(ulimit -Sn)"
  echo "umask $(umask)"
  # From 10 on they are the shell's own.
  grep '^.$' ${lab.dir}/open | sed 's/^/open /'
  env | sed 's/^/env /'
} > ${lab.dir}/seen.new
mv ${lab.dir}/seen.new ${lab.dir}/seen`;
}

/** Variables bash brings along, which the start script of the source tree is written in. */
const OF_BASH = /^env (?:PWD|OLDPWD|SHLVL|_)=/;

const CALLER = ["PATH=/usr/bin:/bin", "GREETING=hello", "DENO_DIR=/elsewhere", "NO_COLOR=1"];

labTest(
  "a start without a home and with variables of its own, its scripts see the caller's surroundings and nothing of ours",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await script(lab, "look", lookAround(lab));
    const start = ["sh", "-c", `ulimit -Sn 777; cd ${lab.dir}; exec "$@"`, "sh"];
    const wrap = ["env", "-i", ...CALLER, "NOTIFY_SOCKET=@nobody", ...start];
    const plan = { kind: "holdfast", config: tracked(`${lab.dir}/look`), wrap } as const;
    const node = await startNode(lab, "node", plan);
    const seen = (await text(`${lab.dir}/seen`)).trim().split("\n")
      .filter((line) => !OF_BASH.test(line)).toSorted();
    assert.deepEqual(
      seen,
      [
        ...CALLER.map((each) => `env ${each}`),
        "files 777",
        `folder ${lab.dir}`,
        ...["open 0", "open 1", "open 2"],
        "umask 0177",
      ].toSorted(),
    );
    await lab.owned(VIP, "node", AMONG);
    assert.equal((await node.stop()).code, 0);
  },
);

/** Starts in the background; gives the pid. */
async function inBackground(
  lab: Lab,
  { flags = [], env = [], more = "" }: {
    readonly flags?: readonly string[];
    readonly env?: readonly string[];
    readonly more?: string;
  } = {},
): Promise<number> {
  const conf = "node.conf";
  const argv = [executable("holdfast"), "-f", conf, "-p", "node.pid", "-g", "node.log", "-D", "-G"];
  const line = [...argv, ...flags].map((word) => `'${word}'`).join(" ");
  const started = await lab.run("node", [
    "env",
    ...env,
    "sh",
    "-c",
    `${more} cd ${lab.dir} && ${line}`,
  ]);
  assert.deepEqual([started.code, started.stdout, started.stderr], [0, "", ""]);
  return Number(await Deno.readTextFile(`${lab.dir}/node.pid`));
}

async function ended(pid: number): Promise<void> {
  await until(`process ${pid} ends`, async () => {
    const alive = await Deno.stat(`/proc/${pid}`).then(() => true, () => false);
    return !alive;
  });
}

labTest(
  "in the background, folder / and keepalived's modes; paths are those of the caller",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await script(lab, "look", lookAround(lab));
    await lab.file("node.conf", tracked(`${lab.dir}/look`));
    const env = ["-i", "PATH=/usr/bin:/bin"];
    const pid = await inBackground(lab, { env, more: "ulimit -Sn 555;" });
    const seen = await text(`${lab.dir}/seen`);
    assert.match(seen, /^folder \/$/m);
    assert.match(seen, /^files 555$/m);
    assert.doesNotMatch(seen, /HOLDFAST|DENO/);
    assert.equal(Deno.readLinkSync(`/proc/${pid}/cwd`), "/");
    assert.equal(modeOf(`${lab.dir}/node.pid`), "644");
    assert.equal(modeOf(`${lab.dir}/node.log`), "600");
    Deno.kill(pid, "SIGTERM");
    await ended(pid);
  },
);

for (
  const [what, flags, keyword, dump, mask] of [
    ["nothing said", [], "", "600", "0177"],
    ["-u 022", ["-u", "022"], "", "644", "0022"],
    ["umask 027", [], "umask 027", "640", "0027"],
    ["-u 077 and umask 022", ["-u", "077"], "umask 022", "600", "0077"],
  ] as const
) {
  labTest(
    `${what}, dumps have mode ${dump}, the pid file 644, scripts umask ${mask}`,
    [],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      await script(lab, "look", lookAround(lab));
      const text1 = tracked(`${lab.dir}/look`)
        .replace("script_user root", `script_user root\n    ${keyword}`);
      const wrap = ["env", `TMPDIR=${lab.dir}`];
      const node = await startNode(lab, "node", { kind: "holdfast", config: text1, wrap, flags });
      assert.match(await text(`${lab.dir}/seen`), new RegExp(`^umask ${mask}$`, "m"));
      node.signal("SIGUSR1");
      await text(`${lab.dir}/keepalived.data`);
      assert.equal(modeOf(`${lab.dir}/keepalived.data`), dump);
      assert.equal(modeOf(`${lab.dir}/node-main.pid`), "644");
    },
  );
}

/** Prints what arrives at a notification socket, one message a line. */
const LISTENER = `
import socket, sys
name = sys.argv[1]
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind("\\0" + name[1:] if name[0] == "@" else name)
print("listening", flush=True)
while True:
    print(manager.recv(4096).decode().replace("\\n", " "), flush=True)
`;

async function serviceManager(lab: Lab, name: string): Promise<Program> {
  const listener = lab.start("node", [PYTHON, "-c", LISTENER, name], { name: "manager" });
  await listener.seen(/listening/);
  return listener;
}

/** What the manager was told, without the watchdog. */
function told(manager: Program): readonly string[] {
  return manager.lines.slice(1).map(({ text }) => text).filter((line) => line !== "WATCHDOG=1");
}

for (const abstract of [true, false]) {
  labTest(
    `a service manager on ${
      abstract ? "an abstract socket" : "a path"
    }, hears ready, reloading, ready, stopping and the watchdog`,
    ["python3"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const name = abstract ? `@${lab.dir}` : `${lab.dir}/notify`;
      const manager = await serviceManager(lab, name);
      const wrap = ["env", `NOTIFY_SOCKET=${name}`, "WATCHDOG_USEC=400000"];
      const node = await startNode(lab, "node", { kind: "holdfast", config: config({}), wrap });
      const ready =
        `READY=1 MAINPID=${node.pid} STATUS=Runs 1 virtual router and 0 virtual servers`;
      await manager.seen(/READY=1/);
      assert.deepEqual(told(manager), [ready]);
      await manager.seen(/WATCHDOG=1/);
      let from = manager.lines.length;
      node.signal("SIGHUP");
      await manager.seen(/READY=1/, { from });
      await lab.file("node.conf", "vrrp_instance VI_1 {");
      from = manager.lines.length;
      node.signal("SIGHUP");
      await manager.seen(/READY=1/, { from });
      assert.equal((await node.stop()).code, 0);
      const words = told(manager).map((line) => line.replace(/_USEC=\d+/, "_USEC=N"));
      assert.deepEqual(words, [
        ready,
        "RELOADING=1 MONOTONIC_USEC=N",
        ready,
        "RELOADING=1 MONOTONIC_USEC=N",
        `READY=1 MAINPID=${node.pid} STATUS=Runs with the configuration before a reload that failed`,
        "STOPPING=1 STATUS=Stopping",
      ]);
    },
  );
}

labTest(
  "a service manager of a daemon in the background, hears its number",
  ["python3"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await lab.file("node.conf", config({}));
    const manager = await serviceManager(lab, `@${lab.dir}`);
    const pid = await inBackground(lab, { env: [`NOTIFY_SOCKET=@${lab.dir}`] });
    await manager.seen(new RegExp(`READY=1 MAINPID=${pid} `));
    Deno.kill(pid, "SIGTERM");
    await manager.seen(/STOPPING=1/);
    await ended(pid);
  },
);

labTest(
  "a loop that stands still, is not alive to the watchdog",
  ["python3"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const manager = await serviceManager(lab, `@${lab.dir}`);
    const wrap = ["env", `NOTIFY_SOCKET=@${lab.dir}`, "WATCHDOG_USEC=200000"];
    const node = await startNode(lab, "node", { kind: "holdfast", config: config({}), wrap });
    await manager.seen(/WATCHDOG=1/);
    node.signal("SIGSTOP");
    // What was under way arrives; then silence for many times the interval.
    let from = manager.lines.length;
    await until("silence", async () => {
      const before = manager.lines.length;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      from = manager.lines.length;
      return from === before;
    });
    node.signal("SIGCONT");
    await manager.seen(/WATCHDOG=1/, { from });
  },
);

labTest(
  "a script replaced while it runs, is ended, and what it would have found does not count",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const slow = await script(lab, "slow", `echo $$ > ${lab.dir}/pid; sleep 3; exit 1`);
    const good = await script(lab, "good", "exit 0");
    // The first success is that of the good one.
    const node = await startNode(lab, "node", { kind: "holdfast", config: tracked(slow) });
    const pid = (await text(`${lab.dir}/pid`)).trim();
    await lab.file("node.conf", tracked(good));
    node.signal("SIGHUP");
    await lab.owned(VIP, "node", AMONG);
    await ended(Number(pid));
    await node.seen(/chk\) succeeded/);
    assert.equal(
      node.lines.filter(({ text }) => /chk\) (failed|timed_out)|FAULT/.test(text)).length,
      0,
    );
  },
);

/** A node whose script is out of time, and the child of it that ignores SIGTERM. */
async function stubborn(lab: Lab): Promise<{ readonly node: Program; readonly pid: number }> {
  const path = await script(
    lab,
    "stubborn",
    `(trap '' TERM; echo $(exec sh -c 'echo $PPID') > ${lab.dir}/pid; while :; do sleep 1000; done) & wait`,
  );
  const config = tracked(path).replace("timeout 20", "timeout 1");
  const node = await startNode(lab, "node", { kind: "holdfast", config });
  const pid = Number(await text(`${lab.dir}/pid`));
  await node.seen(/VRRP_Script\(chk\) timed_out/);
  return { node, pid };
}

labTest(
  "a script out of time whose child ignores SIGTERM, is a failure at once and nothing of it is left",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const { pid } = await stubborn(lab);
    await ended(pid);
  },
);

labTest(
  "the daemon ends while a group out of time is left, it takes the group with it",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const { node, pid } = await stubborn(lab);
    assert.equal((await node.stop()).code, 0);
    await ended(pid);
  },
);

labTest(
  "enable_script_security, a link somebody else turns after the start is not followed",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    // /tmp is open to all, but sticky; below it a folder of root's, and one of somebody else's.
    await Deno.chmod(lab.dir, 0o755);
    const good = await script(lab, "good", `echo good >> ${lab.dir}/said`);
    const evil = await script(lab, "evil", `echo evil >> ${lab.dir}/said`);
    await Deno.mkdir(`${lab.dir}/theirs`);
    await Deno.mkdir(`${lab.dir}/ours`);
    await Deno.chown(`${lab.dir}/theirs`, 1234, 1234);
    await Deno.symlink(good, `${lab.dir}/theirs/check`);
    await Deno.symlink(good, `${lab.dir}/ours/check`);
    const guarded = (path: string) =>
      tracked(path, "weight 1").replace(
        "script_user root",
        "script_user root\n    enable_script_security",
      );
    const theirs = await startNode(lab, "node", {
      kind: "holdfast",
      config: guarded(`${lab.dir}/theirs/check`),
    });
    await theirs.seen(
      /Cannot run .*theirs\/check as root: .*theirs can be changed by others than root/,
    );
    await lab.owned(VIP, "node", AMONG);
    assert.equal((await theirs.stop()).code, 0);
    assert.equal(await Deno.stat(`${lab.dir}/said`).catch(() => undefined), undefined);

    const node = await startNode(lab, "node", {
      kind: "holdfast",
      config: guarded(`${lab.dir}/ours/check`),
      name: "second",
    });
    await text(`${lab.dir}/said`);
    // The folder changes hands after the start, and its new owner turns the link.
    await Deno.chown(`${lab.dir}/ours`, 1234, 1234);
    await node.seen(/failed \(Cannot run .*ours\/check as root: .*ours can be changed/);
    await Deno.remove(`${lab.dir}/ours/check`);
    await Deno.symlink(evil, `${lab.dir}/ours/check`);
    const from = node.lines.length;
    await Deno.chown(`${lab.dir}/ours`, 0, 0);
    // Root's again: root has the last word on where it leads.
    await node.seen(/chk\) succeeded/, { from });
    const said = (await Deno.readTextFile(`${lab.dir}/said`)).trim().split("\n");
    assert.equal(said.at(-1), "evil");
  },
);

/** Descriptors of a process. */
function descriptors(pid: number): number {
  return Array.from(Deno.readDirSync(`/proc/${pid}/fd`)).length;
}

labTest(
  "at the limit of descriptors, a script that cannot be started changes nothing, is said once, and a reload works or fails in words",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const good = await script(lab, "good", `echo >> ${lab.dir}/runs; exit 0`);
    const node = await startNode(lab, "node", { kind: "holdfast", config: tracked(good) });
    await lab.owned(VIP, "node", AMONG);
    const runs = () => Deno.readTextFile(`${lab.dir}/runs`).then((text) => text.length);
    const squeeze = (files: number) =>
      lab.run("node", ["prlimit", "--pid", String(node.pid), `--nofile=${files}:`]);
    const limits = await Deno.readTextFile(`/proc/${node.pid}/limits`);
    const most = Number(/^Max open files +(\d+)/m.exec(limits)?.[1]);
    // Work leaves a quarter of what an idle daemon does not need.
    await squeeze(descriptors(node.pid) + 1);
    await node.seen(/Cannot run script chk: .*Too many open files, its last result counts/);
    const before = await runs();
    const from = node.lines.length;
    node.signal("SIGHUP");
    await node.seen(/Reloading/, { from });
    node.signal("SIGUSR1");
    await squeeze(descriptors(node.pid));
    node.signal("SIGHUP");
    await node.seen(/Reloading/, { from: from + 1 });
    // A few attempts later.
    await until("it goes on", () => node.lines.length > 0 && node.status === undefined);
    assert.ok(await lab.has("node", VIP));
    await squeeze(most);
    await until("the script runs again", async () => await runs() > before);
    assert.ok(await lab.has("node", VIP));
    const bad = node.lines.filter(({ text }) =>
      /FAULT|chk\) failed|panick|Internal error/.test(text)
    );
    assert.deepEqual(bad.map(({ text }) => text), []);
    const said = node.lines.filter(({ text }) => /Cannot run script chk/.test(text));
    assert.equal(said.length, 1);
    assert.equal((await node.stop()).code, 0);
  },
);

labTest(
  "a dump that cannot be put in place, leaves no file behind",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await Deno.mkdir(`${lab.dir}/dumps/keepalived.data`, { recursive: true });
    const wrap = ["env", `TMPDIR=${lab.dir}/dumps`];
    const node = await startNode(lab, "node", { kind: "holdfast", config: config({}), wrap });
    await lab.owned(VIP, "node", AMONG);
    for (let times = 1; times <= 3; times++) {
      node.signal("SIGUSR1");
      await until(
        "it is said",
        () =>
          node.lines.filter(({ text }) => /Cannot write .*keepalived.data/.test(text)).length >=
            times,
      );
    }
    const names = Array.from(Deno.readDirSync(`${lab.dir}/dumps`), ({ name }) => name);
    assert.deepEqual(names, ["keepalived.data"]);
  },
);

/** Ports on which somebody in a host listens. */
async function ports(lab: Lab): Promise<string> {
  return (await lab.run("node", ["ss", "-Hltn"])).stdout;
}

labTest(
  "SIGUSR1, writes a dump and opens no port to a debugger",
  ["ss"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const wrap = ["env", `TMPDIR=${lab.dir}`];
    const node = await startNode(lab, "node", { kind: "holdfast", config: config({}), wrap });
    await lab.owned(VIP, "node", AMONG);
    for (let times = 0; times < 3; times++) {
      await Deno.remove(`${lab.dir}/keepalived.data`).catch(() => {});
      node.signal("SIGUSR1");
      await text(`${lab.dir}/keepalived.data`);
      assert.equal(await ports(lab), "");
    }
  },
);

labTest(
  "at the limit of processes, no signal ends the daemon, dumps fail in words and the last results count",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await Deno.chmod(lab.dir, 0o777);
    const good = await script(lab, "good", `echo >> ${lab.dir}/runs; exit 0`);
    // Root has no such limit.
    const other = ["setpriv", "--reuid", "4321", "--regid", "4321", "--clear-groups"];
    const grants = ["--inh-caps", "+net_admin,+net_raw", "--ambient-caps", "+net_admin,+net_raw"];
    const wrap = ["env", `TMPDIR=${lab.dir}`, ...other, ...grants];
    const text1 = tracked(good).replace("script_user root", "");
    const node = await startNode(lab, "node", { kind: "holdfast", config: text1, wrap });
    await lab.owned(VIP, "node", AMONG);
    const limit = (most: string) =>
      lab.run("node", [...other, "prlimit", "--pid", String(node.pid), `--nproc=${most}:`]);
    const before = /^Max processes +(\S+)/m
      .exec(await Deno.readTextFile(`/proc/${node.pid}/limits`))?.[1] ?? "";
    await limit("1");
    await node.seen(/Cannot run script chk: .*Resource temporarily unavailable/);
    const runs = (await Deno.readTextFile(`${lab.dir}/runs`)).length;
    node.signal("SIGUSR1");
    await node.seen(/Cannot write .*keepalived.data: Resource temporarily unavailable/);
    node.signal("SIGUSR2");
    await node.seen(/Cannot write .*keepalived.stats: Resource temporarily unavailable/);
    const from = node.lines.length;
    node.signal("SIGHUP");
    await node.seen(/Reloading/, { from });
    assert.ok(await lab.has("node", VIP));
    await limit(before);
    await until(
      "the script runs again",
      async () => (await Deno.readTextFile(`${lab.dir}/runs`)).length > runs,
    );
    const bad = node.lines.filter(({ text }) => /FAULT|chk\) failed|Internal error/.test(text));
    assert.deepEqual(bad.map(({ text }) => text), []);
    assert.equal((await node.stop()).code, 0);
  },
);
