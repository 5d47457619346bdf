/** What holdfast makes of configurations, against what keepalived writes of them on SIGUSR1, in a namespace. */

import assert from "node:assert/strict";
import type { Config } from "../../src/document/config.ts";
import { run } from "../lab/mod.ts";
import { dumpAll, tell } from "./dump_keepalived.ts";
import { unexplained } from "./value_reasons.ts";
import { countFields, differentValues, type Values } from "./values.ts";

/** One part of a configuration, from both programs. */
export interface DumpedPart {
  readonly part: "vrrp" | "checkers";
  readonly files: readonly string[];
  /** Interfaces that the files name. */
  readonly interfaces: readonly string[];
  /** Ours. */
  readonly values: (config: Config) => Values;
  /** Theirs, from the text of the dump. */
  readonly dumped: (text: string) => Values;
  /** The table both begin with, compared with what theirs has put into the kernel; absent: none is. */
  readonly table?: (config: Config) => readonly string[];
}

/** What was compared. */
export interface Compared {
  readonly fields: number;
  /** Files that keepalived wrote a dump of. */
  readonly told: number;
}

/** Fails on a value that differs without a reason. */
export async function compareDumps(
  { part, files, interfaces, values, dumped, table }: DumpedPart,
): Promise<Compared> {
  const space = `hf${Deno.pid}-values`;
  await run(["ip", "netns", "add", space]);
  try {
    await run(["ip", "-n", space, "link", "set", "lo", "up"]);
    for (const [index, name] of interfaces.entries()) {
      await run(["ip", "-n", space, "link", "add", name, "type", "bridge"]);
      await run(["ip", "-n", space, "link", "set", name, "up"]);
      await run(["ip", "-n", space, "addr", "add", `10.9.${index}.1/24`, "dev", name]);
    }
    if (table !== undefined) await swallowAll(space);
    let fields = 0;
    let told = 0;
    const all = dumpAll(files, { part, space, table: table !== undefined });
    for (const { file, text, config, diagnostics, table: rows } of await all) {
      if (text === undefined) continue;
      const theirs = dumped(text);
      fields += countFields(theirs);
      told++;
      const wrong = unexplained(differentValues(values(config), theirs), {
        findings: diagnostics,
        theirs: text,
      });
      assert.deepEqual(wrong, [], file);
      if (rows !== undefined && table !== undefined) assert.deepEqual(rows, table(config), file);
    }
    tell(`${fields} fields of ${told} of ${files.length} files compared`);
    return { fields, told };
  } finally {
    await run(["ip", "netns", "del", space]);
  }
}

/** Whatever is sent from a namespace goes nowhere and is not answered, so that no check ends soon. */
async function swallowAll(space: string): Promise<void> {
  await run(["ip", "-n", space, "link", "add", "hole", "type", "dummy"]);
  await run(["ip", "-n", space, "link", "set", "hole", "up"]);
  for (const family of ["-4", "-6"]) {
    await run(["ip", "-n", space, family, "route", "add", "default", "dev", "hole"]);
  }
}
