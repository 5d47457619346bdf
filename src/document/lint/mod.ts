/**
 * Lint: what keepalived accepts and what still does not do what was meant. Pure; facts of the host
 * come as data. A rule stands in a file of its own, its name in `language/findings/lint_rules.ts`.
 */

import {
  type Diagnostic,
  diagnosticAt,
  type RuleName,
  type SourceLines,
} from "../../language/mod.ts";
import { isClosing, withinLimits } from "../../language/findings/gather.ts";
import type { BoundConfig } from "../config.ts";
import { damageOf, spotsOf } from "../consequences/damage.ts";
import { nameHabits } from "../consequences/habits.ts";
import { nodesAt } from "../consequences/node_places.ts";
import { instancesOf } from "./instance.ts";
import { RULES_OF_LINT } from "./registry.ts";
import type { FileView, LintInput, LintRule, LintSubject } from "./rule.ts";
import { unknownRules, withoutSwitchedOff } from "./switch_off.ts";

export { programsOf } from "./script_files.ts";
export type { HostAddress, LintInput, PeerConfig, ScriptFact, ScriptFacts } from "./rule.ts";

/** What is switched off, and the text in which comments do so. */
export interface LintOptions {
  readonly off: ReadonlySet<RuleName>;
  /** Files read, in the order they were. */
  readonly files: readonly string[];
  readonly lines: SourceLines;
}

/**
 * The findings of the language and of lint together, in file order. Those that only follow from others are
 * marked, as in the input.
 */
export function lint(input: LintInput, options: LintOptions): readonly Diagnostic[] {
  const subject: LintSubject = {
    ...input,
    ...viewOf(input),
    peers: input.peers.map((peer) => ({ ...peer, ...viewOf(peer) })),
  };
  const all = [...input.diagnostics];
  const indexes = new Map<string, number[]>();
  for (const [index, each] of all.entries()) note(indexes, each, index);
  for (const rule of RULES_OF_LINT) {
    for (const { at, severity, message, hint } of rule.find(subject)) {
      const own = diagnosticAt(at.place, at.length, { severity, code: rule.name, message, hint });
      const same = indexes.get(placeKey(own))?.find((index) => isReplaced(all[index], rule));
      const replaced = same === undefined ? undefined : all[same];
      if (same === undefined || replaced === undefined) {
        note(indexes, own, all.push(own) - 1);
      } else {
        const { status, follows } = replaced;
        all[same] = {
          ...own,
          severity: replaced.severity,
          ...(status && { status }),
          ...(follows && { follows }),
        };
      }
    }
  }
  // The words of a habit are found by rules of both kinds.
  const once = [...nameHabits(all, nodesAt(input.tree, all))];
  for (const file of options.files) {
    for (const each of unknownRules(file, options.lines(file) ?? [])) once.push(each);
  }
  return withinLimits(inOrderOf(options.files, withoutSwitchedOff(once, options)));
}

function viewOf(file: BoundConfig): FileView {
  const { tree, diagnostics } = file;
  const damage = damageOf(diagnostics, nodesAt(tree, spotsOf(diagnostics)));
  return { ...file, instances: instancesOf(file), damage };
}

/**
 * A finding of the language about the same words, or of this very rule: a file may be read twice.
 */
function isReplaced(other: Diagnostic | undefined, rule: LintRule): boolean {
  return other !== undefined &&
    (other.code === rule.name || (rule.replaces?.includes(other.code) ?? false));
}

function note(indexes: Map<string, number[]>, diagnostic: Diagnostic, index: number): void {
  const key = placeKey(diagnostic);
  const known = indexes.get(key);
  if (known === undefined) indexes.set(key, [index]);
  else known.push(index);
}

function placeKey({ file, line, column }: Diagnostic): string {
  return `${file}:${line}:${column}`;
}

function inOrderOf(
  files: readonly string[],
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const last = files.length;
  return diagnostics.toSorted((a, b) =>
    Number(isClosing(a)) - Number(isClosing(b)) ||
    (rank.get(a.file) ?? last) - (rank.get(b.file) ?? last) || a.line - b.line ||
    a.column - b.column
  );
}
