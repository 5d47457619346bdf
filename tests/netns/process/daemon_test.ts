/** The daemon as a process: background, reload by difference, dumps, what stays behind at exit. */

import assert from "node:assert/strict";
import {
  beat,
  Capture,
  executable,
  Lab,
  labTest,
  type Program,
  startNode,
  type Topology,
  until,
} from "../../lab/mod.ts";

const VIP = "10.8.8.100";
const SECOND_VIP = "10.8.8.101";

/** Between adverts, in s. */
const BEAT = await beat();

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
  peer: { links: { eth0: { network: "lan", addresses: ["10.8.8.2/24"] } } },
};

/** An owner of its addresses: master at once, so that no test waits for an election. */
function owner(vips: readonly string[], more = ""): string {
  return `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 8
    priority 255
    advert_int ${BEAT}
    virtual_ipaddress {
        ${vips.join("\n        ")}
    }
    ${more}
}
`;
}

/** A file whose content matches, waited for. */
function fileWith(path: string, pattern: RegExp): Promise<string> {
  return until(`${path} matches ${pattern}`, async () => {
    try {
      const text = await Deno.readTextFile(path);
      return pattern.test(text) ? text : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  });
}

async function reloaded(lab: Lab, node: Program, config: string): Promise<void> {
  const from = node.lines.length;
  await lab.file("node.conf", config);
  node.signal("SIGHUP");
  await node.seen(/Reloading/, { from });
}

labTest(
  "SIGHUP without a change, an instance stays master and adverts go on at their pace (seed 001)",
  ["tcpdump", "tshark"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "vrrp" });
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]) });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    await until("two adverts", async () => (await capture.adverts()).length >= 2 || undefined);
    const before = node.lines.length;
    for (let times = 0; times < 5; times++) await reloaded(lab, node, owner([VIP]));
    const seen = (await capture.adverts()).length;
    await until(
      "adverts go on",
      async () => (await capture.adverts()).length >= seen + 3 || undefined,
    );
    const adverts = await capture.adverts();
    const gaps = adverts.slice(1).map((advert, index) => advert.at - (adverts[index]?.at ?? 0));
    assert.ok(Math.max(...gaps) < 1_900 * BEAT, `an advert was missed: ${gaps.join(" ")} ms`);
    assert.ok(adverts.every((advert) => advert.priority === 255));
    assert.deepEqual(node.lines.slice(before).filter(({ text }) => /STATE/.test(text)), []);
    assert.ok(await lab.has("node", VIP));
  },
);

labTest(
  "SIGHUP with an address added and another removed, only those change",
  ["tcpdump"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    await using capture = await Capture.start(lab, "peer", { ifname: "eth0", filter: "arp" });
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]) });
    await capture.seen(new RegExp(`tell ${VIP}`));
    await reloaded(lab, node, owner([VIP, SECOND_VIP]));
    await lab.owned(SECOND_VIP, "node", { among: ["node", "peer"] });
    await capture.seen(new RegExp(`tell ${SECOND_VIP}`));
    await reloaded(lab, node, owner([SECOND_VIP]));
    await until("the first is gone", async () => !(await lab.has("node", VIP)) || undefined);
    assert.ok(await lab.has("node", SECOND_VIP));
  },
);

labTest(
  "SIGHUP with a file that is gone, the running configuration stays",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]) });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    await Deno.remove(`${lab.dir}/node.conf`);
    node.signal("SIGHUP");
    await node.seen(/Cannot reload/);
    assert.ok(await lab.has("node", VIP));
  },
);

labTest(
  "SIGHUP with a file that is empty, cut off, or loses the instance by mistake, the running configuration stays; the whole file counts",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]) });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    const whole = owner([VIP, SECOND_VIP]);
    const broken: readonly (readonly [string, RegExp])[] = [
      ["", /Cannot reload: the file configures nothing/],
      [whole.slice(0, whole.indexOf(VIP)), /Cannot reload: a block without its "}"/],
      [
        whole.replace("interface", "interfcae"),
        /Cannot reload: by its errors .* vrrp_instance VI_1/,
      ],
    ];
    for (const [config, refusal] of broken) {
      const from = node.lines.length;
      await lab.file("node.conf", config);
      node.signal("SIGHUP");
      await node.seen(refusal, { from });
      assert.ok(await lab.has("node", VIP), `${refusal}`);
    }
    // Whoever writes the file ends while it is waited for.
    const from = node.lines.length;
    await lab.file("node.conf", "");
    node.signal("SIGHUP");
    await node.seen(/Waiting for the rest/, { from });
    await lab.file("node.conf", whole);
    await lab.owned(SECOND_VIP, "node", { among: ["node", "peer"] });
    assert.equal(node.output.match(/Entering/g)?.length, 1, node.output);
  },
);

/** A stretch of `/proc/PID/maps`: its permissions, and the path of what is mapped. */
const MAPPING = /^[\da-f]+-[\da-f]+ (\S{4}) \S+ \S+ \S+ *(.*)$/gm;

