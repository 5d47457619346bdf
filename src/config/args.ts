/** Taking words off a line and complaining about them. */

import type { Finding } from "./diagnostic.ts";
import { placeAt, placeBefore, widthBetween } from "./place.ts";
import type { Args } from "./table.ts";
import type { Word } from "./words.ts";

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
export function complain(args: Args, word: Word, finding: Finding): void {
  args.report(
    placeAt(args.line, word.start),
    widthBetween(args.line, word.start, word.end),
    finding,
  );
}

/** Reports something about the keyword itself, or the entry. */
export function complainOfLine(args: Args, finding: Finding): void {
  const word = args.words[0];
  if (word === undefined) args.report(args.line, 1, finding);
  else complain(args, word, finding);
}

/** Reports something about what is missing at the end of the line. */
export function complainAtEnd(args: Args, finding: Finding): void {
  const last = args.words.at(-1);
  args.report(placeBefore(args.line, last?.end ?? args.line.text.length), 1, finding);
}

/** Reports a value that cannot be used, in the usual words. */
export function refuse(
  args: Args,
  word: Word,
  why: string,
  finding: Partial<Finding> = {},
): undefined {
  complain(args, word, {
    severity: "error",
    code: "malformed-value",
    message: `Cannot set ${args.name} to ${word.text}: ${why}`,
    status: "general",
    ...finding,
  });
  return undefined;
}
