/** `check --coverage`: every keyword of the language, and whether holdfast acts on it. */

import type { Keyword } from "../src/language/mod.ts";
import { allKeywords, type ListedKeyword } from "../src/document/table/keyword_list.ts";

/** The table for people: block, keyword, acts, meaning; counts last. */
export function coverageText(): string {
  const listed = allKeywords();
  const rows = [
    ["BLOCK", "KEYWORD", "ACTS", "MEANING"],
    ...listed.map((each) => [each.block, each.name, actsText(each), each.row.text]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  return [...lines, countsLine(listed)].map((line) => `${line}\n`).join("");
}

/** The table for programs: an array with an object for each keyword. */
export function coverageJson(): string {
  const rows = allKeywords().map(({ block, name, row, acts }) => ({
    block,
    keyword: name,
    kind: row.kind,
    acts,
    args: "args" in row ? row.args : "",
    default: row.default ?? null,
    build: row.build ?? null,
    source: row.source ?? null,
    meaning: row.text,
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function actsText({ acts, row }: ListedKeyword): string {
  return row.kind === "unknown" ? "unknown" : acts ? "yes" : "no";
}

function countsLine(listed: readonly ListedKeyword[]): string {
  const known = listed.filter(({ row }) => isKnown(row));
  const acts = known.filter((each) => each.acts).length;
  return `holdfast acts on ${acts} of ${known.length} keywords; ${
    listed.length - known.length
  } more are told apart from typing errors`;
}

function isKnown(row: Keyword): boolean {
  return row.kind !== "unknown";
}
