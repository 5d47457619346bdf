/** Splitting a logical line into words: the general way, and the shell-like one (grammar.md §10). */

import { isSpace } from "./lines.ts";

/** One word and where it stands in its line. */
export interface Word {
  /** Without the quotes. */
  readonly text: string;
  /** Offset of its first character, the opening quote included. */
  readonly start: number;
  /** Offset after its last character, the closing quote included. */
  readonly end: number;
  readonly quoted: boolean;
}

/** Splits at white space; `"` begins and ends a word. What follows a quote without an end is dropped. */
export function splitWords(text: string): readonly Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (isSpace(unit)) {
      at++;
    } else if (unit === 0x22) {
      const close = text.indexOf('"', at + 1);
      if (close === -1) break;
      words.push({ text: text.slice(at + 1, close), start: at, end: close + 1, quoted: true });
      at = close + 1;
    } else {
      let end = at + 1;
      while (end < text.length && text.charCodeAt(end) !== 0x22 && !isSpace(text.charCodeAt(end))) {
        end++;
      }
      words.push({ text: text.slice(at, end), start: at, end, quoted: false });
      at = end;
    }
  }
  return words.slice(); // the copy has no room to grow, which would be kept for every line of a file
}

/** Result of the shell-like split; `ok` is false when a quote was not closed, and the value is then dropped. */
export interface ShellWords {
  readonly words: readonly Word[];
  readonly ok: boolean;
}

/**
 * Splits as a shell does: `'` and `"` delimit, adjacent parts join, `\` escapes. With `keepEscapes` the
 * escapes stay for a second split, but for that of the quote around them.
 */
export function splitShell(text: string, keepEscapes = false): ShellWords {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    let word = "";
    let quote = "";
    let quoted = false;
    for (; at < text.length; at++) {
      const character = text[at] ?? "";
      if (character === "\\" && at + 1 < text.length) {
        const escape = readEscape(text, at);
        const kept = keepEscapes && escape.value !== quote;
        word += kept ? text.slice(at, at + escape.length) : escape.value;
        at += escape.length - 1;
      } else if (quote !== "") {
        if (character === quote) quote = "";
        else word += character;
      } else if (character === '"' || character === "'") {
        quote = character;
        quoted = true;
      } else if (isSpace(character.charCodeAt(0))) break;
      else word += character;
    }
    if (quote !== "") return { words, ok: false };
    words.push({ text: word, start, end: at, quoted });
  }
  return { words, ok: true };
}

const NAMED: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The escape at `at`: what it stands for, and its length in the text. */
function readEscape(text: string, at: number): { readonly value: string; readonly length: number } {
  const rest = text.slice(at + 1, at + 5);
  const octal = /^[0-7]{1,3}/.exec(rest);
  if (octal !== null) {
    return {
      value: String.fromCharCode(parseInt(octal[0], 8) & 0xff),
      length: 1 + octal[0].length,
    };
  }
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
  if (hex !== null) {
    return { value: String.fromCharCode(parseInt(hex[1] ?? "", 16)), length: 1 + hex[0].length };
  }
  if (/^c[\s\S]/.test(rest)) {
    return { value: String.fromCharCode(rest.charCodeAt(1) & 0x1f), length: 3 };
  }
  const name = rest[0] ?? "";
  return { value: NAMED[name] ?? name, length: 1 + name.length };
}