labTest(
  "a running node, shares no mapped file with other programs: who cuts it would end the node by SIGBUS",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]) });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    const maps = await Deno.readTextFile(`/proc/${node.pid}/maps`);
    const mapped = Array.from(
      maps.matchAll(MAPPING),
      ([, mode = "", path = ""]) => ({ mode, path }),
    );
    assert.ok(mapped.some(({ path }) => path.startsWith("/")), "its own program is mapped");
    const shared = mapped.filter(({ mode, path }) =>
      mode.endsWith("s") && /^\/(?!dev\/|memfd:)/.test(path)
    );
    assert.deepEqual(shared, []);
  },
);

labTest(
  "SIGTERM with -V, addresses stay; the next run without it takes them over and removes them",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = owner([VIP]);
    const first = await startNode(lab, "node", { kind: "holdfast", config, flags: ["-V"] });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    assert.equal((await first.stop()).code, 0);
    assert.ok(await lab.has("node", VIP));
    const second = await startNode(lab, "node", { kind: "holdfast", config, name: "second" });
    await second.seen(/MASTER/);
    assert.equal((await second.stop()).code, 0);
    assert.ok(!(await lab.has("node", VIP)));
  },
);

labTest(
  "SIGUSR1 and SIGUSR2, write keepalived's dumps with the adverts of the standing order counted",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const wrap = ["env", `TMPDIR=${lab.dir}`];
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]), wrap });
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
    node.signal("SIGUSR1");
    await fileWith(`${lab.dir}/keepalived.data`, /VRRP Instance = VI_1[\s\S]*State = MASTER/);
    await until("an advert is counted", async () => {
      node.signal("SIGUSR2");
      const text = await fileWith(`${lab.dir}/keepalived.stats`, /VRRP Instance: VI_1/);
      return Number(/Sent: (\d+)/.exec(text)?.[1]) >= 2 || undefined;
    });
  },
);

labTest(
  "without -n, goes to the background with a pid file and leaves by SIGTERM",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = await lab.file("node.conf", owner([VIP]));
    const pidFile = `${lab.dir}/background.pid`;
    const logFile = `${lab.dir}/background.log`;
    const flags = ["-D", "-G", "-g", logFile, "-f", config, "-p", pidFile];
    const outcome = await lab.run("node", [executable("holdfast"), ...flags]);
    assert.equal(outcome.code, 0, outcome.stderr);
    const pid = Number(await Deno.readTextFile(pidFile));
    try {
      await lab.owned(VIP, "node", { among: ["node", "peer"] });
      const again = await lab.run("node", [executable("holdfast"), "-n", "-l", ...flags], {
        check: false,
      });
      assert.equal(again.code, 1);
      assert.match(again.stderr, /still running/);
    } finally {
      Deno.kill(pid, "SIGTERM");
    }
    await fileWith(logFile, /Stopped holdfast/);
    await until("the pid file is gone", async () => {
      const found = await Deno.stat(pidFile).catch(() => undefined);
      return found === undefined || undefined;
    });
    assert.ok(!(await lab.has("node", VIP)));
  },
);

labTest(
  "a full disk below the pid files, is said and holds up no start",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const full = `${lab.dir}/full`;
    await Deno.mkdir(full);
    // `ip netns exec` gives it mounts of its own, which go with it.
    const fill = `mount -t tmpfs -o size=4k full ${full} && head -c 4096 /dev/zero > ${full}/rest`;
    const wrap = ["sh", "-c", `${fill} && exec "$@"`, "sh"];
    const flags = ["-p", `${full}/main.pid`, "-r", `${full}/vrrp.pid`];
    const plan = { kind: "holdfast", config: owner([VIP]), wrap, flags } as const;
    const node = await startNode(lab, "node", plan);
    for (const file of ["main", "vrrp"]) {
      await node.seen(
        new RegExp(`Cannot write the pid file ${full}/${file}\\.pid: .*no space left`, "i"),
      );
    }
    await lab.owned(VIP, "node", { among: ["node", "peer"] });
  },
);

labTest(
  "a missing configuration, a start is refused with 6 and -t ends with 0 (grammar.md §13)",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const flags = ["-n", "-l", "-f", `${lab.dir}/absent.conf`, "-p", `${lab.dir}/absent.pid`];
    const code = async (...more: readonly string[]) =>
      (await lab.run("node", [executable("holdfast"), ...more, ...flags], { check: false })).code;
    assert.equal(await code(), 6);
    assert.equal(await code("-t"), 0);
  },
);

labTest(
  "notify scripts, are run with keepalived's arguments in the order of the states",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const record = `${lab.dir}/notified`;
    const script = await lab.file("notify.sh", `#!/bin/sh\necho "$@" >> ${record}\n`);
    await Deno.chmod(script, 0o755);
    const notify =
      `notify_master "${script} own argument"\n    notify ${script}\n    notify_stop "${script} stopped"`;
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP], notify) });
    await fileWith(record, /MASTER/);
    await node.stop();
    const text = await fileWith(record, /STOP/);
    assert.deepEqual(text.trim().split("\n"), [
      "own argument",
      "INSTANCE VI_1 MASTER 255",
      "stopped",
      "INSTANCE VI_1 STOP 255",
    ]);
  },
);
