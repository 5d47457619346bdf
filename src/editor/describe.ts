/** What the tables say of a keyword, in words. */

import type { Keyword } from "../config/table.ts";

/** A keyword in words. */
export interface Description {
  /** As it is written: `advert_int <seconds 0.01 to 255>`. */
  readonly signature: string;
  /** Sentences, the meaning first. */
  readonly facts: readonly string[];
}

/** Describes a row under the word it is written as; `target` is the row an alias means. */
export function describe(word: string, row: Keyword, target: Keyword = row): Description {
  const meaning = row === target ? row : { ...target, ...row };
  return {
    signature: signatureOf(word, target),
    facts: [
      ...(row === target || row.kind !== "alias" ? [] : [`Another name of ${row.of}.`]),
      `${target.text}.`,
      ...(meaning.default === undefined ? [] : [`Default: ${meaning.default}.`]),
      ...requirements(target),
      ...(meaning.deprecated === undefined ? [] : [`Deprecated: write ${meaning.deprecated}.`]),
      ...(meaning.build === undefined
        ? []
        : [`keepalived needs to be built with ${meaning.build}.`]),
      ...(meaning.source === undefined ? [] : [SOURCES[meaning.source]]),
      ...(meaning.acts === false ? ["holdfast knows it and does not act on it yet."] : []),
      ...(row.kind === "unknown" ? unknownFacts(row) : []),
    ],
  };
}

/** A keyword with the shape of what follows it. */
export function signatureOf(word: string, row: Keyword): string {
  switch (row.kind) {
    case "value":
      return spaced(word, row.args);
    case "block":
      return spaced(word, row.args, "{ ... }");
    case "list":
      return spaced(word, row.args, `{ ${row.entryArgs} ... }`);
    case "alias":
    case "unknown":
      return word;
  }
}

const SOURCES = {
  alibaba: "From the Alibaba fork of keepalived.",
  historic: "From old releases of keepalived.",
  manual: "Stands in keepalived's manual page only.",
} as const;

function spaced(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

function requirements(row: Keyword): readonly string[] {
  if (row.kind === "list" && row.notEmpty === true) return ["Needs at least one entry."];
  if (row.kind !== "block" || row.requires === undefined) return [];
  return [`Needs ${row.requires.map((names) => names.replaceAll("|", " or ")).join(" and ")}.`];
}

function unknownFacts(
  row: { readonly instead?: string; readonly hint?: string },
): readonly string[] {
  return [
    "keepalived does not know it.",
    ...(row.instead === undefined ? [] : [`Write ${row.instead}.`]),
    ...(row.hint === undefined ? [] : [`${row.hint[0]?.toUpperCase()}${row.hint.slice(1)}.`]),
  ];
}
