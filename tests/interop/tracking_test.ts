/** What files and processes do to a priority, beside Debian's keepalived where it can be asked. */

import assert from "node:assert/strict";
import {
  type Kind,
  Lab,
  labTest,
  type Program,
  run,
  startNode,
  type Topology,
  until,
} from "../lab/mod.ts";

const TOPOLOGY: Topology = {
  node: { links: { eth0: { network: "lan", addresses: ["10.8.8.1/24"] } } },
};

/** Two instances that follow the same things, the second reversed. */
function config(dir: string): string {
  const instance = (name: string, vrid: number, reverse: string) =>
    `vrrp_instance ${name} {
  interface eth0
  virtual_router_id ${vrid}
  priority 100
  virtual_ipaddress {
    10.8.8.${100 + vrid}
  }
  track_file {
    weighed weight 2${reverse}
    plain weight 0${reverse}
  }
}`;
  return `global_defs {
  router_id lab
  script_user root
}
track_file weighed {
  file ${dir}/weighed
  init_file 3
}
track_file plain {
  file ${dir}/plain
  init_file 1 overwrite
  weight 0
}
${instance("VI_1", 1, "")}
${instance("VI_2", 2, " reverse")}`;
}

/** What is written, and what becomes of both instances: FAULT, or the effective priority. */
const STEPS: readonly {
  readonly file: "weighed" | "plain";
  readonly content?: string;
  readonly becomes: readonly [string, string];
}[] = [
  { file: "plain", content: "0\n", becomes: ["106", "FAULT"] },
  { file: "weighed", content: "5\n", becomes: ["110", "FAULT"] },
  { file: "plain", content: "-1", becomes: ["FAULT", "90"] },
  { file: "weighed", content: "0x10\n", becomes: ["FAULT", "68"] },
  { file: "weighed", content: "-126\n", becomes: ["FAULT", "254"] },
  { file: "plain", becomes: ["1", "FAULT"] },
  { file: "weighed", content: "-300\n", becomes: ["FAULT", "FAULT"] },
  { file: "weighed", content: "010 and more\n", becomes: ["116", "FAULT"] },
  { file: "weighed", content: "nothing\n", becomes: ["100", "FAULT"] },
  { file: "weighed", content: "7", becomes: ["114", "FAULT"] },
  { file: "weighed", becomes: ["100", "FAULT"] },
];

const KINDS: readonly Kind[] = ["holdfast", "keepalived"];

for (const kind of KINDS) {
  labTest(
    `${kind}: track_file, makes the file, and its number times the weight counts until it is gone`,
    ["keepalived"],
    async () => {
      await using lab = await Lab.create(TOPOLOGY);
      const tmp = `${lab.dir}/tmp`;
      await Deno.mkdir(tmp);
      await Deno.writeTextFile(`${lab.dir}/plain`, "0\n");
      const wrap = ["env", `TMPDIR=${tmp}`];
      const node = await startNode(lab, "node", { kind, config: config(lab.dir), wrap });
      // Only then are signals heard.
      await node.seen(/\(VI_1\) Entering/i);
      await becomes(node, tmp, ["FAULT", "94"]);
      assert.equal(await Deno.readTextFile(`${lab.dir}/weighed`), "3\n");
      assert.equal(await Deno.readTextFile(`${lab.dir}/plain`), "1\n");
      assert.equal((await Deno.stat(`${lab.dir}/weighed`)).mode ?? 0, 0o100600);
      for (const { file, content, becomes: expected } of STEPS) {
        const path = `${lab.dir}/${file}`;
        if (content === undefined) await Deno.remove(path);
        else await Deno.writeTextFile(path, content);
        await becomes(node, tmp, expected);
      }
      await Deno.writeTextFile(`${lab.dir}/weighed`, "99999999999\n");
      await node.seen(/Invalid number 99999999999 read from \S+weighed - ignoring/);
      await becomes(node, tmp, ["100", "FAULT"]);
    },
  );
}

/** Waits until both instances are as expected, by the dump. */
async function becomes(node: Program, tmp: string, expected: readonly string[]): Promise<void> {
  let seen: readonly string[] = [];
  await until(`they are ${expected.join(" and ")}`, async () => {
    seen = await dumped(node, tmp);
    return seen.join() === expected.join();
  }, { explain: () => `they are ${seen.join(" and ")}\n${node.output}` });
}

const FAULT = 3;

async function dumped(node: Program, tmp: string): Promise<readonly string[]> {
  const path = `${tmp}/keepalived.json`;
  await Deno.remove(path).catch(() => {});
  await run(["kill", "-36", String(node.pid)]);
  const found: readonly { readonly data: { state: number; effective_priority: number } }[] =
    await until("the dump is written", async () => {
      try {
        return JSON.parse(await Deno.readTextFile(path));
      } catch {
        return undefined;
      }
    });
  return found.map(({ data }) => data.state === FAULT ? "FAULT" : String(data.effective_priority));
}

labTest(
  "track_process, counts what runs, by name, arguments and quorum, and says so",
  [],
  async () => {
    await using lab = await Lab.create(TOPOLOGY);
    const tmp = `${lab.dir}/tmp`;
    await Deno.mkdir(tmp);
    // A name of this lab's own: processes of all namespaces are seen.
    const name = `hf${Deno.pid % 100_000}w`;
    const program = `${lab.dir}/${name}`;
    await Deno.copyFile("/bin/sleep", program);
    await Deno.chmod(program, 0o755);
    const tracker = (id: string, lines: readonly string[]) =>
      [`vrrp_track_process ${id} {`, ...lines, "}"].join("\n");
    const text = `global_defs {
  router_id lab
}
${tracker("any", [`process ${name}`, "weight 10"])}
${tracker("two", [`process ${name}`, "quorum 2", "weight 20"])}
${tracker("exact", [`process ${program} 100`, "weight 40"])}
${tracker("none", [`process ${program} 200`, "quorum_max 0", "weight 80"])}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 1
  priority 50
  virtual_ipaddress {
    10.8.8.101
  }
  track_process {
    any
    two
    exact
    none
  }
}`;
    const wrap = ["env", `TMPDIR=${tmp}`];
    const node = await startNode(lab, "node", { kind: "holdfast", config: text, wrap });
    await node.seen(/\(VI_1\) Entering/);
    await becomes(node, tmp, ["130"]);
    {
      await using _one = lab.start("node", [program, "100"]);
      await becomes(node, tmp, ["180"]);
      await node.seen(/Quorum gained for tracked process any/);
      {
        await using _two = lab.start("node", [program, "200"]);
        await becomes(node, tmp, ["120"]);
      }
      await node.seen(/Quorum lost for tracked process two/);
      await becomes(node, tmp, ["180"]);
    }
    await becomes(node, tmp, ["130"]);
  },
);
