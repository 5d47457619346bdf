/**
 * Which blocks have errors in them: what is missing there may only be misspelt, which is told
 * already.
 */

import type { Diagnostic, Node, Phrase } from "../../config/mod.ts";
import type { Line } from "../../config/place.ts";
import type { BoundConfig } from "../config.ts";

/** Errors by the blocks they stand in. */
export interface Damage {
  /** Whether there is any error. */
  readonly any: boolean;
  /** Whether a block has an error. */
  readonly isHurt: (block: Phrase) => boolean;
  /** Whether one of these keywords is misspelt or refused in a block. */
  readonly isRefused: (block: Phrase, keywords: readonly string[]) => boolean;
  /** Errors in the block that begins in a line. */
  readonly errorsFrom: (file: string, line: number) => readonly Diagnostic[];
  /** Errors in blocks of this name at the top level, but for a block around the line itself. */
  readonly errorsOfName: (
    name: string,
    from: { readonly file: string; readonly line: number },
  ) => readonly Diagnostic[];
}

/** Lines of a block: from its first one to before `end`. */
interface Range {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Looks for what is broken in a file. */
export function damageOf({ tree, diagnostics }: Pick<BoundConfig, "tree" | "diagnostics">): Damage {
  const errors = errorsByFile(diagnostics);
  const any = errors.size > 0;
  const byLine = new Map<Line, Range>();
  const byPlace = new Map<string, Range>();
  const byName = new Map<string, Range[]>();
  const visit = (nodes: readonly Node[], end: number, isTop: boolean): void => {
    for (const [index, node] of nodes.entries()) {
      if (node.row === undefined || node.row.kind === "value") continue;
      const range = rangeOf(node, nodes[index + 1], end);
      const key = placeKey(range.file, range.start);
      byLine.set(node.line, range);
      if (!byPlace.has(key)) byPlace.set(key, range);
      const name = node.words[1]?.text;
      if (isTop && name !== undefined) byName.set(name, [...byName.get(name) ?? [], range]);
      visit(node.children, range.end, false);
    }
  };
  if (any) visit(tree, Infinity, true);
  const inRange = (range: Range | undefined): readonly Diagnostic[] =>
    range === undefined ? [] : within(errors.get(range.file) ?? [], range);
  return {
    any,
    isHurt: ({ line }) => inRange(byLine.get(line)).length > 0,
    isRefused: ({ line }, keywords) =>
      inRange(byLine.get(line)).some((error) => keywords.includes(subjectOf(error) ?? "")),
    errorsFrom: (file, line) => inRange(byPlace.get(placeKey(file, line))),
    errorsOfName: (name, { file, line }) =>
      (byName.get(name) ?? []).filter((range) =>
        range.file !== file || line < range.start || line >= range.end
      ).flatMap(inRange),
  };
}

/**
 * The keyword an error is about: the right one of a misspelt one, the one whose value is refused.
 */
export function subjectOf({ code, message, hint }: Diagnostic): string | undefined {
  return code === "unknown-keyword"
    ? /^did you mean (\S+)/.exec(hint ?? "")?.[1]
    : /^Cannot (?:read|set) ([^\s:]+)/.exec(message)?.[1];
}

function errorsByFile(
  diagnostics: readonly Diagnostic[],
): ReadonlyMap<string, readonly Diagnostic[]> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const byFile = Map.groupBy(errors, ({ file }) => file);
  return new Map(
    [...byFile].map(([file, each]) => [file, each.toSorted((a, b) => a.line - b.line)]),
  );
}

function rangeOf({ line }: Node, next: Node | undefined, end: number): Range {
  const { file, line: start } = line;
  const after = next?.line;
  return { file, start, end: after !== undefined && after.file === file ? after.line : end };
}

function placeKey(file: string, line: number): string {
  return `${line}:${file}`;
}

/** The part of ascending findings that stands in a range. */
function within(errors: readonly Diagnostic[], { start, end }: Range): readonly Diagnostic[] {
  const from = firstFrom(errors, start);
  return errors.slice(from, end === Infinity ? undefined : firstFrom(errors, end));
}

/** Index of the first finding in `line` or after it, by halving. */
function firstFrom(errors: readonly Diagnostic[], line: number): number {
  let low = 0;
  let high = errors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((errors[middle]?.line ?? Infinity) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
