/** `$NAME` and `${NAME}` in a text, and the names keepalived defines itself (grammar.md §5). */

import { type Position, type Range, touches } from "./range.ts";

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
}

/** The use of a name at a position of a line. */
export function variableAt(line: string, at: Position): VariableUse | undefined {
  for (const match of line.matchAll(USE)) {
    const start = { line: at.line, character: match.index };
    const end = { line: at.line, character: match.index + match[0].length };
    if (touches({ start, end }, at)) {
      return { name: match[1] ?? match[2] ?? "", range: { start, end } };
    }
  }
  return undefined;
}

const USE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)[^{}]*\})/g;
