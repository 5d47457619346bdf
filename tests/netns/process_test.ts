/** What is configured of the process itself, as the kernel shows it. */

import assert from "node:assert/strict";
import { Lab, labTest, run, startNode, type Topology, until } from "./mod.ts";

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
  [],
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
    const before = (await threadsOf(node.pid)).length;
    await lab.file("node.conf", ROUTER);
    await run(["kill", "-HUP", String(node.pid)]);
    await until("all are ordinary again, by the names they had", async () => {
      const threads = await threadsOf(node.pid);
      return threads.length <= before &&
        threads.every(({ realTime, nice, name }) =>
          realTime === 0 && nice === 0 && !/director|keepalived_/.test(name)
        );
    });
    assert.equal(node.status, undefined);
  },
);
