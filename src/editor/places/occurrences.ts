/** Every place of all files where one thing is named: the block and who refers to it, or a definition and its uses. */

import type { Word } from "../../language/source/words.ts";
import { type Block, blocksOf, type Statement } from "../text/outline.ts";
import { piecesOf, segmentAt } from "../text/pieces.ts";
import { endOf, type Location, type Range, rangeOfWord } from "../text/range.ts";
import { isDefinition, namedBy } from "./reference.ts";
import type { Subject } from "./subject.ts";
import { variablesIn } from "./variable.ts";
import { kindsOf, type View } from "../text/view.ts";

/** What occurs in several places. */
export type Occurring = Extract<Subject, { readonly kind: "name" | "variable" }>;

/** One place. */
export interface Occurrence extends Location {
  /** The name in the text, for who writes another one there: quotes stay. */
  readonly isQuoted: boolean;
  /** The block itself, or the definition. */
  readonly isDefinition: boolean;
}

/** All places, by file in reading order. */
export function occurrencesOf(view: View, subject: Occurring): readonly Occurrence[] {
  return subject.kind === "name" ? namesIn(view, subject) : variableUses(view, subject.name);
}

function namesIn(
  view: View,
  { name, keywords }: Extract<Subject, { readonly kind: "name" }>,
): readonly Occurrence[] {
  const kinds = kindsOf(view.root, view.files);
  return [...view.project.texts()].flatMap(([path, text]) => {
    if (!text.includes(name)) return [];
    const outline = blocksOf(piecesOf(text), endOf(text), kinds(path));
    return statementsIn(outline).flatMap((statement) =>
      statement.words.flatMap((word, index): readonly Occurrence[] => {
        if (word.text !== name) return [];
        const isOwn = isDefinition(statement, index) && keywords.includes(statement.name);
        const named = isOwn ? undefined : namedBy(statement, index);
        const isUse = named?.kind === "block" &&
          named.keywords.some((keyword) => keywords.includes(keyword));
        return isOwn || isUse ? [occurrenceOf(path, statement, word, isOwn)] : [];
      })
    );
  });
}

function occurrenceOf(
  path: string,
  { line }: Statement,
  word: Word,
  isDefinition: boolean,
): Occurrence {
  return { path, range: rangeOfWord(line, word), isQuoted: word.quoted, isDefinition };
}

function* walk(block: Block): Iterable<Statement> {
  for (const statement of block.statements) {
    yield statement;
    if (statement.opens !== undefined) yield* walk(statement.opens);
  }
}

function statementsIn(block: Block): readonly Statement[] {
  return [...walk(block)];
}

function variableUses({ project }: View, name: string): readonly Occurrence[] {
  const definitions = project.definitions();
  return [...project.texts()].flatMap(([path, text]) => {
    const own = definitions.filter((each) => each.path === path && each.name === name)
      .map(({ range }): Occurrence => ({ path, range, isQuoted: false, isDefinition: true }));
    const uses = text.split("\n").flatMap((line, index) =>
      variablesIn(line.replace(/\r$/, ""), index)
        .filter((use) => use.name === name && isText(line, use.nameRange))
        .map(({ nameRange }): Occurrence => ({
          path,
          range: nameRange,
          isQuoted: false,
          isDefinition: false,
        }))
    );
    const defined = new Set(own.map(({ range }) => keyOf(range)));
    return [...own, ...uses.filter(({ range }) => !defined.has(keyOf(range)))];
  });
}

function keyOf({ start }: Range): string {
  return `${start.line}:${start.character}`;
}

/** Whether it is no comment. */
function isText(line: string, { start }: Range): boolean {
  return segmentAt(line.slice(0, start.character)) !== undefined;
}
