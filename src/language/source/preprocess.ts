/**
 * From files to logical lines: includes, conditions, definitions, sequences and substitution
 * (grammar.md §1). Every logical line is a lone brace or text without unquoted braces.
 */

import {
  addLine,
  addPart,
  type AtComment,
  type Definition,
  type Definitions,
  findReference,
  type Parts,
  readDefinition,
  readPart,
  type Reference,
  valueOfReference,
  withContinuation,
} from "./definitions.ts";
import type { Report } from "../findings/diagnostic.ts";
import {
  ALL_CHECKS,
  changeChecks,
  type IncludeChecks,
  includedFiles,
  NO_CHECKS,
  readInclude,
} from "./includes.ts";
import { globFiles, hasWildcard } from "./glob.ts";
import {
  cutBraces,
  eachRawLine,
  MAX_LINE_BYTES,
  physicalLine,
  trimLine,
  withoutComment,
} from "./lines.ts";
import {
  joinLines,
  type Line,
  lineAt,
  type Place,
  placeAt,
  replacementFor,
  sliceLine,
  widthBetween,
  withVia,
} from "../findings/place.ts";
import { type PlainLines, plainParts } from "./plain_lines.ts";
import { isSequence, readSequence } from "./sequences.ts";
import { directoryOf, resolvePath, type SourceFiles } from "./source.ts";
import { byteLength, decodeText } from "./text.ts";
import { splitWords } from "./words.ts";

/** How to read. */
export interface PreprocessOptions {
  /** Path of the main file. */
  readonly path: string;
  /** `-e`: every include problem counts. */
  readonly allConfig: boolean;
  readonly report: Report;
  /** Rounds of a sequence that are read, where the first ones stand for all; absent: every one. */
  readonly rounds?: number;
  /** Told of the names at the end. */
  readonly names?: (names: DefinedNames) => void;
}

/** Names that a text defines, without `$`. */
export interface DefinedNames {
  readonly here: ReadonlySet<string>;
  /** Under another configuration id. */
  readonly elsewhere: ReadonlySet<string>;
  /** Whether a `$` is left in some line. */
  readonly isLeft: boolean;
}

/** Lines that expansions may make before the reader gives up, so that any input ends. */
export const MAX_EXPANDED_LINES = 1_000_000;

const MAX_INCLUDE_DEPTH = 64;
const MAX_NESTED_VALUES = 64;

/** A multi-line definition whose lines are being collected. */
interface Collecting {
  readonly name: string;
  readonly parts: Parts;
  /** A comment in it was told of. */
  isTold: boolean;
}

/** State of one reading. */
interface Reader {
  readonly files: SourceFiles;
  readonly report: Report;
  readonly rounds: number;
  readonly definitions: Definitions;
  readonly lines: Line[];
  readonly plain: PlainLines;
  readonly open: string[];
  /** All files that were included. */
  readonly read: Set<string>;
  /** Names that lines for other configuration ids define. */
  readonly elsewhere: Set<string>;
  /** A `$` stayed in some line. */
  isLeft: boolean;
  checks: IncludeChecks;
  collecting: Collecting | undefined;
  expanded: number;
}

/** Reads the main file and all it includes. */
export function preprocess(files: SourceFiles, options: PreprocessOptions): readonly Line[] {
  const { path, report } = options;
  const reader: Reader = {
    files,
    report,
    rounds: options.rounds ?? Infinity,
    definitions: { names: new Map(), files, directory: files.directory, random: files.randomSeed },
    lines: [],
    plain: new Map(),
    open: [],
    read: new Set(),
    elsewhere: new Set(),
    isLeft: false,
    checks: options.allConfig ? ALL_CHECKS : NO_CHECKS,
    collecting: undefined,
    expanded: 0,
  };
  for (const absolute of mainFiles(files, path, report)) {
    const shown = hasWildcard(path) ? absolute : path;
    const content = files.read(absolute);
    if (content.kind === "text" && !content.executable) {
      readFile(reader, { absolute, shown, bytes: content.bytes, via: undefined });
      continue;
    }
    const why = content.kind === "unreadable"
      ? content.reason
      : content.kind === "text"
      ? "it is executable"
      : `it is ${WHAT[content.kind]}`;
    report({ file: shown, line: 1, column: 1 }, 1, {
      severity: "error",
      code: "main-file-missing",
      message: `Cannot read ${shown}: ${why}`,
      // keepalived: takes an executable file for a script, and passes over it
      ...(content.kind === "text" && { hint: `chmod a-x ${shown}` }),
      ...(content.kind === "missing" && { hint: `"holdfast example" prints one to begin with` }),
    });
  }
  options.names?.({
    here: new Set(reader.definitions.names.keys()),
    elsewhere: reader.elsewhere,
    isLeft: reader.isLeft,
  });
  return reader.lines;
}

