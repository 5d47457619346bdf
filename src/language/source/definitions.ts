/** `$NAME=VALUE` and what the built-in names stand for (grammar.md §4 and §5). */

import type { Report } from "../findings/diagnostic.ts";
import type { SourceFiles } from "./source.ts";
import { type Line, placeAt, sliceLine } from "../findings/place.ts";

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

/** Part of a multi-line definition: the text before a final `\`, and whether one was there. */
export function readPart(line: Line, from = 0): { readonly part: Line; readonly more: boolean } {
  const { text } = line;
  if (!text.endsWith("\\")) return { part: sliceLine(line, from), more: false };
  let end = text.length - 1;
  while (end > from && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return { part: sliceLine(line, from, Math.max(from, end)), more: true };
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
