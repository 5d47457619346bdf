/** What completion can offer for one word, by what may stand there. */

import { directoryOf, resolvePath } from "../../language/source/source.ts";
import { rowOf, type Table } from "../../language/rows/table.ts";
import { describe, isActedOn } from "../describe.ts";
import { type BlockKind, usableRow } from "../text/outline.ts";
import type { Range } from "../text/range.ts";
import type { Named } from "../places/reference.ts";
import { snippetOf } from "./snippet.ts";
import { usualRank } from "./usual_order.ts";
import { BUILT_IN } from "../places/variable.ts";
import type { View } from "../text/view.ts";

/** One thing that can be written. */
export interface Completion {
  /** What it is called, and what is inserted where snippets are not known. */
  readonly label: string;
  readonly kind:
    | "block"
    | "keyword"
    | "value"
    | "name"
    | "interface"
    | "variable"
    | "file"
    | "folder";
  /** Shape of the words that follow. */
  readonly detail?: string;
  /** Sentences. */
  readonly documentation: readonly string[];
  /** To insert instead of the label, in LSP's snippet syntax. */
  readonly snippet?: string;
  /** The part of the line that it replaces, which the position touches. */
  readonly range: Range;
  /** Place among the others, from 0: the usual ones first, the same for all that have none. */
  readonly rank: number;
  /** To be shown after the others: deprecated, or nothing holdfast acts on. */
  readonly late: boolean;
  readonly deprecated: boolean;
}

/** The word being written. */
export interface Cursor {
  readonly view: View;
  readonly range: Range;
  /** The part of it before the position. */
  readonly written: string;
  /** Nothing but a comment follows it. */
  readonly last: boolean;
}

/** Keywords of a table. */
export function keywords(
  cursor: Cursor,
  table: Table | undefined,
  { acts, path }: Pick<BlockKind, "acts" | "path">,
): readonly Completion[] {
  return Object.keys(table ?? {}).flatMap((word): Completion[] => {
    const found = usableRow(table, word);
    const row = table && rowOf(table, word);
    if (found === undefined || row === undefined) return [];
    const described = { row, target: found.row, acts };
    const { signature, facts } = describe(word, described);
    const deprecated = (row.deprecated ?? found.row.deprecated) !== undefined;
    const snippet = snippetOf(word, found.row);
    return [{
      label: word,
      kind: found.row.kind === "value" ? "keyword" : "block",
      detail: signature,
      documentation: facts,
      range: cursor.range,
      ...(cursor.last && snippet !== word && { snippet }),
      rank: usualRank({ path }, word),
      late: deprecated || !isActedOn(described),
      deprecated,
    }];
  });
}

/** An include line, which may stand in any block. */
export function includeLine(cursor: Cursor): Completion {
  return {
    ...plain(cursor, "include", "keyword"),
    detail: "include <pattern>",
    documentation: ["Reads the files that match, in sorted order, as if they stood here."],
    ...(cursor.last && { snippet: "include ${1:path}" }),
    late: true,
  };
}

/** Values stand in the order of their row, behind names that can stand there as well. */
const BEHIND_NAMES = 100;

/** Words a keyword knows. */
export function values(
  cursor: Cursor,
  words: readonly string[],
  text: string,
): readonly Completion[] {
  return words.map((word, index) => ({
    ...plain(cursor, word, "value"),
    documentation: [`${text}.`],
    rank: BEHIND_NAMES + index,
  }));
}

/** Names of what stands elsewhere. */
export function names(cursor: Cursor, named: Named | undefined): readonly Completion[] {
  const { view } = cursor;
  if (named === undefined) return [];
  if (named.kind === "interface") {
    return view.interfaces.map((name) => plain(cursor, name, "interface"));
  }
  const found = new Map(
    view.project.blocks().filter(({ keyword }) => named.keywords.includes(keyword))
      .map((block) => [block.name, block]),
  );
  return [...found.values()].map(({ name, keyword }) => ({
    ...plain(cursor, /[ \t]/.test(name) ? `"${name}"` : name, "name"),
    detail: `${keyword} ${name}`,
  }));
}

/** Names of definitions, the closing brace with them. */
export function variables(cursor: Cursor, close: string): readonly Completion[] {
  const { view } = cursor;
  const defined = new Set(view.project.definitions().map(({ name }) => name));
  const own = [...defined].map((name) => plain(cursor, name, "variable"));
  const builtIn = Object.entries(BUILT_IN).filter(([name]) => !defined.has(name))
    .map(([name, text]): Completion => ({
      ...plain(cursor, name, "variable"),
      documentation: [`${text}.`],
      late: true,
    }));
  return [...own, ...builtIn].map((item) => ({
    ...item,
    ...(close !== "" && { snippet: `${item.label}\\}` }),
  }));
}

/** Files and directories for an include line, `written` up to the position. */
export function files(cursor: Cursor, written: string): readonly Completion[] {
  const { view, range } = cursor;
  const folder = written.slice(0, written.lastIndexOf("/") + 1);
  const directory = resolvePath(directoryOf(view.path), folder);
  const hidden = cursor.written.startsWith(".");
  return (view.files.list(directory) ?? []).toSorted().flatMap((name): Completion[] => {
    if (name.startsWith(".") !== hidden || /[ \t"{}]/.test(name)) return [];
    const isFolder = view.files.list(resolvePath(directory, name)) !== undefined;
    return [isFolder ? plain({ range }, `${name}/`, "folder") : plain({ range }, name, "file")];
  });
}

function plain(
  { range }: Pick<Cursor, "range">,
  label: string,
  kind: Completion["kind"],
): Completion {
  return { label, kind, documentation: [], range, rank: 0, late: false, deprecated: false };
}
