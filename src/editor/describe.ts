/** What the tables say of a keyword, in words. */

import type { Keyword } from "../language/rows/table.ts";
import { defaultOf, needsOf, signatureOf } from "../document/table/signature.ts";

/** A keyword in words. */
export interface Description {
  /** As it is written: `advert_int <seconds 0.01 to 255>`. */
  readonly signature: string;
  /** Sentences, the meaning first. */
  readonly facts: readonly string[];
}

/** A row, and where it stands. */
export interface Described {
  readonly row: Keyword;
  /** The row an alias means. */
  readonly target: Keyword;
  /** Whether holdfast acts on the blocks around it. */
  readonly acts: boolean;
}

/** Whether holdfast acts on a keyword. */
export function isActedOn({ row, target, acts }: Described): boolean {
  return acts && row.acts !== false && target.acts !== false;
}

/** Describes a row under the word it is written as. */
export function describe(word: string, described: Described): Description {
  const { row, target } = described;
  const meaning = row === target ? row : { ...target, ...row };
  const needs = needsOf(target);
  const normal = row.default ?? defaultOf(target);
  return {
    signature: signatureOf(word, target),
    facts: [
      ...(row === target || row.kind !== "alias" ? [] : [`Another name of ${row.of}.`]),
      `${target.text}.`,
      ...(normal === undefined ? [] : [`Default: ${normal}.`]),
      ...(needs.length === 0 ? [] : [`Needs ${needs.join(" and ")}.`]),
      ...(meaning.deprecated === undefined ? [] : [`Deprecated: write ${meaning.deprecated}.`]),
      ...(meaning.build === undefined
        ? []
        : [`keepalived needs to be built with ${meaning.build}.`]),
      ...(meaning.source === undefined ? [] : [SOURCES[meaning.source]]),
      ...(row.kind === "unknown"
        ? unknownFacts(row)
        : isActedOn(described)
        ? []
        : ["holdfast knows it and does not act on it yet."]),
    ],
  };
}

const SOURCES = {
  alibaba: "From the Alibaba fork of keepalived.",
  historic: "From old releases of keepalived.",
  later: "From keepalived's development since 2.4.",
  holdfast: "holdfast's own: keepalived does not know it.",
  manual: "Stands in keepalived's manual page only.",
} as const;

function unknownFacts(
  row: { readonly instead?: string; readonly hint?: string },
): readonly string[] {
  return [
    "keepalived does not know it.",
    ...(row.instead === undefined ? [] : [`Write ${row.instead}.`]),
    ...(row.hint === undefined ? [] : [`${row.hint[0]?.toUpperCase()}${row.hint.slice(1)}.`]),
  ];
}
