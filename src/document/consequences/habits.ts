/**
 * Habits of other languages that findings come from: `=` between a keyword and its value, `;` at the end of a
 * line, comments that begin with `//`. Each is told once, with what this language wants.
 */

import type { Diagnostic, Node, RuleName } from "../../language/mod.ts";
import { maskSecrets } from "../../language/findings/mod.ts";
import { lineKey, placeAt, placeBefore } from "../../language/findings/place.ts";
import type { Word } from "../../language/source/words.ts";
import type { NodesAt } from "./node_places.ts";

/** What a line has that this language does not know. */
interface Habit {
  /** What to write instead. */
  readonly hint: string;
  /** Findings of the line are about it from this word on. */
  readonly from: number;
}

/** Says of findings that come from a habit what to write; of a line's only the worst is told. */
export function nameHabits(
  diagnostics: readonly Diagnostic[],
  at: NodesAt,
): readonly Diagnostic[] {
  const chosen = new Map<Node, Diagnostic>();
  const habits = new Map<Diagnostic, { readonly node: Node; readonly hint: string }>();
  for (const each of diagnostics) {
    const node = at(each)[0]?.at(-1);
    const habit = node && habitOf(node, each);
    if (node === undefined || habit === undefined || each.severity === "info") continue;
    habits.set(each, { node, hint: habit });
    const before = chosen.get(node);
    if (before === undefined || isWorse(each, before)) chosen.set(node, each);
  }
  if (habits.size === 0) return diagnostics;
  const joined = new Set(
    [...habits].filter(([, { hint }]) => hint === CONTINUED)
      .map(([{ file, line }]) => lineKey({ file, line: line + 1 })),
  );
  return diagnostics.map((each): Diagnostic => {
    const habit = habits.get(each);
    if (joined.has(lineKey(each))) return { ...each, follows: true };
    if (habit === undefined) return each;
    if (chosen.get(habit.node) !== each) return { ...each, follows: true };
    const { fix: _, ...rest } = each; // of the word with the habit in it
    const fix = fixOf(habit.node, each);
    return { ...rest, hint: habit.hint, ...(fix !== undefined && { fix }) };
  });
}

/** What to write for the marked word, where all of the habit is in it. */
function fixOf({ words, line }: Node, { column, length }: Diagnostic): string | undefined {
  const word = words.find(({ start }) => placeAt(line, start).column === column);
  if (word === undefined || word.quoted || word.text.length !== length) return undefined;
  if (isSecret(word, line.text)) return undefined;
  const [, plain] = /^(.*[^;,])[;,]$/.exec(word.text) ?? [];
  const [, inside] = new RegExp(`^${FOREIGN_QUOTE}([^"]*)${FOREIGN_QUOTE}$`).exec(word.text) ?? [];
  return inside === undefined ? plain : `"${inside}"`;
}

/** Whether a word is not to be shown. */
function isSecret({ start }: Word, text: string): boolean {
  return (maskSecrets(text).from ?? Infinity) <= start;
}

/** Whether it is an error where the other is none, or says the same of an earlier word. */
function isWorse(one: Diagnostic, other: Diagnostic): boolean {
  return one.severity === other.severity ? one.column < other.column : one.severity === "error";
}

/** What is not of the line before a brace, however near they stand. */
const OF_BRACES: readonly RuleName[] = [
  "unexpected-open-brace",
  "missing-open-brace",
  "extra-close-brace",
  "missing-close-brace",
];

/** What to write instead, where a finding is of a habit. */
function habitOf(node: Node, { code, column, about }: Diagnostic): string | undefined {
  const { words, line } = node;
  if (OF_BRACES.includes(code) || about?.kind === "line") return undefined;
  if (line.text.endsWith("\\")) return CONTINUED;
  const comment = words.findIndex(({ text, quoted }) => !quoted && isForeignComment(text));
  const comma = words.findIndex(({ text, quoted }) => !quoted && /[^,],$/.test(text));
  const quote = words.findIndex(({ text, quoted }) => !quoted && hasForeignQuote(text));
  const habit: Habit | undefined = comment !== -1
    ? { hint: "a comment begins with # or !", from: comment }
    : quote !== -1
    ? { hint: 'write plain quotes: "', from: quote }
    : comma !== -1
    ? { hint: "leave out the ,", from: comma }
    : isForeignSign(words[1])
    ? { hint: `leave out the ${words[1]?.text}`, from: 0 }
    : undefined;
  if (habit !== undefined) {
    const from = words[habit.from]?.start ?? 0;
    return column >= placeAt(line, from).column ? habit.hint : undefined;
  }
  const marked = words.find((word) =>
    placeAt(line, word.start).column <= column && column < placeBefore(line, word.end).column
  );
  if (marked === undefined || marked.quoted) return undefined;
  const reference = /\$\{?(\w+)/.exec(marked.text)?.[1];
  return reference !== undefined
    ? `${
      isSecret(marked, line.text) ? "the name" : `$${reference}`
    } is not defined before this line`
    : /[^;];$/.test(marked.text)
    ? "leave out the ;"
    : undefined;
}

/** Only what is defined with a name goes on in the next line. */
const CONTINUED = "write it in one line: a \\ at its end does not join it with the next one";

/** Whether quotes of a word processor stand where plain ones are meant. */
export function hasForeignQuote(text: string): boolean {
  return QUOTED.test(text);
}

const FOREIGN_QUOTE = "[\u2018-\u201f\u00ab\u00bb]";
const QUOTED = new RegExp(`^${FOREIGN_QUOTE}|${FOREIGN_QUOTE}$`);

/** Beginnings of comments elsewhere. */
function isForeignComment(text: string): boolean {
  return /^(?:\/\/|\/\*|--$)/.test(text);
}

function isForeignSign(word: Word | undefined): boolean {
  return word !== undefined && !word.quoted && (/^[=:]$|^:=$/).test(word.text);
}
