/** Taking words off a line and complaining about them. */

import type { Finding } from "../findings/diagnostic.ts";
import { placeAt, placeBefore, widthBetween } from "../findings/place.ts";
import type { Args, Phrase } from "./table.ts";
import type { Word } from "../source/words.ts";

/** The next word, taken. */
export function nextWord(args: Args): Word | undefined {
  const word = args.words[args.at];
  if (word !== undefined) args.at++;
  return word;
}

/** The next word, left where it is. */
export function peekWord(args: Args): Word | undefined {
  return args.words[args.at];
}

/** All further words, taken. */
export function restWords(args: Args): readonly Word[] {
  const words = args.words.slice(args.at);
  args.at = args.words.length;
  return words;
}

/** The next word; when there is none, that is reported. keepalived: does not start on most such lines. */
export function needWord(args: Args, what: string): Word | undefined {
  const word = nextWord(args);
  if (word === undefined) {
    const stops = args.missing === undefined;
    complainAtEnd(args, {
      severity: "error",
      code: stops ? "missing-word" : "missing-value",
      message: `Cannot read ${args.name}: it needs ${what}`,
      status: stops ? "missing-word" : args.missing === "reported" ? "general" : undefined,
    });
  }
  return word;
}

/** Reports something about a word. */
export function complain(phrase: Phrase, word: Word, finding: Finding): void {
  phrase.report(
    placeAt(phrase.line, word.start),
    widthBetween(phrase.line, word.start, word.end),
    finding,
  );
}

/** Reports something about the keyword itself, or the entry. */
export function complainOfLine(phrase: Phrase, finding: Finding): void {
  const word = phrase.words[0];
  if (word === undefined) phrase.report(phrase.line, 1, finding);
  else complain(phrase, word, finding);
}

/** Reports something about what is missing at the end of the line. */
export function complainAtEnd(phrase: Phrase, finding: Finding): void {
  const last = phrase.words.at(-1);
  phrase.report(placeBefore(phrase.line, last?.end ?? phrase.line.text.length), 1, finding);
}

/** Reports a value that cannot be used, in the usual words. */
export function refuse(
  phrase: Phrase,
  word: Word,
  why: string,
  finding: Partial<Finding> = {},
): undefined {
  complain(phrase, word, {
    severity: "error",
    code: "malformed-value",
    message: `Cannot set ${phrase.name} to ${word.text}: ${why}`,
    status: "general",
    ...finding,
  });
  return undefined;
}
