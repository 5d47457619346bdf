/** `$NAME` and `${NAME}` in a text, and the names keepalived defines itself (grammar.md §5). */

import { type Position, type Range, touches } from "../text/range.ts";

/** Names keepalived defines, and what they stand for. */
export const BUILT_IN: Readonly<Record<string, string>> = {
  _PWD: "Directory of the file being read",
  _INSTANCE: "The configuration id: -i, else the host name up to the first dot",
  _RANDOM: "A random number: ${_RANDOM}, ${_RANDOM MIN} or ${_RANDOM MIN MAX}",
  _ENV: "An environment variable: ${_ENV NAME}",
  _HASH: "A #, inside double quotes",
  _BANG: "A !, inside double quotes",
};

/** A use of a name. */
export interface VariableUse {
  readonly name: string;
  /** With the `$` and the braces. */
  readonly range: Range;
  /** Without them. */
  readonly nameRange: Range;
}

/** The use of a name at a position of a line. */
export function variableAt(line: string, at: Position): VariableUse | undefined {
  return variablesIn(line, at.line).find(({ range }) => touches(range, at));
}

/** All uses of names in a line. */
export function variablesIn(line: string, number: number): readonly VariableUse[] {
  if (!line.includes("$")) return [];
  return Array.from(line.matchAll(USE), (match) => {
    const name = match[1] ?? match[2] ?? "";
    const from = match.index + (match[1] === undefined ? 2 : 1);
    return {
      name,
      range: inLine(number, match.index, match[0].length),
      nameRange: inLine(number, from, name.length),
    };
  });
}

function inLine(line: number, start: number, length: number): Range {
  return { start: { line, character: start }, end: { line, character: start + length } };
}

const USE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)[^{}]*\})/g;