/** The files `-f` names: it may be a pattern, several matches of which are odd. */
function mainFiles(files: SourceFiles, path: string, report: Report): readonly string[] {
  const plain = resolvePath(files.directory, path);
  if (!hasWildcard(path)) return [plain];
  const found = globFiles(files, files.directory, path);
  if (found.length > 1) {
    report({ file: path, line: 1, column: 1 }, 1, {
      severity: "warning",
      code: "several-files",
      message: `Cannot take ${path} for one file: all ${found.length} matches are read`,
      status: "multiple-files",
    });
  }
  return found.length === 0 ? [plain] : found;
}

const WHAT = { missing: "not there", directory: "a directory", other: "no regular file" } as const;

function readFile(
  reader: Reader,
  file: {
    readonly absolute: string;
    readonly shown: string;
    readonly bytes: Uint8Array;
    readonly via: Place | undefined;
  },
): void {
  const { shown, via } = file;
  const text = withoutMark(
    decodeText(file.bytes),
    { file: shown, line: 1, column: 1, via },
    reader,
  );
  if (via !== undefined && isReadOften(reader, file.absolute, text)) {
    return endlessExpansion(reader, via);
  }
  const before = { checks: reader.checks, directory: reader.definitions.directory };
  reader.open.push(file.absolute);
  reader.definitions.directory = directoryOf(file.absolute);
  eachRawLine(text, (raw, number) => {
    const parts = reader.collecting === undefined ? plainParts(reader.plain, raw) : undefined;
    if (parts === undefined) {
      readRaw(reader, lineAt({ file: shown, line: number, column: 1, via }, raw));
      return;
    }
    for (const { column, text } of parts) {
      reader.lines.push({ file: shown, line: number, column, via, text, pieces: undefined });
    }
  });
  if (reader.collecting !== undefined) finishCollecting(reader);
  reader.checks = before.checks;
  reader.definitions.directory = before.directory;
  reader.open.pop();
}

/**
 * A text without its byte order mark, which some editors of other systems write. keepalived: takes it for a part of
 * the first word, whose block is lost; here it is told, and the block is read as meant.
 */
function withoutMark(text: string, place: Place, { report }: Reader): string {
  if (!text.startsWith("\ufeff")) return text;
  report(place, 1, {
    severity: "error",
    code: "byte-order-mark",
    message: "Cannot share this file with keepalived: a byte order mark hides its first word",
    hint: "save the file as UTF-8 without one",
    status: "unknown-keyword",
  });
  return ` ${text.slice(1)}`; // columns stay
}

/** Whether the lines of a file that is read once more are too many: a sequence can read a long one a million times. */
function isReadOften(reader: Reader, path: string, text: string): boolean {
  if (!reader.read.has(path)) {
    reader.read.add(path);
    return false;
  }
  reader.expanded += text.split("\n").length;
  return reader.expanded >= MAX_EXPANDED_LINES;
}

/** The general way of a physical line. */
function readRaw(reader: Reader, raw: Line): void {
  const line = physicalLine(raw, reader.report);
  if (line === undefined) return;
  const { clean, comment } = withoutComment(line, reader.report);
  if (reader.collecting !== undefined) return collect(reader, clean, comment);
  if (clean.text === "") return;
  const whole = withContinuation(clean, comment);
  readText(reader, whole, 0);
  if (whole !== clean && comment !== undefined) tellOfComment(reader, comment, "goes on");
}

