/**
 * What reading a configuration costs: `-t` of both programs as whole processes, by turns, and the stages of our
 * reader on one processor. Run by `scripts/bench config [ROUNDS] [--dry]`, which writes the section of
 * docs/BENCHMARKS.md; needs keepalived, not root.
 */

import { executable, type Kind, run } from "../lab/mod.ts";
import { CONFIG_FILES } from "./config_files.ts";
import type { Reading } from "./config_stages.ts";
import { configSection } from "./config_report.ts";
import { print, setting, writeSection } from "./document.ts";
import { ratio, type Row } from "./report.ts";

/** Readings in one process. */
const READINGS = 6;

/** One run of a command, which may find fault with the file. */
interface Sample {
  /** Wall time, ms. */
  readonly wall: number;
  /** Most memory it had at once, MiB. */
  readonly peak: number;
}

/** GNU time tells the most memory a process had, which the runtime cannot. */
async function sample(argv: readonly string[]): Promise<Sample> {
  const report = await Deno.makeTempFile({ prefix: "holdfast-bench-" });
  try {
    const args = ["--quiet", "--format", "%M", "--output", report, ...argv];
    const started = performance.now();
    await new Deno.Command("/usr/bin/time", { args, stdout: "null", stderr: "null" }).output();
    const wall = performance.now() - started;
    return { wall, peak: Number((await Deno.readTextFile(report)).trim()) / 1024 };
  } finally {
    await Deno.remove(report);
  }
}

/** Both programs by turns, so that a busy moment of the machine hits both. */
async function compare(name: string, file: string, rounds: number): Promise<readonly Row[]> {
  const wall: Record<Kind, number[]> = { holdfast: [], keepalived: [] };
  const peak: Record<Kind, number[]> = { holdfast: [], keepalived: [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["holdfast", "keepalived"] as const) {
      const taken = await sample([executable(kind), "-t", "-f", file]);
      wall[kind].push(taken.wall);
      peak[kind].push(taken.peak);
    }
  }
  const rows: readonly Row[] = [
    { name: `Time, ${name}`, unit: "ms", ...wall },
    { name: `Memory, ${name}`, unit: "MiB", ...peak },
  ];
  for (const row of rows) print(`${row.name}: ${ratio(row)}`);
  return rows;
}

/** What the runtime takes to start a program that does nothing. */
async function emptyProgram(folder: string, rounds: number): Promise<readonly number[]> {
  const program = `${folder}/empty.js`;
  await Deno.writeTextFile(program, "Deno.exit(0);\n");
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.push((await sample([Deno.execPath(), "run", "--quiet", program])).wall);
  }
  return times;
}

/** The stages on one processor; what V8 does beside the program counts. */
async function stages(file: string): Promise<readonly Reading[]> {
  const script = new URL("./config_stages.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", "--quiet", script];
  const { stdout } = await run(["taskset", "--cpu-list", "0", ...deno, file, String(READINGS)]);
  return stdout.trim().split("\n").map((line) => JSON.parse(line));
}

async function main(): Promise<number> {
  const rounds = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? 15);
  const folder = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  try {
    const rows: Row[] = [];
    const largest = { file: "", lines: 0 };
    for (const [name, text] of CONFIG_FILES) {
      const file = `${folder}/${name.replace(/\W/g, "-")}.conf`;
      await Deno.writeTextFile(file, text);
      const lines = text.split("\n").length - 1;
      rows.push(...await compare(`${name} (${lines.toLocaleString("en")} lines)`, file, rounds));
      Object.assign(largest, { file, lines });
    }
    const section = configSection(rows, {
      setting: await setting(["scripts/bench", "config", ...Deno.args].join(" "), rounds),
      empty: await emptyProgram(folder, rounds),
      readings: await stages(largest.file),
      lines: largest.lines,
    });
    print(`\n${section}`);
    if (!Deno.args.includes("--dry")) await writeSection(section);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main());
