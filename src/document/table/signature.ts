/** How a keyword is written, and what its shape says: for explanations and documentation. */

import type { Keyword } from "../../language/mod.ts";

/** A keyword with the shape of what follows it: `advert_int <seconds 0.01 to 255>`. */
export function signatureOf(name: string, row: Keyword): string {
  switch (row.kind) {
    case "value":
      return spaced(name, row.args);
    case "block":
      return spaced(name, row.args, "{ ... }");
    case "list":
      return spaced(name, row.args, `{ ${row.entryArgs} ... }`);
    case "alias":
    case "unknown":
      return name;
  }
}

/** Unit of the only number a keyword takes; empty for one without unit. */
export function unitOf(row: Keyword): string {
  const { kind } = numberOf(row);
  return kind === "seconds" ? "s" : kind === "milliseconds" ? "ms" : "";
}

/** Range of the only number a keyword takes, with its unit: `0.01 to 255 s`. */
export function rangeOf(row: Keyword): string | undefined {
  const { range } = numberOf(row);
  return range && spaced(range, unitOf(row));
}

/** What holds without the keyword: `1 s`. A keyword that only switches on is off without it. */
export function defaultOf(row: Keyword): string | undefined {
  if (row.default !== undefined) {
    return /^-?\d+(?:\.\d+)?$/.test(row.default) ? spaced(row.default, unitOf(row)) : row.default;
  }
  return row.kind === "value" && SWITCH.test(row.args) ? "off" : undefined;
}

/** What a block cannot do without: `url`, `script or file`. */
export function needsOf(row: Keyword): readonly string[] {
  if (row.kind === "list") return row.notEmpty === true ? ["at least one entry"] : [];
  const requires = row.kind === "block" ? row.requires ?? [] : [];
  return requires.map((names) => names.replaceAll("|", " or "));
}

/** The number in the shape of a keyword that takes one. */
function numberOf(
  row: Keyword,
): { readonly kind: string | undefined; readonly range: string | undefined } {
  const numbers = row.kind === "value" ? [...row.args.matchAll(NUMBER)] : [];
  const only = numbers.length === 1 ? numbers[0] : undefined;
  return { kind: only?.[1], range: only?.[2] };
}

const NUMBER = /<(number|seconds|milliseconds) ([^>]*)>/g;
const SWITCH = /^(?:\[on\|off\|true\|false\|yes\|no\])?$/;

function spaced(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
