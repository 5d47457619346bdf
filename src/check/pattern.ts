/**
 * `regex`: from PCRE2's syntax (pcre2pattern(3)) to that of the crate the core looks with, which takes time linear in the body.
 * What needs going back (look-around, back references, atomic groups, recursion) it cannot have, and that is said.
 */

import type { Pattern } from "../core/protocol.ts";

/** What the core looks for, wherever it may start. */
export type BodyPattern = Pick<Pattern, "text" | "beforeLastLineFeed">;

/** A pattern, or why there is none. */
export type Translation =
  | { readonly kind: "pattern"; readonly pattern: BodyPattern }
  | { readonly kind: "fault"; readonly why: string };

/** Options that change what is found, and the crate's flags for them. */
const FLAGS: Readonly<Record<string, string>> = {
  caseless: "i",
  multiline: "m",
  dotall: "s",
  extended: "x",
  utf: "u",
  ucp: "u",
};

/** Options that change nothing about whether and where something is found, here. */
const IDLE = new Set(
  ("auto_callout dollar_endonly dupnames match_unset_backref never_backslash_c never_ucp never_utf no_auto_capture " +
    "no_auto_possess no_dotstar_anchor no_start_optimize alt_verbnames ungreedy use_offset_limit")
    .split(" "),
);

/** Whether an option is one that is understood. */
export function isPatternOption(name: string): boolean {
  return Object.hasOwn(FLAGS, name) || IDLE.has(name);
}

/** Translates; `options` are names of PCRE2's, of which those that are not understood are passed over. */
export function translatePattern(text: string, options: readonly string[]): Translation {
  const flags = [...new Set(options.flatMap((option) => FLAGS[option] ?? []))].join("");
  const reading: Reading = { text, at: 0, out: [], depth: 0, extended: flags.includes("x") };
  while (reading.at < text.length && reading.fault === undefined) readPiece(reading);
  const fault = reading.fault ?? (reading.depth > 0 ? "a parenthesis is not closed" : undefined);
  if (fault !== undefined) return { kind: "fault", why: fault };
  const body = reading.out.join("");
  return {
    kind: "pattern",
    pattern: {
      text: flags === "" ? body : `(?${flags})${body}`,
      beforeLastLineFeed: !options.includes("dollar_endonly"),
    },
  };
}

interface Reading {
  readonly text: string;
  at: number;
  readonly out: string[];
  /** Parentheses that are open. */
  depth: number;
  readonly extended: boolean;
  /** The last piece can be repeated. */
  repeatable?: boolean;
  fault?: string;
}

function put(reading: Reading, length: number, out: string, repeatable = true): void {
  reading.at += length;
  reading.out.push(out);
  reading.repeatable = repeatable;
}

function refuse(reading: Reading, why: string): void {
  reading.fault = why;
}

function readPiece(reading: Reading): void {
  const rest = reading.text.slice(reading.at);
  const next = rest.charAt(0);
  const count = /^\{\d+(?:,\d*)?\}/.exec(rest)?.[0];
  if (count !== undefined) return readRepetition(reading, count);
  switch (next) {
    case "*":
    case "+":
    case "?":
      return readRepetition(reading, next);
    case "\\":
      return readEscape(reading, rest);
    case "[":
      return readClass(reading, rest);
    case "(":
      return readGroup(reading, rest);
    case ")":
      if (reading.depth === 0) return refuse(reading, "a parenthesis is not opened");
      reading.depth -= 1;
      return put(reading, 1, ")");
    case "{":
    case "}":
    case "]":
      return put(reading, 1, `\\${next}`);
    case "|":
    case "^":
      return put(reading, 1, next, false);
    default: {
      const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
      return put(reading, character.length, character);
    }
  }
}

function readRepetition(reading: Reading, mark: string): void {
  if (reading.repeatable !== true) {
    return refuse(reading, `there is nothing to repeat before ${mark}`);
  }
  const more = reading.text.charAt(reading.at + mark.length);
  if (more === "+") return refuse(reading, "possessive repetition takes time without limit");
  put(reading, mark.length + (more === "?" ? 1 : 0), mark + (more === "?" ? "?" : ""), false);
}

/** What stands for a letter behind a backslash, outside and inside of brackets. */
const LETTERS: Readonly<Record<string, readonly [outside: string, inside?: string]>> = {
  R: ["(?:\\r\\n|[\\n\\x0b\\f\\r])"],
  N: ["[^\\n]"],
  h: ["[ \\t]", "\\x20\\t"],
  H: ["[^ \\t]"],
  v: ["[\\n\\x0b\\f\\r]", "\\n\\x0b\\f\\r"],
  V: ["[^\\n\\x0b\\f\\r]"],
  e: ["\\x1b", "\\x1b"],
  Z: ["\\z"],
  z: ["\\z"],
  A: ["\\A"],
  b: ["\\b", "\\x08"],
  B: ["\\B"],
  ...Object.fromEntries(
    [..."dDsSwWtnrfa"].map((letter) => [letter, [`\\${letter}`, `\\${letter}`]]),
  ),
};

