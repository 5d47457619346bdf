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
}

/** What was compared. */
export interface Compared {
  readonly fields: number;
  /** Files that keepalived wrote a dump of. */
  readonly told: number;
}

/** Fails on a value that differs without a reason. */
export async function compareDumps(
  { part, files, interfaces, values, dumped }: DumpedPart,
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
    let fields = 0;
    let told = 0;
    for (const { file, text, config, diagnostics } of await dumpAll(files, { part, space })) {
      if (text === undefined) continue;
      const theirs = dumped(text);
      fields += countFields(theirs);
      told++;
      const wrong = unexplained(differentValues(values(config), theirs), {
        findings: diagnostics,
        theirs: text,
      });
      assert.deepEqual(wrong, [], file);
    }
    tell(`${fields} fields of ${told} of ${files.length} files compared`);
    return { fields, told };
  } finally {
    await run(["ip", "netns", "del", space]);
  }
}