/** Steps a to d, then includes and braces. `depth` counts the multi-line values around this line. */
function readText(reader: Reader, input: Line, depth: number): void {
  const line = input.text.startsWith("@") ? withoutCondition(reader, input) : input;
  if (line === undefined) return;
  const first = line.text.charCodeAt(0);
  if (first === 0x24) {
    const definition = readDefinition(line.text);
    if (definition !== undefined) return define(reader, line, definition);
  }
  if (first === 0x7e && isSequence(line.text)) return readRounds(reader, line, depth);
  if (first !== 0x7e && !line.text.includes("$")) {
    if (!includeFiles(reader, line)) cutBraces(line, (part) => reader.lines.push(part));
    return;
  }
  const rest: { readonly parts: Definition; readonly use: Place }[] = [];
  const text = first !== 0x7e ? substitute(reader, line, rest) : line;
  const trimmed = trimLine(text);
  reader.isLeft ||= trimmed.text.includes("$");
  if (trimmed.text !== "" && !includeFiles(reader, trimmed)) {
    cutBraces(trimmed, (part) => reader.lines.push(part));
  }
  for (const { parts, use } of rest) {
    if (depth >= MAX_NESTED_VALUES) {
      endlessExpansion(reader, use);
      return;
    }
    for (const part of parts.slice(1)) {
      if (!allowed(reader, use)) return;
      readText(reader, withVia(part, use), depth + 1);
    }
  }
}

/** Removes `@ID` or `@^ID`; `undefined` when the line is not for this configuration id. */
function withoutCondition(reader: Reader, line: Line): Line | undefined {
  const match = /^@(\^?)([^ \t]*)[ \t]*/.exec(line.text);
  if (match === null) return line;
  const same = match[2] === reader.files.configId;
  const rest = sliceLine(line, match[0].length);
  if (same === (match[1] === "^")) {
    const name = readDefinition(rest.text)?.name;
    if (name !== undefined) reader.elsewhere.add(name);
    return undefined;
  }
  return rest.text === "" ? undefined : rest;
}

function define(
  reader: Reader,
  line: Line,
  definition: { readonly name: string; readonly value: number },
): void {
  const { part, more } = readPart(line, definition.value);
  if (!more) {
    reader.definitions.names.set(definition.name, [part]);
  } else {
    const parts: Parts = { lines: [], depth: 0 };
    addPart(parts, part);
    reader.collecting = { name: definition.name, parts, isTold: false };
  }
}

function collect(reader: Reader, line: Line, comment: Line | undefined): void {
  const { collecting } = reader;
  if (collecting === undefined) return;
  const { more, atComment } = addLine(collecting.parts, line, comment?.text);
  if (atComment !== undefined && comment !== undefined) tellOfComment(reader, comment, atComment);
  if (!more) finishCollecting(reader);
}

/** What a comment does to the definition around it, here and for keepalived. */
const AT_COMMENT = {
  "goes on": (name: string) => `the definition of $${name} goes on, for keepalived 2.4 it ends`,
  "is lost": (name: string) => `the definition of $${name} is read on, keepalived ends it`,
  "ends": (name: string) => `the definition of $${name} ends, for keepalived 2.2 it goes on`,
} as const;

function tellOfComment(
  { collecting, report }: Reader,
  comment: Line,
  here: AtComment,
): void {
  if (collecting === undefined || collecting.isTold) return;
  collecting.isTold = true;
  report(comment, comment.text.length, {
    severity: here === "is lost" ? "error" : "warning",
    code: "comment-in-definition",
    message: `Cannot share this comment with keepalived: ${AT_COMMENT[here](collecting.name)}`,
    hint: "write comments before a definition of several lines, or after it",
    ...(here === "is lost" && { status: "unknown-keyword" as const }),
  });
}

function finishCollecting(reader: Reader): void {
  const { collecting } = reader;
  if (collecting !== undefined) {
    reader.definitions.names.set(collecting.name, collecting.parts.lines);
  }
  reader.collecting = undefined;
}

function readRounds(reader: Reader, line: Line, depth: number): void {
  const expand = (text: string) => substitute(reader, lineAt(line, text), undefined).text;
  const sequence = readSequence(line, expand, reader.report);
  if (sequence === undefined || sequence.body.text === "") return;
  let left = reader.rounds;
  for (const round of sequence.rounds) {
    if (left-- <= 0 || !allowed(reader, line)) return;
    for (const [name, value] of round) {
      reader.definitions.names.set(name, [lineAt(line, value)]);
    }
    readText(reader, sequence.body, depth);
  }
}

