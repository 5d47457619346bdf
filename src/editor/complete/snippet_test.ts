import assert from "node:assert/strict";
import { allKeywords } from "../../document/table/keyword_list.ts";
import { usableRow } from "../text/outline.ts";
import { literalsAt, requiredSlots } from "./shape.ts";
import { snippetOf } from "./snippet.ts";
import { ROOT } from "../../document/table/root_table.ts";
import { VIRTUAL_SERVER } from "../../lvs/rows/keywords.ts";
import { VRRP_INSTANCE } from "../../vrrp/read/keywords.ts";
import { CHECKERS } from "../../check/read/keywords.ts";
import type { Table } from "../../language/rows/table.ts";

const SNIPPETS: readonly (readonly [Table, string, string])[] = [
  [ROOT, "vrrp_instance", "vrrp_instance ${1:name} {\n\t$0\n}"],
  [ROOT, "virtual_server", "virtual_server ${1:address} {\n\t$0\n}"],
  [ROOT, "global_defs", "global_defs {\n\t$0\n}"],
  [VRRP_INSTANCE, "accept", "accept"],
  [VRRP_INSTANCE, "advert_int", "advert_int ${1:1}"],
  [VRRP_INSTANCE, "virtual_router_id", "virtual_router_id ${1:number}"],
  [VRRP_INSTANCE, "state", "state ${1|MASTER,BACKUP|}"],
  [VRRP_INSTANCE, "virtual_ipaddress", "virtual_ipaddress {\n\t${1:address}\n}"],
  [VIRTUAL_SERVER, "lb_kind", "lb_kind ${1|NAT,DR,TUN|}"],
  [CHECKERS, "MISC_CHECK", "MISC_CHECK {\n\tmisc_path ${1:command}\n\t$0\n}"],
];

for (const [table, word, expected] of SNIPPETS) {
  Deno.test(`snippetOf() ${word}, has its words and braces`, () => {
    const found = usableRow(table, word);
    assert(found !== undefined);
    assert.equal(snippetOf(word, found.row), expected);
  });
}

Deno.test("literalsAt() alternatives, options and ranges, gives only what is written so", () => {
  const tunnel = "NAT|DR|TUN [type ipip|gue port <1 to 65535>|gre] [nocsum|csum|remcsum]";
  assert.deepEqual(literalsAt(tunnel, 0), ["NAT", "DR", "TUN"]);
  assert.deepEqual(literalsAt("[all] <seconds 1 to 86400>", 0), ["all"]);
  assert.deepEqual(literalsAt("<command> [USER [GROUP]]", 1), []);
  assert.deepEqual(literalsAt("<address> [<port>] | fwmark <mark> | group <name>", 0), [
    "fwmark",
    "group",
  ]);
  assert.deepEqual(literalsAt("via <address> [weight 1 to 256]", 1), ["weight"]);
});

Deno.test("requiredSlots() every row, has a literal or a placeholder for each word", () => {
  for (const { row } of allKeywords()) {
    if (row.kind === "alias" || row.kind === "unknown") continue;
    for (const { literals, placeholder } of requiredSlots(row.args)) {
      assert(literals.length > 0 || (placeholder ?? "") !== "", row.args);
    }
  }
});
