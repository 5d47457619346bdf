/**
 * Every keyword given twice, and every number with junk behind it: what the rows say is what is written down of
 * keepalived (docs/spec/keywords.tsv), and what reading does.
 */

import assert from "node:assert/strict";
import { allKeywords } from "../../src/document/table/keyword_list.ts";
import { ROOT } from "../../src/document/table/root_table.ts";
import {
  bindTable,
  type Diagnostic,
  diagnosticAt,
  type Keyword,
  rowOf,
  type Table,
  type Use,
  type ValueKeyword,
} from "../../src/language/mod.ts";
import { lineAt } from "../../src/language/findings/place.ts";
import { buildTree } from "../../src/language/tree/tree.ts";
import { samplesOf } from "./samples.ts";

const SPEC = new URL("../../docs/spec/keywords.tsv", import.meta.url).pathname;

/** What is written down of a keyword: which use counts, and what becomes of a number with junk. */
const FACTS: ReadonlyMap<string, { readonly twice: string; readonly junk: string }> = new Map(
  Deno.readTextFileSync(SPEC).trim().split("\n").slice(1).map((line) => {
    const [block = "", keyword = "", , , , , , , , twice = "", junk = ""] = line.split("\t");
    return [`${block} ${keyword}`, { twice, junk }];
  }),
);

/** Rows of blocks of keywords; options of an entry are read another way. */
const ROWS = allKeywords().flatMap((listed) => {
  const table = tableAt(listed.block);
  const { row } = listed;
  return table === undefined || row.kind === "alias" || row.kind === "unknown"
    ? []
    : [{ ...listed, row, table }];
});

for (const { block, name, row } of ROWS) {
  const facts = FACTS.get(`${block} ${name}`);
  if (facts === undefined) continue; // of the fork, or only to be told what to write instead
  Deno.test(`row of ${name} in ${block}: twice and junk are what is written down (keywords.tsv)`, () => {
    assert.equal(row.twice ?? "", facts.twice);
    assert.equal(row.kind === "value" ? junkOf(row) : "", facts.junk);
  });
}

for (const { block, name, row, table } of ROWS) {
  if (row.kind !== "value" || row.args === "") continue;
  const samples = samplesOf(name, row);
  Deno.test(`bindTable() ${name} twice in ${block}: ${row.twice ?? "last"} counts`, () => {
    const pair = samples.flatMap((one) => samples.map((two) => [one, two] as const))
      .find(([one, two]) => one !== two && (row.clash?.(one.value, two.value) ?? true));
    if (pair === undefined) {
      assert.ok(samples.length < 2, "two samples, and no pair of them clashes");
      return;
    }
    const [one, two] = pair;
    const [uses, found] = bound(table, name, [one.text, two.text]);
    const joined = row.join?.(one.value, two.value) ?? two.value;
    assert.deepEqual(uses.at(-1)?.value, row.twice === "first" ? one.value : joined);
    const said = found.filter(({ code }) => code === "duplicate-keyword");
    const isReported = row.twice === "first" || row.twice === "replaced";
    assert.equal(said.length, row.twice === "all" ? 0 : 1);
    assert.equal(said[0]?.status, isReported ? "general" : undefined);
    assert.match(
      said[0]?.message ?? "the last one",
      row.twice === "first" ? /the first one/ : /the last one/,
    );
  });
}

for (const { block, name, row, table } of ROWS) {
  if (row.kind !== "value" || row.number === undefined) continue;
  const { min, max, junk, instead } = row.number;
  const number = Math.max(min, Math.min(max, 7));
  Deno.test(`bindTable() ${name} ${number}; in ${block}: junk is ${junk ?? "cut"} (keywords.tsv)`, () => {
    const [[plain]] = bound(table, name, [`${number}`]);
    const [[use], found] = bound(table, name, [`${number};`]);
    const [told] = found.filter(({ code }) => code === "not-a-number");
    assert.equal(told?.status, "invalid-number");
    if (junk !== "refused") {
      assert.deepEqual(use?.value, plain?.value);
      assert.match(told?.message ?? "", new RegExp(`: ${number} is used$`));
    } else {
      if (instead === undefined) assert.equal(use, undefined);
      else assert.match(told?.message ?? "", new RegExp(`, ${instead} is used$`));
      assert.equal(told?.hint, `write ${number} alone`);
    }
  });
}

/** Uses of a keyword in lines with these words, and what is found. */
function bound(
  table: Table,
  name: string,
  texts: readonly string[],
): readonly [readonly Use<unknown>[], readonly Diagnostic[]] {
  const found: Diagnostic[] = [];
  const report = (...[place, length, finding]: Parameters<typeof diagnosticAt>) =>
    void found.push(diagnosticAt(place, length, finding));
  const lines = texts.map((text, index) =>
    lineAt({ file: "x", line: index + 1, column: 1 }, `${name} ${text}`.trimEnd())
  );
  const uses = bindTable(buildTree(lines, table, report), table, { report });
  return [uses[name] as readonly Use<unknown>[] | undefined ?? [], found];
}

function tableAt(block: string): Table | undefined {
  let table: Table | undefined = ROOT;
  for (const name of block === "(root)" ? [] : block.split("/")) {
    const row: Keyword | undefined = rowOf(table ?? {}, name);
    table = row?.kind === "block" ? row.table as Table : undefined;
  }
  return table;
}

/** `cut`, `refused` or `refused: 100`; empty for what is no number. */
function junkOf({ number }: ValueKeyword<unknown>): string {
  if (number === undefined) return "";
  const { junk = "cut", instead } = number;
  return instead === undefined ? junk : `${junk}; ${instead}`;
}
