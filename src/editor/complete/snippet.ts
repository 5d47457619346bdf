/** What completion inserts for a keyword: its words and braces, with places to fill in (LSP's snippet syntax). */

import type { Table, UsableKeyword } from "../../language/rows/table.ts";
import { usableRow } from "../text/outline.ts";
import { requiredSlots, type Slot } from "./shape.ts";

/** The snippet of a keyword, its name first. */
export function snippetOf(name: string, row: UsableKeyword): string {
  const stops = { next: 1 };
  const head = [escape(name), ...wordsOf(row, stops)].join(" ");
  if (row.kind === "value") return head;
  const inside = row.kind === "list"
    ? [requiredSlots(row.entryArgs).slice(0, 1).map((slot) => stopOf(slot, stops)).join(" ")]
    : requiredLines(row, stops);
  return `${head} {\n${inside.map((line) => `\t${line}\n`).join("")}}`;
}

interface Stops {
  next: number;
}

function wordsOf(row: UsableKeyword, stops: Stops): readonly string[] {
  const slots = requiredSlots(row.args);
  const only = slots.length === 1 && /^\d+(\.\d+)?$/.test(row.default ?? "");
  if (only) return [`\${${stops.next++}:${row.default}}`];
  return slots.map((slot) => stopOf(slot, stops));
}

function requiredLines(row: UsableKeyword & { readonly kind: "block" }, stops: Stops): string[] {
  const lines = (row.requires ?? []).flatMap((names) => {
    const found = usableRow(row.table as Table, names.split("|")[0] ?? "");
    return found?.row.kind === "value"
      ? [[escape(found.name), ...wordsOf(found.row, stops)].join(" ")]
      : [];
  });
  return [...lines, "$0"];
}

function stopOf({ literals, placeholder }: Slot, stops: Stops): string {
  const number = stops.next++;
  if (placeholder === undefined && literals.length === 1) return escape(literals[0] ?? "");
  if (placeholder === undefined) return `\${${number}|${literals.map(escapeChoice).join(",")}|}`;
  const words = placeholder.replace(/ -?[\d.]+ (?:to .*|or more)$/, "");
  return `\${${number}:${escape(literals[0] ?? words)}}`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\$}]/g, "\\$&");
}

function escapeChoice(text: string): string {
  return escape(text).replaceAll(/[,|]/g, "\\$&");
}
