/** What to say of the word at a position: meaning, range and default from the tables, or what it names. */

import { maskSecrets } from "../language/findings/render_mask.ts";
import { blocksNamed, definitionsFor } from "./places/definition.ts";
import { describe } from "./describe.ts";
import type { Position, Range } from "./text/range.ts";
import { type Subject, subjectAt } from "./places/subject.ts";
import { BUILT_IN } from "./places/variable.ts";
import { targetsOf, type View } from "./text/view.ts";

/** What to say. */
export interface Hover {
  readonly range: Range;
  /** A line of configuration text. */
  readonly title: string;
  /** Sentences. */
  readonly facts: readonly string[];
}

/** What to say of the word at a position; `undefined` for nothing. */
export function hoverAt(view: View, at: Position): Hover | undefined {
  const subject = subjectAt(view, at);
  return subject && { range: subject.range, ...wordsOn(view, subject) };
}

function wordsOn(view: View, subject: Subject): Omit<Hover, "range"> {
  switch (subject.kind) {
    case "include": {
      const paths = targetsOf(subject.line, view.path, view.files);
      return {
        title: `include ${subject.line.include.pattern}`,
        facts: paths.length === 0 ? ["No file matches."] : paths.map((path) => `Reads ${path}.`),
      };
    }
    case "variable":
      return wordsOnVariable(view, subject);
    case "name":
      return wordsOnName(view, subject);
    case "keyword": {
      const { signature, facts } = describe(subject.word, subject);
      return { title: signature, facts };
    }
  }
}

function wordsOnVariable(
  view: View,
  subject: Subject & { readonly kind: "variable" },
): Omit<Hover, "range"> {
  const { name } = subject;
  const title = `$${name}`;
  const definitions = definitionsFor(view, subject);
  const builtIn = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (definitions.length === 0) {
    return { title, facts: [builtIn === undefined ? "Not defined." : `${builtIn}.`] };
  }
  const secret = isSecret(name, view.project.texts());
  return {
    title,
    facts: definitions.map(({ value, path, range }) => {
      const where = `Defined in ${path}, line ${range.start.line + 1}`;
      return secret ? `${where}.` : `${where}: ${shortened(value)}`;
    }),
  };
}

/** The lines of a value; of a long one the beginning. */
function shortened(value: readonly string[]): string {
  const text = value.slice(0, 20).join(" ⏎ ");
  return text.length > 400 || value.length > 20 ? `${text.slice(0, 400)} …` : text;
}

/** Whether a name stands for a password or key, by its own name or where it is used: its value is then not shown. */
function isSecret(name: string, texts: ReadonlyMap<string, string>): boolean {
  if (maskSecrets(`$${name}=x`).from !== undefined) return true;
  const use = new RegExp(`\\$\\{?${name}\\b`);
  return [...texts.values()].some((text) =>
    text.split("\n").some((line) => {
      const at = line.search(use);
      const from = at === -1 ? undefined : maskSecrets(line).from;
      return from !== undefined && from <= at;
    })
  );
}

function wordsOnName(
  view: View,
  subject: Subject & { readonly kind: "name" },
): Omit<Hover, "range"> {
  const blocks = blocksNamed(view, subject);
  const facts = blocks.map(({ location: { path, range } }) =>
    `Stands in ${path}, line ${range.start.line + 1}.`
  );
  const keyword = blocks[0]?.keyword ?? subject.keywords[0] ?? "";
  return {
    title: `${keyword} ${subject.name}`,
    facts: facts.length === 0 ? [`No ${keyword} has this name.`] : facts,
  };
}
