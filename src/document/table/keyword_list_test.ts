import assert from "node:assert/strict";
import type { Keyword, Table } from "../../language/mod.ts";
import { rowOf } from "../../language/mod.ts";
import { allKeywords } from "./keyword_list.ts";
import { ROOT } from "./root_table.ts";

const NAMES = new URL("./keyword_names.tsv", import.meta.url).pathname;
const SPEC = new URL("../../../docs/spec/keywords.tsv", import.meta.url).pathname;

const KEYWORDS = allKeywords();
const KEYS = new Set(KEYWORDS.map(({ block, name }) => `${block}\t${name}`));

Deno.test("allKeywords() holds every keyword of the list that is written down, and no other", () => {
  const listed = Deno.readTextFileSync(NAMES).trim().split("\n").slice(1);
  assert.deepEqual([...KEYS].sort(), listed.sort());
});

Deno.test("allKeywords() holds every keyword of the collected facts (docs/spec)", () => {
  const rows = Deno.readTextFileSync(SPEC).trim().split("\n").slice(1).map((row) =>
    row.split("\t")
  );
  const missing = rows.map(([block, name]) => `${block}\t${name}`).filter((key) =>
    !KEYS.has(key) && !NOT_ROWS.some((pattern) => pattern.test(key))
  );
  assert.deepEqual(missing, []);
});

Deno.test("allKeywords() has none that every object has as a property, so that blocks may be plain objects", () => {
  assert.deepEqual(KEYWORDS.filter(({ name }) => name in {}), []);
});

/** Facts that are no keyword of a block: entries, values, and what the reader does before it looks for keywords. */
const NOT_ROWS = [
  /\t\(entry\)/,
  /\t<dest>$/,
  /\ttype word$/,
  /^\(any\)\t/,
  /^virtual_server_group\tfwmark$/,
  /^virtual_server\tlb_kind FNAT$/,
];

Deno.test("allKeywords() every row says what the keyword does, in a sentence without a full stop", () => {
  const bad = KEYWORDS.filter(({ row }) => !/^[A-Z0-9].*[^.]$/.test(row.text));
  assert.deepEqual(bad.map(({ block, name }) => `${block} ${name}`), []);
});

Deno.test("tables: aliases, requirements and successors lead to rows of the same table", () => {
  const problems: string[] = [];
  const check = (table: Table, path: string) => {
    for (const [name, row] of Object.entries(table)) {
      const lost = targetsOf(row).filter((target) =>
        rowOf(row.kind === "block" ? row.table : table, target) === undefined
      );
      problems.push(...lost.map((target) => `${path}/${name} → ${target}`));
      if (row.kind === "block") check(row.table as Table, `${path}/${name}`);
    }
  };
  check(ROOT, "");
  assert.deepEqual(problems, []);
});

Deno.test("tables: blocks that share keywords share the rows", () => {
  const rowAt = (block: string, name: string) =>
    KEYWORDS.find((keyword) => keyword.block === block && keyword.name === name)?.row;
  const server = "virtual_server/real_server";
  for (const name of ["connect_timeout", "retry", "delay_loop", "bindto"]) {
    assert.equal(rowAt(`${server}/HTTP_GET`, name), rowAt(`${server}/TCP_CHECK`, name));
    assert.equal(rowAt(`${server}/HTTP_GET`, name), rowAt(`${server}/SSL_GET`, name));
  }
  assert.equal(rowAt("static_routes", "via"), rowAt("vrrp_instance/virtual_routes", "via"));
  assert.equal(rowAt("vrrp_instance", "track_script"), rowAt("vrrp_sync_group", "track_script"));
});

function targetsOf(row: Keyword): readonly string[] {
  if (row.kind === "alias") return [row.of];
  if (row.kind === "block") {
    return (row.requires as readonly string[] | undefined ?? []).flatMap((names) =>
      names.split("|")
    );
  }
  return row.kind === "unknown" && row.instead !== undefined ? [row.instead] : [];
}
