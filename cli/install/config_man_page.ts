/** holdfast.conf(5): every keyword of the language, from its tables. */

import { rowOf, type Table } from "../../src/language/mod.ts";
import { allKeywords, type ListedKeyword } from "../../src/document/table/keyword_list.ts";
import { ROOT } from "../../src/document/table/root_table.ts";
import { defaultOf, signatureOf } from "../../src/document/table/signature.ts";
import { VERSION } from "../version.ts";
import { item, paragraph, section, title } from "./roff.ts";

/** The page, in man(7) macros. */
export function configManPage(): string {
  const byBlock = Map.groupBy(allKeywords(), ({ block }) => block);
  return [
    title("holdfast.conf", 5, VERSION),
    section("Name", "holdfast.conf, keepalived.conf \\- configuration of holdfast(8)\n"),
    section(
      "Description",
      paragraph(
        "One keyword and its words per line; # and ! begin a comment. A block is a keyword, { on the same line, its lines and }. holdfast explain KEYWORD tells the same in a terminal, holdfast check what is wrong with a file.",
      ),
      paragraph(
        "Keywords marked (left out) are known and checked, and holdfast says that it does not act on them yet.",
      ),
    ),
    ...[...byBlock].map(([block, rows]) =>
      section(block === "(root)" ? "Top level" : block, ...rows.map(keywordItem))
    ),
    section("See also", paragraph("holdfast(8), ipvsadm(8)")),
  ].join("");
}

function keywordItem({ name, row, acts }: ListedKeyword): string {
  const target = row.kind === "alias" ? rowOf(ROOT as Table, row.of) ?? row : row;
  const standard = row.kind === "alias" || row.kind === "unknown" ? undefined : defaultOf(target);
  const facts = [
    `${row.text}.`,
    ...standard === undefined ? [] : [`Default: ${standard}.`],
    ...acts || row.kind === "unknown" ? [] : ["(left out)"],
  ];
  return item(signatureOf(name, row), facts.join(" "));
}
