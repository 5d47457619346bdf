/**
 * What reading a configuration costs: `-t` of both programs as whole processes on large files, by turns, and the
 * stages of our reader in lines a second. Run by `scripts/bench config [rounds]`; needs keepalived, not root.
 */

import { hostFacts, systemFiles } from "../../src/daemon/source_files.ts";
import { bindTable, buildTree, preprocess } from "../../src/config/mod.ts";
import { readConfig } from "../../src/document/config.ts";
import { ROOT } from "../../src/document/root_table.ts";
import { executable } from "../netns/mod.ts";
import { median } from "./report.ts";

/** Virtual servers, each with four checked real servers. */
export function serverFile(count: number): string {
  const real = (server: number, index: number) =>
    `    real_server 192.168.${server % 250}.${index + 1} ${1000 + server} {\n        weight 1\n` +
    "        TCP_CHECK {\n            connect_timeout 3\n            retry 3\n" +
    "            delay_before_retry 3\n        }\n    }\n";
  return Array.from(
    { length: count },
    (_, server) =>
      `virtual_server 10.${Math.floor(server / 250) % 250}.${server % 250}.1 80 {\n` +
      "    delay_loop 6\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n" +
      [0, 1, 2, 3].map((index) => real(server, index)).join("") + "}\n\n",
  ).join("");
}

/** Instances on four interfaces. */
export function instanceFile(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `vrrp_instance VI_${index} {\n    state BACKUP\n    interface lo${index % 4}\n` +
      `    virtual_router_id ${
        Math.floor(index / 4) % 255 + 1
      }\n    priority 100\n    advert_int 1\n` +
      "    authentication {\n        auth_type PASS\n        auth_pass secret\n    }\n" +
      `    virtual_ipaddress {\n        10.${Math.floor(index / 250)}.${index % 250}.1/24\n` +
      `        10.${Math.floor(index / 250)}.${index % 250}.2/24\n    }\n}\n\n`,
  ).join("");
}

const FILES = [
  ["nothing", "global_defs {\n}\n"],
  ["1,000 instances", instanceFile(1000)],
  ["5,000 virtual servers with 20,000 real servers", serverFile(5000)],
] as const;

/** Wall time of one `-t`, ms. */
async function testRun(program: string, file: string): Promise<number> {
  const started = performance.now();
  await new Deno.Command(program, { args: ["-t", "-f", file], stdout: "null", stderr: "null" })
    .output();
  return performance.now() - started;
}

/** Lines a second of the first reading in a process, and of later ones; stages add up. */
function stages(file: string, rounds: number): readonly string[] {
  const report = () => {};
  const count = Deno.readTextFileSync(file).split("\n").length;
  return Array.from({ length: rounds }, (_, round) => {
    const marks = [performance.now()];
    const lines = preprocess(systemFiles(), { path: file, allConfig: false, report });
    marks.push(performance.now());
    const tree = buildTree(lines, ROOT, report);
    marks.push(performance.now());
    bindTable(tree, ROOT, { report });
    marks.push(performance.now());
    readConfig(file, systemFiles(), { host: hostFacts() });
    marks.push(performance.now());
    const rate = (from: number, to: number) =>
      Math.round(count / ((marks[to] ?? 0) - (marks[from] ?? 0)) * 1000).toLocaleString("en");
    return `reading ${round + 1}: lines ${rate(0, 1)}/s, blocks ${rate(1, 2)}/s, values ${
      rate(2, 3)
    }/s, together ${rate(0, 3)} lines/s; the whole configuration ${rate(3, 4)} lines/s`;
  });
}

async function main(): Promise<number> {
  const rounds = Number(Deno.args[0] ?? 9);
  const folder = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  try {
    for (const [name, text] of FILES) {
      const file = `${folder}/${name.replace(/\W/g, "-")}.conf`;
      await Deno.writeTextFile(file, text);
      const samples: Record<"holdfast" | "keepalived", number[]> = { holdfast: [], keepalived: [] };
      for (let round = 0; round < rounds; round++) {
        for (const kind of ["holdfast", "keepalived"] as const) {
          samples[kind].push(await testRun(executable(kind), file));
        }
      }
      const [ours, theirs] = [median(samples.holdfast), median(samples.keepalived)];
      print(
        `-t of ${name}, ${text.split("\n").length} lines: holdfast ${
          ours.toFixed(0)
        } ms, keepalived ${theirs.toFixed(0)} ms, ratio ${(ours / theirs).toFixed(2)}`,
      );
    }
    for (const line of stages(`${folder}/5-000-virtual-servers-with-20-000-real-servers.conf`, 4)) {
      print(line);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return 0;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(await main());
