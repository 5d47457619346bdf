/** What is configured of the process itself, as the kernel shows it. */

import assert from "node:assert/strict";
import { executable, Lab, labTest, run, startNode, type Topology, until } from "../../lab/mod.ts";
import { Program } from "../../lab/program.ts";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.9.1/24"] } } },
};
const ROUTER = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 9
  priority 255
  virtual_ipaddress {
    10.8.9.100
  }
}
`;

/** A thread: its name, niceness, priority of real time (0: ordinary), processors. */
interface Thread {
  readonly name: string;
  readonly nice: number;
  readonly realTime: number;
  readonly processors: string;
}

async function threadsOf(pid: number): Promise<readonly Thread[]> {
  const tasks = Array.from(Deno.readDirSync(`/proc/${pid}/task`), ({ name }) => name);
  const found = await Promise.all(tasks.map(async (task) => {
    const [stat = "", status = ""] = await Promise.all(
      // It may have ended since.
      ["stat", "status"].map((file) =>
        Deno.readTextFile(`/proc/${pid}/task/${task}/${file}`).catch(() => "")
      ),
    );
    if (stat === "" || status === "") return [];
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return [{
      name: /\((.*)\)/s.exec(stat)?.[1] ?? "",
      nice: Number(fields[16]),
      realTime: Number(fields[37]),
      processors: /^Cpus_allowed_list:\t(.*)$/m.exec(status)?.[1] ?? "",
    }];
  }));
  return found.flat();
}

labTest(
  "the threads of a part, are run as its process is to be, and after a reload as they began",
  ["real-time"],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const config = `global_defs {
      process_names
      process_name director
      vrrp_rt_priority 7
      vrrp_no_swap
      checker_priority 5
      checker_cpu_affinity 0
    }
    ${ROUTER}`;
    const node = await startNode(lab, "node", { kind: "holdfast", config });
    await lab.owned("10.8.9.100", "node");
    const named = async (name: string) =>
      (await threadsOf(node.pid)).find((thread) => thread.name === name);
    await until("the thread of VRRP runs at real time", async () => {
      return (await named("keepalived_vrrp"))?.realTime === 7;
    });
    await until("the checkers' thread is nice and stays where it is to", async () => {
      const thread = await named("keepalived_lvs");
      return thread?.nice === 5 && thread.processors === "0" && thread.realTime === 0;
    });
    assert.equal((await named("director"))?.realTime, 7);
    assert.equal((await named("child"))?.realTime, 0);
    const locked = async () => {
      const status = await Deno.readTextFile(`/proc/${node.pid}/status`);
      return Number(/^VmLck:\s+(\d+)/m.exec(status)?.[1]);
    };
    await until("its program is locked in memory", async () => await locked() > 10_000);
    // Whoever runs the tests may be nice.
    const ordinary = (await threadsOf(Deno.pid))[0]?.nice;
    await lab.file("node.conf", ROUTER);
    await run(["kill", "-HUP", String(node.pid)]);
    await until("all are ordinary again, by the names they had", async () => {
      return (await threadsOf(node.pid)).every(({ realTime, nice, name }) =>
        realTime === 0 && nice === ordinary && !/director|keepalived_/.test(name)
      );
    }, { explain: async () => JSON.stringify(await threadsOf(node.pid)) + node.output });
    assert.equal(node.status, undefined);
  },
);

labTest(
  "net_namespace and instance, decide where it runs and where its files are",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const [tmp, saves] = [`${lab.dir}/dumps/`, `${lab.dir}/saves`];
    await Deno.mkdir(tmp);
    const instance = `test_${Deno.pid}`;
    const config = `net_namespace ${lab.netns("node")}
    instance ${instance}
    global_defs {
      script_user root
      data_use_instance
      json_version 2
      json_dump_file ${tmp}
      startup_script "/bin/cp /proc/self/net/dev ${lab.dir}/startup"
      shutdown_script "/bin/touch ${lab.dir}/shutdown"
      reload_check_config
      config_save_dir ${saves}
    }
    ${ROUTER}`;
    const file = await lab.file("moved.conf", config);
    const argv = [executable("holdfast"), "-n", "-l", "-D", "-f", file];
    // From outside, as a unit or a shell would.
    await using node = new Program("holdfast outside", argv, { env: {} });
    await lab.owned("10.8.9.100", "node");
    const pidFile = `/run/keepalived/keepalived_${instance}.pid`;
    assert.equal(Number(await Deno.readTextFile(pidFile)), node.pid);
    assert.match(await Deno.readTextFile(`${lab.dir}/startup`), /eth0:/);
    await run(["kill", "-36", String(node.pid)]);
    const json = `${tmp}keepalived.${lab.netns("node")}_${instance}.json`;
    const text = await until("the JSON dump is there", () => {
      return Deno.readTextFile(json).catch(() => undefined);
    });
    assert.equal(JSON.parse(text).vrrp[0].data.iname, "VI_1");
    await lab.file("moved.conf", config.replace("virtual_router_id 9", "virtual_router_id 9\nfoo"));
    await run(["kill", "-HUP", String(node.pid)]);
    await node.seen(/Cannot reload: it does not pass the test, by status 5/);
    assert.equal(Array.from(Deno.readDirSync(saves)).length, 2);
    node.signal("SIGTERM");
    assert.equal((await node.end()).code, 0);
    await Deno.stat(`${lab.dir}/shutdown`);
    await assert.rejects(Deno.stat(pidFile), Deno.errors.NotFound);
  },
);