function readEscape(reading: Reading, rest: string): void {
  const quoted = /^\\Q([^]*?)(?:\\E|$)/.exec(rest);
  if (quoted !== null) return put(reading, quoted[0].length, literal(quoted[1] ?? ""));
  if (rest.startsWith("\\E")) return put(reading, 2, "", reading.repeatable);
  if (/^\\[1-9gk]/.test(rest)) return refuse(reading, "a back reference takes time without limit");
  const [length, out] = escaped(rest, "outside");
  return out === undefined
    ? refuse(reading, `${rest.slice(0, 2)} is not understood`)
    : put(reading, length, out, !/^\\[bBAzZ]/.test(rest));
}

/** Length of the escape at the beginning, and what it becomes; nothing for one that is not understood. */
function escaped(rest: string, where: "outside" | "inside"): readonly [number, string | undefined] {
  const code = /^\\(?:x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|0([0-7]{0,2}))/.exec(rest);
  if (code !== null) {
    const value = code[3] === undefined
      ? Number.parseInt(code[1] ?? code[2] ?? "", 16)
      : Number.parseInt(`0${code[3]}`, 8);
    return [code[0].length, `\\x{${value.toString(16)}}`];
  }
  const control = /^\\c([ -~])/.exec(rest)?.[1];
  if (control !== undefined) {
    return [3, `\\x{${(control.toUpperCase().charCodeAt(0) ^ 0x40).toString(16)}}`];
  }
  const next = String.fromCodePoint(rest.codePointAt(1) ?? 0);
  const letter = Object.hasOwn(LETTERS, next) ? LETTERS[next] : undefined;
  if (letter !== undefined) return [2, letter[where === "outside" ? 0 : 1]];
  return [
    1 + next.length,
    /^[0-9A-Za-z]$/.test(next) || rest.length < 2 ? undefined : literal(next),
  ];
}

/** Text that means itself. */
function literal(text: string): string {
  return text.replace(
    /[\\^$.|?*+()[\]{}#&~\s-]/g,
    (character) =>
      /\s/.test(character) ? `\\x{${character.charCodeAt(0).toString(16)}}` : `\\${character}`,
  );
}

function readClass(reading: Reading, rest: string): void {
  const out: string[] = ["["];
  let at = 1;
  if (rest.charAt(at) === "^") {
    out.push("^");
    at += 1;
  }
  for (const first = at;; at += 0) {
    const piece = rest.slice(at);
    if (piece === "") return refuse(reading, "a bracket is not closed");
    const named = /^\[:\^?[a-z]+:\]/.exec(piece)?.[0];
    if (piece.startsWith("]") && at > first) {
      return put(reading, at + 1, `${out.join("")}]`);
    } else if (named !== undefined) {
      out.push(named);
      at += named.length;
    } else if (piece.startsWith("\\")) {
      const [length, inside] = escaped(piece, "inside");
      if (inside === undefined) {
        return refuse(reading, `${piece.slice(0, 2)} is not understood in brackets`);
      }
      out.push(inside);
      at += length;
    } else if (piece.startsWith("-")) {
      // Between two characters it is a range; at either end, or after a range or class, it means itself.
      const range = at > first && /^-[^\]]/.test(piece) && !/^-\[:|^-\\[dDsSwWhv]/.test(piece) &&
        !/(?:[dDsSwW]|:\])$/.test(out.at(-1) ?? "");
      out.push(range ? "-" : "\\-");
      at += 1;
    } else {
      const character = String.fromCodePoint(piece.codePointAt(0) ?? 0);
      out.push(/^[[\]&~#^\s]$/.test(character) ? literal(character) : character);
      at += character.length;
    }
  }
}

/** Groups that cannot be had, by how they begin. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, "a look-around takes time without limit"],
  [/^\(\?>/, "an atomic group takes time without limit"],
  [/^\(\?(?:R|[+-]?\d|&|P>)/, "a recursion takes time without limit"],
  [/^\(\?P=/, "a back reference takes time without limit"],
  [/^\(\?\(/, "a condition takes time without limit"],
  [/^\(\*/, "a verb is not understood"],
];

function readGroup(reading: Reading, rest: string): void {
  for (const [pattern, why] of REFUSED) if (pattern.test(rest)) return refuse(reading, why);
  const comment = /^\(\?#[^)]*\)/.exec(rest)?.[0];
  if (comment !== undefined) return put(reading, comment.length, "", reading.repeatable);
  const flags = /^\(\?([imsxU]*(?:-[imsx]+)?)\)/.exec(rest);
  if (flags !== null) {
    return put(reading, flags[0].length, flags[1] === "" ? "" : `(?${flags[1]})`, false);
  }
  const opening = /^\((?:\?(?:[imsx]*(?:-[imsx]+)?:|P?<\w+>|'\w+'))?(?!\?)/.exec(rest)?.[0];
  if (opening === undefined) return refuse(reading, `${rest.slice(0, 3)} is not understood`);
  reading.depth += 1;
  const scoped = /^\(\?[imsx-]*:$/.test(opening);
  put(reading, opening.length, scoped ? opening : "(?:", false);
}
