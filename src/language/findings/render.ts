/**
 * Findings for people: the line with the place, the source with the marked words, the way the text
 * came there, a hint. Pure; who prints decides on colour.
 */

import { isClosing } from "./gather.ts";
import { type Diagnostic, messageOf, type Severity } from "./diagnostic.ts";
import { MASK, maskLoneSecret, maskSecretsOf, secretNamesIn } from "./render_mask.ts";
import { printable, showLine } from "./render_width.ts";

/**
 * Physical lines of a file as findings name it, without line ends; `undefined` for one that is not
 * known.
 */
export type SourceLines = (file: string) => readonly string[] | undefined;

/** How findings are shown. */
export interface RenderOptions {
  readonly lines: SourceLines;
  /** Names of definitions that any file uses for a secret; absent: those of the same file. */
  readonly secretNames?: () => ReadonlySet<string>;
  /** ANSI colours (ECMA-48 SGR). */
  readonly colour: boolean;
}

/** Cells of a source line that are shown; of a longer one the part around the mark is. */
const WIDTH = 120;

/** UTF-16 units of a line that are looked at: no line that is read has more, and a file without line ends is one. */
const READ = 4_096;

/** Cells shown before the mark of a longer line. */
const BEFORE = 40;

/** One finding, several lines, each with its line end. */
export function renderFinding(diagnostic: Diagnostic, options: RenderOptions): string {
  const { file, line, column, severity, hint, via, code } = diagnostic;
  const paint = painter(options.colour);
  const place = paint("bold", `${printable(file)}:${line}:${column}:`);
  const gutter = " ".repeat(Math.max(4, String(line).length + 1));
  const note = (label: string, text: string) =>
    `${gutter} ${paint("faint", "=")} ${paint("bold", `${label}:`)} ${printable(text)}`;
  const excerpt = excerptOf(diagnostic, options);
  return [
    `${place} ${paint(severity, `${severity}:`)} ${printable(messageOf(diagnostic))}`,
    ...(excerpt === undefined ? [note("rule", code)] : [
      `${paint("faint", `${String(line).padStart(gutter.length)} |`)} ${excerpt.text}`,
      `${gutter} ${paint("faint", "|")} ${excerpt.indent}${
        paint(severity, `${excerpt.mark} ${code}`)
      }`,
    ]),
    ...(hint === undefined ? [] : [note("hint", hint)]),
    ...via.map((at) =>
      note(isInclude(at, options.lines) ? "included at" : "used at", placeText(at))
    ),
  ].map((text) => `${text}\n`).join("");
}

/** How many of what: `2 errors, 1 warning and 3 notes in 2 files`. */
export function countsText(diagnostics: readonly Diagnostic[], files: number): string {
  const count = (severity: Severity, word: string) => {
    const found = diagnostics.filter((each) => each.severity === severity)
      .reduce((sum, each) => sum + (isClosing(each) ? 0 : 1) + (each.more ?? 0), 0);
    return found === 0 ? [] : [`${found} ${word}${found === 1 ? "" : "s"}`];
  };
  const parts = [
    ...count("error", "error"),
    ...count("warning", "warning"),
    ...count("info", "note"),
  ];
  const last = parts.pop() ?? "no findings";
  const text = parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
  return `${text} in ${files} file${files === 1 ? "" : "s"}`;
}

/** The source line and what is marked of it. */
interface Excerpt {
  readonly text: string;
  readonly indent: string;
  readonly mark: string;
}

function excerptOf(
  { file, line, column, length }: Diagnostic,
  { lines, secretNames }: RenderOptions,
): Excerpt | undefined {
  const all = lines(file);
  const source = all?.[line - 1]?.slice(0, READ);
  if (all === undefined || source === undefined) return undefined;
  const own = maskSecretsOf(source, secretNames ?? (() => secretNamesIn(all)));
  const { text, from = Infinity } = own.from === undefined
    ? maskLoneSecret(source, all.slice(0, line - 1).findLast((each) => each.trim() !== ""))
    : own;
  const start = Math.min(column - 1, from, text.length);
  const end = column - 1 + length > from
    ? from + MASK.length
    : Math.max(start, Math.min(column - 1 + length, text.length));
  const shown = showLine(text);
  const first = shown.cells[start] ?? 0;
  const isBlank = text[start] === "\t"; // a mark of what is missing there
  const width = isBlank ? 1 : Math.max(1, (shown.cells[end] ?? first) - first);
  const total = shown.cells.at(-1) ?? 0;
  if (total <= WIDTH) {
    return { text: shown.text.trimEnd(), indent: " ".repeat(first), mark: "^".repeat(width) };
  }
  return cutAround(text, { start, end });
}

/** The part of a long line that holds the mark. */
function cutAround(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): Excerpt {
  const from = Math.max(0, start - BEFORE);
  const to = Math.min(text.length, from + WIDTH);
  const shown = showLine(text.slice(from, to));
  const lead = from > 0 ? "…" : "";
  const first = (shown.cells[start - from] ?? 0) + lead.length;
  const last = (shown.cells[Math.min(end, to) - from] ?? 0) + lead.length;
  return {
    text: `${lead}${shown.text.trimEnd()}${to < text.length ? "…" : ""}`,
    indent: " ".repeat(first),
    mark: "^".repeat(Math.max(1, last - first)),
  };
}

function isInclude(
  { file, line, column }: Diagnostic["via"][number],
  lines: SourceLines,
): boolean {
  return lines(file)?.[line - 1]?.slice(column - 1).startsWith("include") ?? false;
}

function placeText({ file, line, column }: Diagnostic["via"][number]): string {
  return `${file}:${line}:${column}`;
}

type Style = Severity | "bold" | "faint";

/** Select Graphic Rendition parameters. */
const SGR: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  info: "1;36",
  bold: "1",
  faint: "2",
};

function painter(colour: boolean): (style: Style, text: string) => string {
  return colour ? (style, text) => `\x1b[${SGR[style]}m${text}\x1b[0m` : (_, text) => text;
}
