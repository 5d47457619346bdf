/** docs/BENCHMARKS.md: sections that are written one by one, each by the command that takes its figures. */

import { executable, ROOT, run } from "../lab/mod.ts";
import type { Setting } from "./report.ts";

const DOCUMENT = `${ROOT}/docs/BENCHMARKS.md`;

/** Shows a line of the progress. */
export function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

/** Asks the machine what the figures depend on. */
export async function setting(command: string, rounds: number): Promise<Setting> {
  const model = await run(["sh", "-c", "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1"]);
  const commit = await run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], { check: false });
  const ours = await version([executable("holdfast"), "--version"], /[^\n]*\d+\.\d+[^\n]*/);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${model.stdout.trim()}, ${navigator.hardwareConcurrency} processors`,
    kernel: (await run(["uname", "-sr"])).stdout.trim(),
    holdfast: `${ours}, commit ${commit.stdout.trim()}, Deno ${Deno.version.deno}`,
    keepalived: await version(["keepalived", "--version"], /v\d[^\n]*/),
    command,
    rounds,
  };
}

async function version(argv: readonly string[], pattern: RegExp): Promise<string> {
  const { stdout, stderr } = await run([...argv], { check: false });
  return pattern.exec(stdout + stderr)?.[0] ?? "unknown";
}

/** Puts a section, which begins with its `## ` heading, in place of the one of that heading, else at the end. */
export async function writeSection(section: string): Promise<void> {
  const text = await Deno.readTextFile(DOCUMENT);
  await Deno.writeTextFile(DOCUMENT, withSection(text, section));
}

/** A document with a section in place of the one with the same heading. */
export function withSection(document: string, section: string): string {
  const heading = section.split("\n", 1)[0];
  const parts = document.trimEnd().split(/\n(?=## )/);
  const at = parts.findIndex((part) => part.split("\n", 1)[0] === heading);
  const rest = at === -1 ? [...parts, section] : parts.with(at, section);
  return `${rest.map((part) => part.trimEnd()).join("\n\n")}\n`;
}