/** Replaces references. Of a multi-line value the first part is put in place, the others go to `rest`. */
function substitute(
  reader: Reader,
  input: Line,
  rest: { readonly parts: Definition; readonly use: Place }[] | undefined,
): Line {
  let line = input;
  let from = 0;
  for (let rounds = 0; rounds <= MAX_LINE_BYTES; rounds++) {
    const reference = findReference(line.text, from, reader.definitions);
    if (reference === undefined) return line;
    const value = valueOfReference(reference, line, reader.definitions, reader.report);
    const several = typeof value === "object" && value.length !== 1;
    if (
      value === undefined || (several && (rest === undefined || reference.end !== line.text.length))
    ) {
      from = reference.end;
      continue;
    }
    const use = placeAt(line, reference.start);
    if (isCommentStart(reference, value, line, reader)) return sliceLine(line, 0, reference.start);
    const middle = several ? withVia(value[0] ?? lineAt(use, ""), use) : replacementFor(
      line,
      reference.start,
      reference.end,
      typeof value === "string" ? value : value[0]?.text ?? "",
    );
    const next = joinLines([
      sliceLine(line, 0, reference.start),
      middle,
      sliceLine(line, reference.end),
    ]);
    if (byteLength(next.text) > MAX_LINE_BYTES) break;
    if (several) rest?.unshift({ parts: value, use });
    line = next;
    from = reference.start;
    if (middle.text.startsWith("~")) return line;
  }
  endlessExpansion(reader, line);
  return line;
}

/**
 * Whether a reference begins a comment: `${_HASH}` and `${_BANG}` do outside quotes, since keepalived removes comments
 * again after substitution. At the start of a line that is meant; elsewhere it is told. So is a variable of the
 * environment, of whose value keepalived would drop a part.
 */
function isCommentStart(
  { name, start, end }: Reference,
  value: string | Definition,
  line: Line,
  { definitions, report }: Reader,
): boolean {
  if (typeof value !== "string" || !/[#!]/.test(value) || definitions.names.has(name)) return false;
  const before = line.text.slice(0, start);
  if ((before.split('"').length - 1) % 2 === 1) return false;
  const isMark = name === "_HASH" || name === "_BANG";
  if (isMark && before.trim() === "") return true;
  report(placeAt(line, start), end - start, {
    severity: "warning",
    code: "escaped-comment",
    message: isMark
      ? `Cannot read what follows \${${name}}: outside quotes it begins a comment`
      : `Cannot share the value of this variable with keepalived: outside quotes its # or ! begins a comment there`,
    hint: "put the word in double quotes",
  });
  return isMark;
}

function includeFiles(reader: Reader, line: Line): boolean {
  const { text } = line;
  if (!text.startsWith("include")) return false;
  if (text.startsWith("include_check")) {
    const [keyword, ...words] = splitWords(text);
    if (keyword?.text === "include_check") {
      reader.checks = changeChecks(words.map((word) => word.text), reader.checks);
      return false;
    }
  }
  const include = readInclude(text, reader.checks);
  if (include === undefined) return false;
  const place = placeAt(line, 0);
  const { files, report } = reader;
  const { directory } = reader.definitions;
  for (const { path, bytes } of includedFiles(include, line, { files, directory, report })) {
    if (reader.open.includes(path) || reader.open.length >= MAX_INCLUDE_DEPTH) {
      report(placeAt(line, include.at), widthBetween(line, include.at, text.length), {
        severity: "error",
        code: "include-loop",
        message: `Cannot include ${path}: it is being read already`,
        status: "general",
      });
    } else if (allowed(reader, place)) {
      readFile(reader, { absolute: path, shown: path, bytes, via: place });
    }
  }
  return true;
}

function allowed(reader: Reader, place: Place): boolean {
  reader.expanded++;
  if (reader.expanded === MAX_EXPANDED_LINES) endlessExpansion(reader, place);
  return reader.expanded < MAX_EXPANDED_LINES;
}

function endlessExpansion(reader: Reader, place: Place): void {
  reader.report(place, 1, {
    severity: "error",
    code: "expansion-too-long",
    message:
      "Cannot expand this line further: more than 1023 bytes, or values that expand without end",
  });
}
