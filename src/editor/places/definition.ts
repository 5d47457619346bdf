/** Where what a word means stands: the included file, the named block, the definition. */

import type { Definition, NamedBlock } from "../text/project.ts";
import { isBefore, type Location, type Position, type Range } from "../text/range.ts";
import { type Subject, subjectAt } from "./subject.ts";
import { targetsOf, type View } from "../text/view.ts";

/** Where to go, and the part of the line that leads there. */
export interface Targets {
  readonly range: Range;
  readonly locations: readonly Location[];
}

/** Where the word at a position leads; `undefined` when it leads nowhere. */
export function definitionAt(view: View, at: Position): Targets | undefined {
  const subject = subjectAt(view, at);
  const locations = subject === undefined ? [] : locationsOf(view, subject);
  return subject === undefined || locations.length === 0
    ? undefined
    : { range: subject.range, locations };
}

function locationsOf(view: View, subject: Subject): readonly Location[] {
  switch (subject.kind) {
    case "include":
      return targetsOf(subject.line, view.path, view.files)
        .map((path) => ({ path, range: { start: START, end: START } }));
    case "variable":
      return definitionsFor(view, subject).map(({ path, range }) => ({ path, range }));
    case "name":
      return blocksNamed(view, subject).map(({ location }) => location);
    case "keyword":
      return [];
  }
}

const START: Position = { line: 0, character: 0 };

/** The blocks of one name. More than one is a mistake that the findings tell of. */
export function blocksNamed(
  view: View,
  { name, keywords }: { readonly name: string; readonly keywords: readonly string[] },
): readonly NamedBlock[] {
  return view.project.blocks().filter((block) =>
    block.name === name && keywords.includes(block.keyword)
  );
}

/** The definition that counts at a use: the last one before it in its file, else all there are. */
export function definitionsFor(
  view: View,
  { name, range }: { readonly name: string; readonly range: Range },
): readonly Definition[] {
  const all = view.project.definitions().filter((definition) => definition.name === name);
  const before = all.findLast((definition) =>
    definition.path === view.path && isBefore(definition.range.start, range.end)
  );
  return before === undefined ? all : [before];
}
