/** What can be written at a position: keywords, values, names, definitions, files. */

import { splitWords, type Word } from "../../language/source/words.ts";
import {
  type Completion,
  type Cursor,
  files,
  includeLine,
  keywords,
  names,
  values,
  variables,
} from "./candidates.ts";
import { blockAt, type BlockKind, usableRow } from "../text/outline.ts";
import { type Segment, segmentAt } from "../text/pieces.ts";
import { lineTextAt, type Position } from "../text/range.ts";
import { namedAt } from "../places/reference.ts";
import { literalsAt } from "./shape.ts";
import type { View } from "../text/view.ts";

/** What can be written at a position. `trigger`: the character that asked, when it was not the user. */
export function completionsAt(
  view: View,
  at: Position,
  trigger?: string,
): readonly Completion[] {
  const line = lineTextAt(view.text, at);
  const before = line.slice(0, at.character);
  const variable = /\$(\{?)([A-Za-z_][A-Za-z0-9_]*)?$/.exec(before);
  const segment = segmentAt(before);
  if (segment === undefined) return [];
  const cursor = (start: number, rest: RegExp): Cursor => {
    const after = rest.exec(line.slice(at.character))?.[0].length ?? 0;
    const end = at.character + after;
    return {
      view,
      range: { start: { ...at, character: start }, end: { ...at, character: end } },
      written: line.slice(start, at.character),
      last: /^[ \t]*(?:[#!].*)?$/.test(line.slice(end)),
    };
  };
  if (variable !== null) {
    const name = cursor(at.character - (variable[2]?.length ?? 0), /^[A-Za-z0-9_]*/);
    const closed = variable[1] === "" || line[name.range.end.character] === "}";
    return variables(name, closed ? "" : "}");
  }
  if (trigger === "{" || insideDefinition(view, at, segment)) return [];
  const include = /^include[rmwba]?[ \t]+"?(.*)$/.exec(segment.text);
  if (include !== null) {
    const written = include[1]?.split("/").at(-1) ?? "";
    return files(cursor(at.character - written.length, /^[^/ \t"]*/), include[1] ?? "");
  }
  if (trigger === "/" || (trigger === " " && segment.text === "")) return [];
  const { words, start } = splitAtCursor(segment);
  const { kind } = blockAt(view.outline, at);
  return wordsAt(cursor(start, /^[^ \t{}"#!]*/), kind, words);
}

/** The words before the one being written, and where that one begins in the line. */
function splitAtCursor(
  { text, start }: Segment,
): { readonly words: readonly Word[]; readonly start: number } {
  const quotes = text.split('"').length - 1;
  const open = quotes % 2 === 1 ? text.lastIndexOf('"') + 1 : undefined;
  const from = open ?? text.length - (/[^ \t"]*$/.exec(text)?.[0].length ?? 0);
  const before = open === undefined ? text.slice(0, from) : text.slice(0, open - 1);
  return { words: splitWords(before), start: start + from };
}

/** Lines of a definition are read where it is used. */
function insideDefinition(view: View, at: Position, segment: Segment): boolean {
  if (/^\$[A-Za-z_][A-Za-z0-9_]*=/.test(segment.text)) return true;
  if (!view.text.includes("\\")) return false;
  return view.pieces.some((piece) =>
    piece.kind === "definition" && piece.range.start.line < at.line && at.line <= piece.end.line
  );
}

function wordsAt(
  cursor: Cursor,
  kind: BlockKind,
  before: readonly Word[],
): readonly Completion[] {
  const named = names(cursor, namedAt({ inside: kind, before }));
  if (kind.list !== undefined) {
    const { options, entryArgs } = kind.list;
    const previous = options && usableRow(options, before.at(-1)?.text ?? "")?.row;
    if (previous !== undefined && previous.args !== "" && before.length > 1) {
      const words = literalsAt(previous.args, 0);
      if (named.length > 0 || !previous.args.startsWith("[")) {
        return [...named, ...values(cursor, words, previous.text)];
      }
      return [...values(cursor, words, previous.text), ...keywords(cursor, options, kind)];
    }
    if (options !== undefined) {
      return before.length === 0 ? named : keywords(cursor, options, kind);
    }
    return [...named, ...values(cursor, literalsAt(entryArgs, before.length), kind.list.text)];
  }
  const first = before[0]?.text;
  if (first === undefined) {
    return kind.table === undefined
      ? []
      : [...keywords(cursor, kind.table, kind), includeLine(cursor)];
  }
  const found = usableRow(kind.table, first);
  if (found === undefined) return [];
  const { row } = found;
  const index = before.length - 1;
  const literals = row.kind === "value" && row.values !== undefined && index === 0
    ? row.values
    : literalsAt(row.args, index);
  return [...named, ...values(cursor, literals, row.text)];
}
