/** The one executable alone: a root folder with nothing but the C library, read-only, nothing executable elsewhere. */

import assert from "node:assert/strict";
import { Lab, labTest, oneFile, type Requirement, type Topology, until } from "../lab/mod.ts";
import { type EmptyHost, emptyHost } from "./empty_host.ts";

const VIP = "10.9.8.100";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.9.8.1/24"] } } },
  peer: { links: { eth0: { network: "lan", addresses: ["10.9.8.2/24"] } } },
};

const OWNER = `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 9
    priority 255
    advert_int 1
    virtual_ipaddress {
        ${VIP}/24
    }
}
`;

const FILES = { "bad.conf": "global_defs {\nroutr_id a\n}\n", "owner.conf": OWNER };

const NEEDS: readonly Requirement[] = ["one-file", "ldd"];

const DAEMON = ["-l", "-D", "-f", "/etc/owner.conf", "-p", "/run/hf.pid"];

async function inEmptyHost(test: (lab: Lab, host: EmptyHost) => Promise<void>): Promise<void> {
  await using lab = await Lab.create(TOPOLOGY);
  await test(lab, await emptyHost(lab, oneFile(), FILES));
}

labTest(
  "in an empty host, -t and the commands find mistakes, and nothing is written",
  NEEDS,
  () =>
    inEmptyHost(async (lab, host) => {
      const ended = async (...words: readonly string[]) =>
        await lab.run("node", host.argv(["/bin/holdfast", ...words]), { check: false });
      const test = await ended("-t", "-f", "/etc/bad.conf");
      assert.equal(test.code, 5, test.stderr);
      assert.match(test.stderr, /bad\.conf:2:1: error: .*did you mean router_id/);
      const check = await ended("check", "/etc/bad.conf");
      assert.equal(check.code, 5, check.stderr);
      assert.match(check.stdout, /1 error in 1 file/);
      const neat = await ended("fmt", "/etc/bad.conf");
      assert.equal(neat.stdout, "global_defs {\n    routr_id a\n}\n");
      assert.match((await ended("--licenses")).stdout, /^holdfast is under the Apache License/);
      assert.match((await ended("explain", "advert_int")).stdout, /Interval between adverts/);
      for (const folder of ["/tmp", "/run"]) {
        assert.deepEqual([...Deno.readDirSync(host.path(folder))], []);
      }
    }),
);

labTest(
  "in an empty host, the daemon becomes master, and leaves nothing behind",
  NEEDS,
  () =>
    inEmptyHost(async (lab, host) => {
      const node = lab.start("node", host.argv(["/bin/holdfast", "-n", ...DAEMON]));
      await lab.owned(VIP, "node");
      assert.equal((await node.stop()).code, 0, node.output);
      assert.deepEqual(await lab.owners(VIP), []);
      for (const folder of ["/tmp", "/run"]) {
        assert.deepEqual([...Deno.readDirSync(host.path(folder))], []);
      }
    }),
);

labTest(
  "called as keepalived without -n, it goes to the background by that name and with that environment",
  NEEDS,
  () =>
    inEmptyHost(async (lab, host) => {
      const words = host.argv(["/bin/keepalived", "-G", ...DAEMON], { FOO: "bar" });
      assert.equal((await lab.run("node", words)).code, 0);
      const pid = Number(await Deno.readTextFile(host.path("/run/hf.pid")));
      try {
        await lab.owned(VIP, "node");
        const about = async (what: string) => await Deno.readTextFile(`/proc/${pid}/${what}`);
        assert.equal(await about("comm"), "keepalived\n");
        assert.match(await about("cmdline"), /^\/bin\/keepalived\0-G\0-l\0/);
        const environment = (await about("environ")).split("\0");
        assert.ok(environment.includes("FOO=bar"), environment.join(" "));
        assert.deepEqual(environment.filter((each) => /^(DENO|NODE|HOME|PATH)/.test(each)), []);
      } finally {
        Deno.kill(pid, "SIGTERM");
      }
      await until("the daemon has ended", () => {
        try {
          Deno.statSync(`/proc/${pid}`);
          return false;
        } catch {
          return true;
        }
      });
      assert.deepEqual(await lab.owners(VIP), []);
    }),
);

labTest(
  "on a terminal, nothing is printed but the log",
  [...NEEDS, "script"],
  () =>
    inEmptyHost(async (lab, host) => {
      const words = host.argv(["/bin/holdfast", "-n", "-G", ...DAEMON]).join(" ");
      const node = lab.start("node", [
        "script",
        "--quiet",
        "--return",
        "--command",
        words,
        "/dev/null",
      ]);
      await node.seen(/MASTER STATE/);
      // What the runtime says of its own folders comes from threads, and is there by the end.
      Deno.kill(Number(await Deno.readTextFile(host.path("/run/hf.pid"))), "SIGTERM");
      await node.end();
      const lines = node.lines.map(({ text }) => text.trim()).filter((text) => text !== "");
      assert.deepEqual(lines.filter((text) => !/^\S+ \S+ Keepalived\w*: /.test(text)), []);
    }),
);

for (const level of [1, 2]) {
  labTest(`with vm.memfd_noexec ${level}, the core is loaded all the same`, [
    ...NEEDS,
    "memfd_noexec",
  ], () =>
    inEmptyHost(async (lab, host) => {
      // The setting belongs to a process namespace, so it is one of its own.
      const script =
        `mount -t proc proc /proc && echo ${level} > /proc/sys/vm/memfd_noexec && exec "$@"`;
      const wrap = [
        "unshare",
        "--pid",
        "--fork",
        "--kill-child",
        "--mount",
        "sh",
        "-c",
        script,
      ];
      const argv = [...wrap, "sh", ...host.argv(["/bin/holdfast", "-n", ...DAEMON])];
      const node = lab.start("node", argv);
      await lab.owned(VIP, "node");
      // Its child, the first of its namespace, goes with it; other signals unshare does not heed.
      node.signal("SIGKILL");
      await node.end();
    }));
}

labTest(
  "a core that cannot be loaded, is told with its file",
  NEEDS,
  () =>
    inEmptyHost(async (lab, host) => {
      const argv = host.argv(["/bin/holdfast", "-n", ...DAEMON], {
        HOLDFAST_CORE: "/etc/owner.conf",
      });
      const { code, stderr } = await lab.run("node", argv, { check: false });
      assert.equal(code, 1);
      assert.match(stderr, /^Cannot load the core from \/etc\/owner\.conf: /);
    }),
);
