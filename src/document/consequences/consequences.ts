/**
 * Findings that only follow from another one: a misspelt keyword is not missing as well. They stay, since
 * keepalived counts them for its exit code, and are marked, since people need one word about one mistake.
 */

import type { Diagnostic, Node, RuleName } from "../../language/mod.ts";
import { type Line, lineKey } from "../../language/findings/place.ts";
import { type Damage, damageOf, spotsOf } from "./damage.ts";
import { nameComments } from "./foreign_comments.ts";
import { nameHabits } from "./habits.ts";
import { nameMisplaced } from "./misplaced.ts";
import { nodesAt } from "./node_places.ts";

/** Marks what follows from an error that is told, and names habits that errors come from. */
export function oneOfEach(
  found: readonly Diagnostic[],
  { tree, lines }: { readonly tree: readonly Node[]; readonly lines: readonly Line[] },
): readonly Diagnostic[] {
  if (found.length === 0) return found;
  const at = nodesAt(tree, spotsOf(found));
  const diagnostics = nameComments(
    tree.length === 0 ? asForeign(found) : nameMisplaced(nameHabits(found, at), at),
    lines,
  );
  if (diagnostics.length < 2) return diagnostics;
  const errors = errorsByLine(diagnostics);
  if (errors.size === 0) return diagnostics;
  let damage: Damage | undefined; // most findings are about nothing but themselves
  const isExplained = (each: Diagnostic) =>
    each.about !== undefined && (damage ??= damageOf(diagnostics, at)).explains(each);
  const marked = diagnostics.map((each): Diagnostic =>
    followsInLine(each, errors.get(lineKey(each))) || isExplained(each)
      ? { ...each, follows: true }
      : each
  );
  return marked.some(({ follows, severity }) => follows !== true && severity !== "info")
    ? marked
    : diagnostics;
}

/** What a file without a single keyword gives. */
const FOREIGN: readonly RuleName[] = ["unknown-keyword", "unexpected-open-brace", "nul-in-line"];

/** Says of a file of another kind that it is one, instead of something about each of its lines. */
function asForeign(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const lines = diagnostics.filter(isForeign);
  const [first] = lines;
  // A file may as well have one block, with a typing error in its first line.
  if (first === undefined || lines.every(({ about }) => about !== undefined)) return diagnostics;
  const hint = first.code === "nul-in-line"
    ? "save the file as UTF-8"
    : "no line of the file begins with a keyword: it may be of another kind";
  return diagnostics.map((each): Diagnostic =>
    each === first ? { ...each, hint } : isForeign(each) ? { ...each, follows: true } : each
  );
}

function isForeign({ code }: Diagnostic): boolean {
  return FOREIGN.includes(code);
}

/** What a quote that is not closed takes from the rest of its line. */
const TAKEN_BY_QUOTE: readonly RuleName[] = [
  "missing-word",
  "missing-value",
  "missing-open-brace",
  "extra-word",
];

/** The errors of one physical line, which may be as many as a sequence has rounds. */
interface LineErrors {
  /** One is about the whole line. */
  isLost: boolean;
  hasOpenQuote: boolean;
  /** The first column of an error behind which words are not told of; 0: anywhere in the line. */
  from: number;
}

function errorsByLine(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, LineErrors> {
  const lines = new Map<string, LineErrors>();
  for (const each of diagnostics) {
    if (each.severity !== "error") continue;
    const key = lineKey(each);
    const line = lines.get(key) ?? { isLost: false, hasOpenQuote: false, from: Infinity };
    lines.set(key, line);
    if (each.about?.kind === "line") line.isLost = true;
    else if (each.code === "unterminated-quote") line.hasOpenQuote = true;
    else line.from = Math.min(line.from, each.code === "missing-open-brace" ? 0 : each.column);
  }
  return lines;
}

/** Whether something follows from an error in the same line. */
function followsInLine(
  { code, column, about }: Diagnostic,
  errors: LineErrors | undefined,
): boolean {
  if (errors === undefined) return false;
  return (errors.isLost && about?.kind !== "line") ||
    (errors.hasOpenQuote && TAKEN_BY_QUOTE.includes(code)) ||
    (code === "extra-word" && errors.from < column);
}
