/** Starts that must not be, requests in bursts, and ends that leave nothing behind. */

import assert from "node:assert/strict";
import { executable, Lab, labTest, run, startNode, type Topology, until } from "../../lab/mod.ts";

const VIP = "10.8.8.100";
const AMONG = { among: ["node"] } as const;

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

function owner(vips: readonly string[], more = ""): string {
  return `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 8
    priority 255
    virtual_ipaddress {
        ${vips.join("\n        ")}
    }
    ${more}
}
`;
}

/** Command lines of the processes in the host. */
async function processes(lab: Lab): Promise<readonly string[]> {
  const { stdout } = await run(["ip", "netns", "pids", lab.netns("node")]);
  const pids = stdout.split("\n").filter((line) => line !== "");
  const commands = pids.map(async (pid) => {
    const text = await Deno.readTextFile(`/proc/${pid}/cmdline`).catch(() => "");
    return text.replaceAll("\0", " ").trim();
  });
  return (await Promise.all(commands)).filter((command) => command !== "");
}

labTest(
  "without privileges, a start is refused with 4 and says which are missing (cli.tsv)",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = await lab.file("node.conf", owner([VIP]));
    const drop = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
    const flags = ["-n", "-l", "-G", "-f", config, "-p", `${lab.dir}/node.pid`];
    const argv = [...drop, executable("holdfast"), ...flags];
    const { code, stderr } = await lab.run("node", argv, { check: false });
    assert.equal(code, 4, stderr);
    assert.match(stderr, /Cannot run without CAP_NET_ADMIN and CAP_NET_RAW/);
    assert.equal(await Deno.stat(`${lab.dir}/node.pid`).catch(() => undefined), undefined);
  },
);

labTest(
  "SIGHUP fifty times in a burst, the last configuration counts and the master stays",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const node = await startNode(lab, "node", { kind: "holdfast", config: owner([VIP]) });
    await lab.owned(VIP, "node", AMONG);
    for (let times = 1; times <= 50; times++) {
      const next = await lab.file("next.conf", owner([VIP, `10.8.8.${100 + times}`]));
      // In one piece, as editors and deployment tools do.
      await Deno.rename(next, `${lab.dir}/node.conf`);
      node.signal("SIGHUP");
    }
    await lab.owned("10.8.8.150", "node", AMONG);
    const ours = async () =>
      (await lab.addresses("node")).filter((line) => line.includes("/32")).length;
    await until("what was in between is gone", async () => await ours() === 2 || undefined);
    assert.ok(await lab.has("node", VIP));
    assert.equal(node.output.match(/Entering/g)?.length, 1, node.output);
  },
);

labTest(
  "the terminal closed, the daemon goes on and leaves cleanly",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = await lab.file("node.conf", owner([VIP]));
    const pidFile = `${lab.dir}/node.pid`;
    const command = `${executable("holdfast")} -n -l -D -G -f ${config} -p ${pidFile}`;
    // `head` closes the pipe after the first line.
    const pipe = `{ ${command} <&-; echo "ended with $?" > ${lab.dir}/ended; } 2>&1 | head -1`;
    lab.start("node", ["sh", "-c", pipe]);
    await lab.owned(VIP, "node", AMONG);
    const pid = Number(await Deno.readTextFile(pidFile));
    const next = owner([VIP, "10.8.8.101"]);
    await lab.file("node.conf", next);
    Deno.kill(pid, "SIGHUP");
    await lab.owned("10.8.8.101", "node", AMONG);
    Deno.kill(pid, "SIGTERM");
    const ended = () => Deno.readTextFile(`${lab.dir}/ended`).catch(() => undefined);
    assert.equal(await until("it ends", ended), "ended with 0\n");
    assert.ok(!(await lab.has("node", VIP)));
  },
);

labTest(
  "SIGTERM while scripts hang, ends them with the daemon: those asked at once, those told after a second",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = `vrrp_script asked {
    script "/bin/sleep 1111"
    interval 100
    weight -10
}
` + owner([VIP], 'track_script {\n        asked\n    }\n    notify_stop "/bin/sleep 2222"')
        // An owner's priority has no use for a weight, and a script nobody follows is not run.
        .replace("priority 255", "priority 200");
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await lab.owned(VIP, "node", AMONG);
    await until(
      "the script runs",
      async () => /sleep 1111/.test((await processes(lab)).join("\n")),
    );
    node.signal("SIGTERM");
    await until(
      "the notify script runs",
      async () => /sleep 2222/.test((await processes(lab)).join("\n")),
    );
    assert.equal((await node.end()).code, 0);
    await until("nothing is left", async () => (await processes(lab)).length === 0, {
      explain: async () => (await processes(lab)).join("\n"),
    });
  },
);
