/**
 * `holdfast fmt`: the one layout of a configuration. Only layout changes, never what is read: the logical
 * lines of the result are compared with those of the text before it is given out.
 *
 * What has a meaning in one physical line stays in it: definitions, `~SEQ`, `~LST`, `@ID`, includes, lines
 * with `$`, `'` or `\`, and lines that are broken.
 */

import type { Diagnostic, Report } from "../findings/diagnostic.ts";
import { layOut } from "./format_layout.ts";
import { collapseBlanks, countCrlf, mayCollapse } from "./format_source.ts";
import { gatherFindings } from "../findings/gather.ts";
import type { Line } from "../findings/place.ts";
import { preprocess } from "../source/preprocess.ts";
import { resolvePath, type SourceFiles } from "../source/source.ts";
import type { Table } from "../rows/table.ts";
import { encodeText } from "../source/text.ts";
import { buildTree } from "../tree/tree.ts";

/** What formatting gave. */
export interface Formatted {
  /** The text in its layout; as it was when it was refused. */
  readonly text: string;
  /** `unbalanced`: braces are missing; `unsafe`: the result would not read the same. */
  readonly refused: "unbalanced" | "unsafe" | undefined;
  /** Lines that ended in CR LF, of which a result that was not refused has none. */
  readonly crlf: number;
  /** Braces that are missing, and lines that could only be left as they are. */
  readonly findings: readonly Diagnostic[];
}

/** Name of the file for findings, and the rows of its top level. */
export interface FormatOptions {
  readonly file: string;
  readonly table: Table;
}

/** Formats a text read with `decodeText`. Formatting the result again changes nothing. */
export function formatText(text: string, options: FormatOptions): Formatted {
  if (!text.startsWith(MARK)) return formatPlain(text, options);
  const formatted = formatPlain(text.slice(MARK.length), options);
  const findings = formatted.findings.map((each) =>
    each.line === 1 ? { ...each, column: each.column + MARK.length } : each
  );
  return { ...formatted, text: `${MARK}${formatted.text}`, findings };
}

/** A byte order mark stays: who reads the file may want it. */
const MARK = "\ufeff";

function formatPlain(text: string, options: FormatOptions): Formatted {
  const crlf = countCrlf(text);
  const ids = configIds(text);
  const readings = ids.map((id) => logicalLines(text, options.file, id));
  const kept = keptLines(readings[0]?.findings ?? []);
  if (readings.every(({ lines }) => !isBalanced(lines))) {
    const findings = [...kept, ...braceFindings(readings[0]?.lines ?? [], options)];
    return { text, refused: "unbalanced", crlf, findings };
  }
  const formatted = layOut(text);
  const same = ids.every((id, index) =>
    sameLines(readings[index]?.lines ?? [], logicalLines(formatted, options.file, id).lines)
  );
  return same
    ? { text: formatted, refused: undefined, crlf, findings: kept }
    : { text, refused: "unsafe", crlf, findings: kept };
}

/** The first finding about each line that is left as it is, in order. */
function keptLines(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const own = findings.filter(({ code, via }) => via.length === 0 && KEPT_CODES.has(code));
  return firstOfEach(own, ({ line, code }) => `${line} ${code}`)
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function firstOfEach(
  findings: readonly Diagnostic[],
  keyOf: (finding: Diagnostic) => string,
): readonly Diagnostic[] {
  return [...Map.groupBy(findings, keyOf).values()].flatMap(([first]) => first ?? []);
}

const KEPT_CODES: ReadonlySet<string> = new Set([
  "line-too-long",
  "nul-in-line",
  "unterminated-quote",
]);

/** Configuration ids to read with: one that nothing names, and some of those that `@` lines name. */
function configIds(text: string): readonly string[] {
  const named = text.matchAll(/^[ \t]*@\^?([^ \t\r\n]+)/gm);
  const known = new Set(Array.from(named, ([, id]) => id ?? ""));
  let other = "-";
  while (known.has(other)) other += "-";
  return [other, ...[...known].slice(0, MAX_IDS)];
}

/** A reading per id costs as much as a run of `-t`. */
const MAX_IDS = 4;

interface Reading {
  readonly lines: readonly Line[];
  readonly findings: readonly Diagnostic[];
}

/** What the text says by itself; what it includes is left out, since its lines do not change. */
function logicalLines(text: string, file: string, configId: string): Reading {
  const bytes = encodeText(text);
  const path = resolvePath("/", file);
  const files: SourceFiles = {
    directory: "/",
    configId,
    randomSeed: 1,
    read: (name) => name === path ? { kind: "text", bytes, executable: false } : MISSING,
    list: () => undefined,
    env: () => undefined,
  };
  const { report, all } = gatherFindings();
  const lines = preprocess(files, { path: file, allConfig: false, report, rounds: ROUNDS });
  return { lines, findings: all() };
}

/** Rounds of a sequence read the same text, of which layout changes all or nothing. */
const ROUNDS = 4;

const MISSING = { kind: "missing" } as const;

function isBalanced(lines: readonly Line[]): boolean {
  let depth = 0;
  for (const { text } of lines) {
    if (text === "{") depth++;
    if (text === "}" && --depth < 0) return false;
  }
  return depth === 0;
}

const BRACE_CODES: ReadonlySet<string> = new Set([
  "unexpected-open-brace",
  "missing-open-brace",
  "extra-close-brace",
  "missing-close-brace",
]);

function braceFindings(lines: readonly Line[], { table }: FormatOptions): readonly Diagnostic[] {
  const { report, soFar, all } = gatherFindings();
  buildTree(lines, table, (place, length, finding) => {
    if (BRACE_CODES.has(finding.code)) report(place, length, finding);
  });
  if (soFar.length === 0) countBraces(lines, report);
  // A definition that is used often lacks its brace once.
  return firstOfEach(all(), ({ line, column, code }) => `${line}:${column} ${code}`);
}

/** Says which brace is alone where no row tells more: in a file that is the inside of a block elsewhere. */
function countBraces(lines: readonly Line[], report: Report): void {
  const open: Line[] = [];
  for (const line of lines) {
    if (line.text === "{") open.push(line);
    if (line.text !== "}" || open.pop() !== undefined) continue;
    report(line, 1, {
      severity: "error",
      code: "extra-close-brace",
      message: 'Cannot match this "}": no block is open',
    });
  }
  for (const line of open) {
    report(line, 1, {
      severity: "error",
      code: "missing-close-brace",
      message: 'Cannot find the "}" of the block that begins here',
    });
  }
}

function sameLines(before: readonly Line[], after: readonly Line[]): boolean {
  return before.length === after.length &&
    before.every(({ text }, index) => sameText(text, after[index]?.text));
}

function sameText(before: string, after: string | undefined): boolean {
  if (before === after) return true;
  return after !== undefined && mayCollapse(before) && mayCollapse(after) &&
    collapseBlanks(before) === collapseBlanks(after);
}
