/**
 * Lines that lost the line which opens their block: each is unknown where it stands, and the `}` is one too
 * many. One mistake, so one finding.
 */

import type { Diagnostic, SourceLines } from "../../config/mod.ts";
import { subjectOf } from "./damage.ts";

/** Findings with the first of such lines only, which says so. */
export function withoutOrphans(
  diagnostics: readonly Diagnostic[],
  lines: SourceLines,
): readonly Diagnostic[] {
  const unknown = new Map<string, Diagnostic>();
  for (const each of diagnostics) {
    if (each.code === "unknown-keyword") unknown.set(`${each.line}:${each.file}`, each);
  }
  const first = new Set<Diagnostic>();
  const others = new Set<Diagnostic>();
  for (const brace of diagnostics) {
    if (brace.code !== "extra-close-brace") continue;
    const [head, ...rest] = orphansBefore(brace, lines(brace.file) ?? [], unknown);
    // Where every word resembles a keyword of this very place, each is a typing error of its own.
    if (head === undefined || [head, ...rest].every(subjectOf)) continue;
    first.add(head);
    for (const each of [...rest, brace]) others.add(each);
  }
  if (first.size === 0) return diagnostics;
  const hint = "the line that opens its block may be missing before it";
  return diagnostics.flatMap((each) =>
    others.has(each) ? [] : [first.has(each) ? { ...each, hint } : each]
  );
}

/** The unbroken run of unknown lines and blocks that a `}` ends, in their order. */
function orphansBefore(
  { file, line }: Diagnostic,
  lines: readonly string[],
  unknown: ReadonlyMap<string, Diagnostic>,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  let depth = 0;
  for (let number = line - 1; number > 0; number--) {
    const text = (lines[number - 1] ?? "").replace(/"[^"]*"/g, "x").replace(/[#!].*/, "").trim();
    if (text === "") continue;
    depth += text.split("}").length - text.split("{").length;
    if (depth > 0) continue;
    const orphan = depth < 0 ? undefined : unknown.get(`${number}:${file}`);
    if (orphan === undefined) break;
    found.unshift(orphan);
  }
  return found;
}
