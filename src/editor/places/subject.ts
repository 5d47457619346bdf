/** What stands at a position: the one question behind hover and going to a definition. */

import { rowOf, type Table } from "../../language/rows/table.ts";
import type { Described } from "../describe.ts";
import { type BlockKind, type Statement, statementAt, usableRow } from "../text/outline.ts";
import { type DefinitionLine, type IncludeLine, segmentAt } from "../text/pieces.ts";
import { lineTextAt, type Position, type Range, rangeOfWord, touches } from "../text/range.ts";
import { isDefinition, type Named, namedBy } from "./reference.ts";
import { variableAt } from "./variable.ts";
import type { View } from "../text/view.ts";

/** What stands at a position, and where exactly. */
export type Subject =
  & { readonly range: Range }
  & (
    | { readonly kind: "include"; readonly line: IncludeLine }
    | { readonly kind: "variable"; readonly name: string }
    /** A word that names a block, or the name in the block itself. */
    | { readonly kind: "name"; readonly name: string; readonly keywords: readonly string[] }
    | KeywordSubject
  );

/** A keyword or a word that belongs to it. */
export interface KeywordSubject extends Described {
  readonly kind: "keyword";
  readonly word: string;
}

/** What stands at a position; `undefined` for blanks, comments and what nobody knows. */
export function subjectAt(view: View, at: Position): Subject | undefined {
  const line = lineTextAt(view.text, at);
  if (segmentAt(line.slice(0, at.character)) === undefined) return undefined;
  const include = includeAt(view, at);
  if (include !== undefined) return { kind: "include", line: include, range: include.range };
  const variable = variableAt(line, at) ?? definitionAt(view, at);
  if (variable !== undefined) {
    return { kind: "variable", name: variable.name, range: variable.range };
  }
  const statement = statementAt(view.outline, at);
  return statement && wordAt(statement, at);
}

function includeAt({ text, pieces }: View, at: Position): IncludeLine | undefined {
  if (!text.includes("include")) return undefined;
  return pieces.filter((piece) => piece.kind === "include").find(({ range }) => touches(range, at));
}

/** The name a `~SEQ` or `~LST` defines, which has no `$`. */
function definitionAt({ text, pieces }: View, at: Position): DefinitionLine | undefined {
  if (!text.includes("~")) return undefined;
  return pieces.filter((piece) => piece.kind === "definition")
    .find(({ range }) => touches(range, at));
}

function wordAt(statement: Statement, at: Position): Subject | undefined {
  const { words, line } = statement;
  const index = words.findIndex((word) => touches(rangeOfWord(line, word), at));
  const word = words[index];
  if (word === undefined) return undefined;
  const range = rangeOfWord(line, word);
  if (isDefinition(statement, index)) {
    return { kind: "name", name: word.text, keywords: [statement.name], range };
  }
  const named: Named | undefined = namedBy(statement, index);
  if (named?.kind === "block") {
    return { kind: "name", name: word.text, keywords: named.keywords, range };
  }
  const keyword = keywordAt(statement, index);
  return keyword && { ...keyword, range };
}

/** The row of a word, or of the keyword it belongs to. */
function keywordAt(statement: Statement, index: number): KeywordSubject | undefined {
  const { inside, words } = statement;
  const first = words[0]?.text ?? "";
  if (inside.list === undefined) return rowSubject(inside, inside.table, first);
  const { options } = inside.list;
  const option = words.slice(1, index + 1).findLast(({ text }) =>
    usableRow(options, text) !== undefined
  );
  if (option !== undefined) return rowSubject(inside, options, option.text);
  const word = inside.path.at(-1) ?? "";
  return { kind: "keyword", word, row: inside.list, target: inside.list, acts: inside.acts };
}

function rowSubject(
  { acts }: BlockKind,
  table: Table | undefined,
  word: string,
): KeywordSubject | undefined {
  const row = table && rowOf(table, word);
  if (row === undefined) return undefined;
  return { kind: "keyword", word, row, target: usableRow(table, word)?.row ?? row, acts };
}
