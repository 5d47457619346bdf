/**
 * All 64 signals: none ends or stops a master by a default; those that end it do so with a farewell
 * and leave no address behind, also those that say that it crashed. What its scripts inherit is what
 * a program started by hand has.
 */

import assert from "node:assert/strict";
import {
  Capture,
  executable,
  Lab,
  labTest,
  run,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";
import { ROOT } from "../../lab/node.ts";
import { VIP as CRASH_VIP } from "./crash_plan.ts";

const VIP = "10.8.8.100";
const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};
const CONFIG = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 8
  priority 255
  virtual_ipaddress {
    ${VIP}
  }
}`;

const [KILL, STOP] = [9, 19];
/** SIGTERM and SIGINT: a clean stop. */
const STOPS = [15, 2];
/** SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE: the program is broken, or is to leave a core dump. */
const CRASHES: Readonly<Record<number, string>> = {
  6: "SIGABRT",
  11: "SIGSEGV",
  7: "SIGBUS",
  4: "SIGILL",
  8: "SIGFPE",
};

/** SIGRTMIN+3: another run goes on, and what comes before it has begun is lost; restart_test.ts has it. */
const RESTART = 37;

/** All that leave it as it is, or ask for a reload or a dump. */
const HARMLESS = Array.from({ length: 64 }, (_, index) => index + 1)
  .filter((number) => ![KILL, STOP, RESTART, ...STOPS].includes(number) && !(number in CRASHES));

function send(number: number, pid: number) {
  return run(["kill", `-${number}`, String(pid)]);
}

/** One line of /proc/PID/status. */
function statusLine(text: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? "";
}

async function isStopped(pid: number): Promise<boolean> {
  return statusLine(await Deno.readTextFile(`/proc/${pid}/status`), "State").startsWith("T");
}

/** Waits for two adverts that were sent after now. */
async function advertises(capture: Capture): Promise<void> {
  const from = capture.lines.length;
  const adverts = () => capture.lines.slice(from).filter((line) => /prio 255/.test(line));
  await until("it advertises", () => adverts().length >= 2);
}

/** Sends every harmless signal to a master, which goes on; what was asked for is there afterwards. */
async function survives(
  { lab, capture, pid, tmp }: {
    readonly lab: Lab;
    readonly capture: Capture;
    readonly pid: number;
    readonly tmp: string;
  },
): Promise<void> {
  await advertises(capture);
  for (const number of HARMLESS) {
    await send(number, pid);
    assert.equal(await isStopped(pid), false, `signal ${number} stops it`);
  }
  await advertises(capture);
  assert.deepEqual(await lab.owners(VIP), ["node"]);
  for (const name of ["keepalived.data", "keepalived.stats", "keepalived.json"]) {
    await until(
      `${name} is written`,
      () => Deno.stat(`${tmp}/${name}`).then(() => true, () => false),
    );
  }
  const [instance] = JSON.parse(await Deno.readTextFile(`${tmp}/keepalived.json`));
  assert.equal(instance.data.iname, "VI_1");
  assert.equal(instance.data.state, 2);
  // What came before SIGRTMAX-1 is not counted any more.
  await send(63, pid);
  await until("the counters begin anew", async () => {
    await send(36, pid);
    const [{ stats }] = JSON.parse(await Deno.readTextFile(`${tmp}/keepalived.json`));
    return stats.become_master === 0 && stats.advert_sent < 20;
  });
}

async function watched(lab: Lab): Promise<Capture> {
  return await Capture.start(lab, "switch", { ifname: lab.bridge("lan"), filter: "ip proto 112" });
}

async function tmpOf(lab: Lab): Promise<string> {
  const tmp = `${lab.dir}/tmp`;
  await Deno.mkdir(tmp);
  return tmp;
}

labTest(
  "signals, every one that is no end, leaves a master in the foreground in service",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await watched(lab);
    const tmp = await tmpOf(lab);
    const wrap = ["env", `TMPDIR=${tmp}`];
    const node = await startNode(lab, "node", { kind: "holdfast", config: CONFIG, wrap });
    await lab.owned(VIP, "node");
    await survives({ lab, capture, pid: node.pid, tmp });
    await node.seen(/Ignored SIGALRM/);
    await node.seen(/Ignored SIGTSTP/);
    await node.seen(/Ignored signal 40/);
    assert.equal(node.status, undefined);
  },
);

labTest(
  "signals, every one that is no end, leaves a master in the background in service",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await watched(lab);
    const tmp = await tmpOf(lab);
    const [file, pidFile] = [await lab.file("node.conf", CONFIG), `${lab.dir}/node.pid`];
    const flags = ["-G", "-f", file, "-p", pidFile];
    await lab.run("node", ["env", `TMPDIR=${tmp}`, executable("holdfast"), ...flags]);
    const pid = Number(await Deno.readTextFile(pidFile));
    await lab.owned(VIP, "node");
    await survives({ lab, capture, pid, tmp });
    await send(15, pid);
    await until("nobody has the address", async () => (await lab.owners(VIP)).length === 0);
    await until("it has ended", () => Deno.stat(`/proc/${pid}`).then(() => false, () => true));
  },
);

/** Waits until a program has taken over its signals: before that they have their defaults. */
async function holdsSignals(pid: number): Promise<void> {
  await until("it holds its signals", async () => {
    const text = await Deno.readTextFile(`/proc/${pid}/status`);
    const caught = BigInt(`0x${statusLine(text, "SigCgt")}`);
    return HARMLESS.filter((number) => number >= 40).every((number) => {
      return (caught >> BigInt(number - 1) & 1n) === 1n;
    });
  });
}

labTest(
  "signals, every one that is no end, changes neither a start nor a reload nor a stop",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await watched(lab);
    const wrap = ["env", `TMPDIR=${await tmpOf(lab)}`];
    // It is stopping for as long as this takes, a second at most.
    const script = 'notify_stop "/bin/sleep 0.8"';
    const config = `global_defs {
      script_user root
    }
    ${CONFIG.replace("priority 255", `priority 255\n  ${script}`)}`;
    const node = await startNode(lab, "node", { kind: "holdfast", config, wrap });
    await holdsSignals(node.pid);
    const sendAll = async () => {
      for (const number of HARMLESS) {
        await run(["kill", `-${number}`, String(node.pid)], { check: false });
      }
    };
    await sendAll();
    await lab.owned(VIP, "node");
    await send(1, node.pid);
    await sendAll();
    await advertises(capture);
    await send(15, node.pid);
    await sendAll();
    const status = await node.end();
    assert.deepEqual([status.code, status.signal], [0, null]);
    assert.deepEqual(await lab.owners(VIP), []);
    await until("it says farewell", async () => (await capture.adverts()).at(-1)?.priority === 0);
  },
);

labTest(
  "signals, SIGTERM while a large configuration is read again, ends it at once",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await watched(lab);
    const node = await startNode(lab, "node", { kind: "holdfast", config: CONFIG });
    await lab.owned(VIP, "node");
    await advertises(capture);
    const server = "virtual_server 10.0.0.1 80 {\n  protocol TCP\n  qourum 1\n}\n";
    await lab.file("node.conf", `${CONFIG}\n${server.repeat(30_000)}`);
    await send(1, node.pid);
    await node.seen(/Reloading/);
    await send(15, node.pid);
    const status = await node.end();
    assert.deepEqual([status.code, status.signal], [0, null]);
    assert.deepEqual(await lab.owners(VIP), []);
    // Reading has a thread of its own, and nobody waits for it.
    assert.equal(node.lines.some(({ text }) => text.includes("qourum")), false);
    await until("it says farewell", async () => (await capture.adverts()).at(-1)?.priority === 0);
  },
);

labTest(
  "signals, each that is an end, is one with a farewell and without an address left",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await watched(lab);
    for (const number of [...STOPS, ...Object.keys(CRASHES).map(Number)]) {
      const name = `end-${number}`;
      const node = await startNode(lab, "node", { kind: "holdfast", config: CONFIG, name });
      await lab.owned(VIP, "node");
      await advertises(capture);
      await send(number, node.pid);
      const status = await node.end();
      const crash = CRASHES[number];
      if (crash === undefined) assert.deepEqual([status.code, status.signal], [0, null]);
      else assert.equal(status.signal, crash);
      assert.deepEqual(await lab.owners(VIP), [], `${name} left the address`);
      await until(`${name} says farewell`, async () => {
        return (await capture.adverts()).at(-1)?.priority === 0;
      });
    }
  },
);

labTest(
  "signals, a crash of the process, says farewell and withdraws the address first",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await watched(lab);
    const { stdout } = await lab.run("node", ["cat", "/sys/class/net/eth0/ifindex"]);
    for (const [how, signal] of [["abort", "SIGABRT"], ["segv", "SIGSEGV"]] as const) {
      const script = `${ROOT}/tests/netns/leaving/crash_node.ts`;
      const argv = [Deno.execPath(), "run", "-A", script, how, stdout.trim(), "eth0"];
      const node = lab.start("node", argv, { name: how });
      await node.seen(/^master done$/, { limit: 60_000 });
      await lab.owned(CRASH_VIP, "node");
      node.signal("SIGUSR1");
      await node.seen(/^crashes$/);
      assert.equal((await node.end()).signal, signal);
      assert.deepEqual(await lab.owners(CRASH_VIP), []);
      await until(`${how} says farewell`, async () => {
        return (await capture.adverts()).at(-1)?.priority === 0;
      });
    }
  },
);

labTest(
  "signals that were ignored or blocked when it was started, are heeded, and scripts get defaults",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const found = `${lab.dir}/found`;
    const probe = `#!/bin/sh\ncat /proc/self/status > ${found}.new && mv ${found}.new ${found}\n`;
    const script = await lab.file("probe", probe, { mode: 0o755 });
    const config = `global_defs {
      script_user root
    }
    ${CONFIG.replace("priority 255", `priority 255\n  notify_master ${script}`)}`;
    const wrap = ["env", "--ignore-signal", "--block-signal"];
    const node = await startNode(lab, "node", { kind: "holdfast", config, wrap });
    await lab.owned(VIP, "node");
    const status = await until("the script has run", () => {
      return Deno.readTextFile(found).catch(() => undefined);
    });
    assert.equal(BigInt(`0x${statusLine(status, "SigBlk")}`), 0n);
    assert.equal(BigInt(`0x${statusLine(status, "SigIgn")}`), 0n);
    await send(15, node.pid);
    assert.equal((await node.end()).code, 0);
    assert.deepEqual(await lab.owners(VIP), []);
  },
);
