/** `$NAME=VALUE` and what the built-in names stand for (grammar.md §4 and §5). */

import type { Report } from "../findings/diagnostic.ts";
import type { SourceFiles } from "./source.ts";
import { joinLines, type Line, lineAt, placeAt, sliceLine } from "../findings/place.ts";
import { cutBraces, isBlank } from "./lines.ts";

/** What a name stands for: one line, or several to be read one after the other. */
export type Definition = readonly Line[];

/** Names defined so far, and the state of the built-in ones. */
export interface Definitions {
  readonly names: Map<string, Definition>;
  readonly files: SourceFiles;
  /** Directory of the file being read, `${_PWD}`. */
  directory: string;
  /** State of `${_RANDOM}`. */
  random: number;
}

/** A `$NAME=` at the start of a line: the name and where its value begins. */
export function readDefinition(
  text: string,
): { readonly name: string; readonly value: number } | undefined {
  const match = /^\$([A-Za-z_][A-Za-z0-9_]*)=[ \t]*/.exec(text);
  return match?.[1] === undefined ? undefined : { name: match[1], value: match[0].length };
}

/** A reference to a name. */
export interface Reference {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** Words after the name inside the braces. */
  readonly parameters: readonly string[];
}

const REFERENCE =
  /\$(?:([A-Za-z_][A-Za-z0-9_]*)(?=[ \t,)]|$)|\{([A-Za-z_][A-Za-z0-9_]*)((?:[ \t]+[^ \t}]+)*)[ \t]*\})/g;

/** The first reference at or after `from` to a name that is known. */
export function findReference(
  text: string,
  from: number,
  names: Definitions,
): Reference | undefined {
  if (!text.includes("$", from)) return undefined;
  REFERENCE.lastIndex = from;
  for (let match = REFERENCE.exec(text); match !== null; match = REFERENCE.exec(text)) {
    const name = match[1] ?? match[2] ?? "";
    if (names.names.has(name) || BUILT_IN.has(name)) {
      const parameters = (match[3] ?? "").split(/[ \t]+/).filter((word) => word !== "");
      return { start: match.index, end: match.index + match[0].length, name, parameters };
    }
    REFERENCE.lastIndex = match.index + 1;
  }
  return undefined;
}

/** What a reference stands for; `undefined` for a built-in one that was used wrongly, which is reported. */
export function valueOfReference(
  reference: Reference,
  line: Line,
  definitions: Definitions,
  report: Report,
): string | Definition | undefined {
  const defined = definitions.names.get(reference.name);
  if (defined !== undefined) return defined;
  const complain = (message: string) => {
    report(placeAt(line, reference.start), reference.end - reference.start, {
      severity: "error",
      code: "definition-parameter",
      message,
      status: "general",
    });
  };
  const { files, directory } = definitions;
  const { name, parameters } = reference;
  if (name === "_RANDOM") return random(definitions, parameters, complain);
  const wanted = name === "_ENV" ? 1 : 0;
  if (parameters.length !== wanted) {
    complain(`Cannot expand \${${name}} with ${parameters.length} parameters: it takes ${wanted}`);
    return undefined;
  }
  if (name === "_PWD") return directory;
  if (name === "_INSTANCE") return files.configId;
  if (name === "_HASH") return "#";
  if (name === "_BANG") return "!";
  return files.env(parameters[0] ?? "") ?? "";
}

/** A part of a multi-line definition: the text before a final `\`, and whether one was there. */
export function readPart(line: Line, from = 0): { readonly part: Line; readonly more: boolean } {
  const { text } = line;
  if (!text.endsWith("\\")) return { part: sliceLine(line, from), more: false };
  let end = text.length - 1;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  return { part: sliceLine(line, from, Math.max(from, end)), more: true };
}

/** What a comment does to the definition around it: it differs between versions, or loses the definition. */
export type AtComment = "goes on" | "is lost" | "ends";

/** The lines of a definition so far. */
export interface Parts {
  readonly lines: Line[];
  /** Blocks that they open and do not close. */
  depth: number;
}

/** Adds a part of a definition, unless it is empty. */
export function addPart(parts: Parts, part: Line): void {
  if (part.text === "") return;
  parts.lines.push(part);
  cutBraces(part, ({ text }) => parts.depth += text === "{" ? 1 : text === "}" ? -1 : 0);
}

/**
 * Adds a further line of a multi-line definition. keepalived: any comment ends one since 2.4, before one without a
 * `\` at its end. Here one ends it where nothing shows that more is meant: neither a `\`, nor an open block.
 */
export function addLine(
  parts: Parts,
  line: Line,
  comment: string | undefined,
): { readonly more: boolean; readonly atComment: AtComment | undefined } {
  const { part, more } = readPart(line);
  addPart(parts, part);
  if (comment !== undefined && isContinued(comment)) return { more: true, atComment: "goes on" };
  if (comment === undefined || line.text !== "") return { more, atComment: undefined };
  const isOpen = parts.depth > 0;
  return { more: isOpen, atComment: isOpen ? "is lost" : "ends" };
}

/** A line as it begins a definition, with the `\` that only its comment has. */
export function withContinuation(clean: Line, comment: Line | undefined): Line {
  return comment !== undefined && isContinued(comment.text) && BEGINS_DEFINITION.test(clean.text)
    ? joinLines([clean, lineAt(comment, "\\")])
    : clean;
}

const BEGINS_DEFINITION = /^(?:@\^?[^ \t]*[ \t]+)?\$[A-Za-z_][A-Za-z0-9_]*=/;

/** Whether a comment ends in a `\` that is not escaped itself. */
export function isContinued(comment: string): boolean {
  return (/\\+(?=[ \t]*$)/.exec(comment)?.[0].length ?? 0) % 2 === 1;
}

const BUILT_IN: ReadonlySet<string> = new Set([
  "_PWD",
  "_INSTANCE",
  "_RANDOM",
  "_ENV",
  "_HASH",
  "_BANG",
]);

function random(
  definitions: Definitions,
  parameters: readonly string[],
  complain: (message: string) => void,
): string | undefined {
  if (parameters.length > 2 || !parameters.every((word) => /^\d{1,9}$/.test(word))) {
    complain(`Cannot expand \${_RANDOM ${parameters.join(" ")}}: it takes at most two numbers`);
    return undefined;
  }
  const [min = 0, max = 32767] = parameters.map(Number);
  if (min > max) {
    complain(`Cannot draw a number from ${min} to ${max}: the first one is used`);
    return String(min);
  }
  definitions.random = (Math.imul(definitions.random, 1664525) + 1013904223) >>> 0; // Numerical Recipes' LCG
  return String(min + definitions.random % (max - min + 1));
}
