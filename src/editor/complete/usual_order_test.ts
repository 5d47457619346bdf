import assert from "node:assert/strict";
import { buildTree, memoryFiles, type Node, preprocess, rowOf } from "../../language/mod.ts";
import type { Table } from "../../language/rows/table.ts";
import { ROOT } from "../../document/table/root_table.ts";
import { completionsAt } from "./completion.ts";
import { marked } from "../fixture.ts";
import { USUAL } from "./usual_order.ts";

/** Tables of all blocks by their keyword. */
function tablesIn(table: Table, label: string, found: Map<string, Table>): Map<string, Table> {
  found.set(label, table);
  for (const [name, row] of Object.entries(table)) {
    if (row.kind === "block" && !found.has(name)) tablesIn(row.table as Table, name, found);
  }
  return found;
}

Deno.test("USUAL names keywords of the block, each once", () => {
  const tables = tablesIn(ROOT, "", new Map());
  for (const [label, words] of Object.entries(USUAL)) {
    const table = tables.get(label);
    assert.ok(table, label);
    assert.equal(new Set(words).size, words.length, label);
    for (const word of words) {
      const kind = rowOf(table, word)?.kind;
      assert.ok(kind !== undefined && kind !== "unknown" && kind !== "alias", `${label}/${word}`);
    }
  }
});

/** How many of the written configurations use each keyword of a block. */
function usesByBlock(): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const golden = new URL("../../../tests/golden/", import.meta.url).pathname;
  const counts = new Map<string, Map<string, number>>();
  for (const { name, isDirectory } of Deno.readDirSync(golden)) {
    if (!isDirectory || name.startsWith("language_") || name.startsWith("mistake_")) continue;
    const text = Deno.readTextFileSync(`${golden}${name}/input.conf`);
    const files = memoryFiles({ "/k.conf": text });
    const lines = preprocess(files, { path: "/k.conf", allConfig: false, report: () => {} });
    const seen = new Set<string>();
    const visit = (nodes: readonly Node[], label: string) => {
      for (const node of nodes) {
        if (node.row === undefined) continue;
        if (!seen.has(`${label} ${node.name}`)) {
          seen.add(`${label} ${node.name}`);
          const block = counts.get(label) ?? new Map<string, number>();
          counts.set(label, block.set(node.name, (block.get(node.name) ?? 0) + 1));
        }
        if (node.row.kind === "block") visit(node.children, node.name);
      }
    };
    visit(buildTree(lines, ROOT, () => {}), "");
  }
  return counts;
}

Deno.test("USUAL has what a quarter of the generated configurations with a block use in it", () => {
  const uses = usesByBlock();
  assert.ok((uses.get("vrrp_instance")?.get("state") ?? 0) >= 10, "there are configurations");
  for (const [label, words] of Object.entries(USUAL)) {
    const counts = uses.get(label) ?? new Map<string, number>();
    const most = Math.max(4, ...counts.values());
    const often = [...counts].filter(([, count]) => count >= most / 4).map(([word]) => word);
    assert.deepEqual(often.filter((word) => !words.includes(word)), [], label);
  }
});

/** Labels in the order an editor shows them. */
function shown(text: string): readonly string[] {
  const { view, at } = marked(text);
  return completionsAt(view, at)
    .map((
      { late, rank, label },
    ) => [`${late ? 1 : 0}${String(rank).padStart(3, "0")}${label}`, label])
    .toSorted(([a = ""], [b = ""]) => a < b ? -1 : 1).map(([, label = ""]) => label);
}

Deno.test("completionsAt() keywords, come in the order of use", () => {
  assert.deepEqual(shown("vrrp_instance A {\n  |\n}\n").slice(0, 6), [
    "state",
    "interface",
    "virtual_router_id",
    "priority",
    "advert_int",
    "virtual_ipaddress",
  ]);
  assert.deepEqual(shown("|").slice(0, 3), ["global_defs", "vrrp_instance", "vrrp_script"]);
});

Deno.test("completionsAt() values, come in the order of their row, behind names", () => {
  assert.deepEqual(shown("vrrp_instance A {\n  state |\n}\n"), ["MASTER", "BACKUP"]);
  const schedulers = shown("virtual_server 10.0.0.1 80 {\n  lb_algo |\n}\n");
  assert.deepEqual(schedulers.slice(0, 4), ["rr", "wrr", "lc", "wlc"]);
});
