/** Another name for a block or a definition, wherever it is named. */

import type { TextEdit } from "../formatting.ts";
import { occurrencesOf, type Occurring } from "./occurrences.ts";
import type { Position, Range } from "../text/range.ts";
import { subjectAt } from "./subject.ts";
import { BUILT_IN } from "./variable.ts";
import type { View } from "../text/view.ts";

/** What can be renamed at a position. */
export interface Renamable {
  /** The name without quotes, `$` and braces. */
  readonly name: string;
  readonly range: Range;
}

/** Edits of all files by path, or why there are none. */
export type Renaming =
  | { readonly kind: "edits"; readonly edits: ReadonlyMap<string, readonly TextEdit[]> }
  | { readonly kind: "refused"; readonly why: string };

/** What is named at a position; `undefined` when that is nothing with a name of its own. */
export function renamableAt(view: View, at: Position): Renamable | undefined {
  const subject = occurringAt(view, at);
  if (subject === undefined) return undefined;
  const here = occurrencesOf(view, subject).find(({ path, range }) =>
    path === view.path && touches(range, at)
  );
  return here && { name: subject.name, range: here.range };
}

/** Gives what is named at a position another name. */
export function renameAt(view: View, at: Position, name: string): Renaming {
  const subject = occurringAt(view, at);
  if (subject === undefined) return refused("Cannot rename this: it is no name");
  const why = subject.kind === "name"
    ? whyNotName(view, subject, name)
    : whyNotVariable(view, subject, name);
  if (why !== undefined) return refused(why);
  const edits = new Map<string, TextEdit[]>();
  for (const { path, range, isQuoted } of occurrencesOf(view, subject)) {
    const edit = { range, text: isQuoted ? `"${name}"` : name };
    const known = edits.get(path);
    if (known === undefined) edits.set(path, [edit]);
    else known.push(edit);
  }
  return { kind: "edits", edits };
}

function occurringAt(view: View, at: Position): Occurring | undefined {
  const subject = subjectAt(view, at);
  return subject?.kind === "name" || subject?.kind === "variable" ? subject : undefined;
}

function refused(why: string): Renaming {
  return { kind: "refused", why };
}

/** Blanks, quotes, braces, comments and definitions would make something else of it. */
const NAME = /^[^\s"'{}#!$\\@~]+$/;

function whyNotName(
  view: View,
  subject: Extract<Occurring, { readonly kind: "name" }>,
  name: string,
): string | undefined {
  const { project } = view;
  const { name: old, keywords } = subject;
  if (!NAME.test(name)) return `Cannot name it ${name}: a name is one word`;
  const blocks = project.blocks().filter((block) => keywords.includes(block.keyword));
  if (name !== old && blocks.some((block) => block.name === name)) {
    return `Cannot name it ${name}: ${keywords[0]} ${name} is there already`;
  }
  const shown = occurrencesOf(view, subject);
  const isMade = old.includes("$") ||
    blocks.some((block) =>
      block.name === old &&
      !shown.some(({ path, range }) =>
        path === block.location.path && range.start.line === block.location.range.start.line &&
        range.start.character === block.location.range.start.character
      )
    ) ||
    project.definitions().some(({ value }) =>
      value.some((line) => line.split(/[\s"{}(),]+/).includes(old))
    );
  return isMade ? `Cannot rename ${old}: a definition or a sequence makes it` : undefined;
}

function whyNotVariable({ project }: View, { name: old }: Occurring, name: string) {
  if (Object.hasOwn(BUILT_IN, old)) return `Cannot rename ${old}: keepalived defines it`;
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    return `Cannot name it ${name}: a definition has letters, digits and _`;
  }
  const defined = project.definitions().map((definition) => definition.name);
  if (!defined.includes(old)) return `Cannot rename ${old}: it is not defined`;
  return name !== old && (defined.includes(name) || Object.hasOwn(BUILT_IN, name))
    ? `Cannot name it ${name}: $${name} is defined already`
    : undefined;
}

function touches({ start, end }: Range, at: Position): boolean {
  return start.line === at.line && start.character <= at.character && at.character <= end.character;
}
