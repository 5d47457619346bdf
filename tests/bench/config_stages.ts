/**
 * Reads one configuration several times in one process and prints what each reading took, ms, a JSON line each:
 * `config_stages.ts FILE READINGS`. The first reading is that of a program just started.
 */

import { bindTable, buildTree, preprocess } from "../../src/language/mod.ts";
import { hostFacts, systemFiles } from "../../src/daemon/host/source_files.ts";
import { readConfig } from "../../src/document/config.ts";
import { ROOT } from "../../src/document/table/root_table.ts";

/** What one reading took, ms. */
export interface Reading {
  /** From files to logical lines. */
  readonly lines: number;
  /** From lines to blocks. */
  readonly blocks: number;
  /** From blocks to values. */
  readonly values: number;
  /** All of it, with what the parts make of the values and every check. */
  readonly whole: number;
}

function reading(path: string): Reading {
  const report = () => {};
  const marks = [performance.now()];
  const lines = preprocess(systemFiles(), { path, allConfig: false, report });
  marks.push(performance.now());
  const tree = buildTree(lines, ROOT, report);
  marks.push(performance.now());
  bindTable(tree, ROOT, { report });
  marks.push(performance.now());
  readConfig(path, systemFiles(), { host: hostFacts() });
  marks.push(performance.now());
  const took = (from: number) => (marks[from + 1] ?? NaN) - (marks[from] ?? NaN);
  return { lines: took(0), blocks: took(1), values: took(2), whole: took(3) };
}

if (import.meta.main) {
  const [path = "", count = "1"] = Deno.args;
  for (let round = 0; round < Number(count); round++) {
    Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(reading(path))}\n`));
  }
}
