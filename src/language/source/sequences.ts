/** `~SEQ(...) text` and `~LST(...) text`: text read once per number or list member (grammar.md §7). */

import type { Report } from "../findings/diagnostic.ts";
import { trimLine } from "./lines.ts";
import { type Line, sliceLine, widthBetween } from "../findings/place.ts";

/** Names to define for one reading of the text. */
export type Round = readonly (readonly [name: string, value: string])[];

/** A directive, read. */
export interface Sequence {
  readonly rounds: Iterable<Round>;
  readonly body: Line;
}

/** More rounds than this are refused: nobody means them, and the reader must end. */
export const MAX_ROUNDS = 1_000_000;

/** Whether a line begins with a directive. */
export function isSequence(text: string): boolean {
  return text.startsWith("~SEQ") || text.startsWith("~LST");
}

/** Reads a directive; a malformed one is reported and ignored. `expand` replaces references in a bound. */
export function readSequence(
  line: Line,
  expand: (text: string) => string,
  report: Report,
): Sequence | undefined {
  const { text } = line;
  const complain = (why: string) => {
    report(line, widthBetween(line, 0, text.length), {
      severity: "error",
      code: "bad-sequence",
      message: `Cannot read this ${text.startsWith("~LST") ? "~LST" : "~SEQ"}: ${why}`,
      status: "general",
    });
    return undefined;
  };
  const head = /^~(SEQx?|LST)[ \t]*\(/.exec(text);
  const close = text.indexOf(")");
  if (head === null || close === -1) {
    return complain("it begins ~SEQ(name, end) or ~LST(name, value)");
  }
  const inside = text.slice(head[0].length, close);
  const body = trimLine(sliceLine(line, close + 1));
  const rounds = head[1] === "LST"
    ? listRounds(inside)
    : numberRounds(expand(inside), head[1] === "SEQx");
  return typeof rounds === "string" ? complain(rounds) : { rounds, body };
}

function numberRounds(inside: string, hexadecimal: boolean): Iterable<Round> | string {
  const [name = "", ...words] = inside.split(",").map((word) => word.trim());
  if (!isName(name)) return `"${name}" is no name`;
  if (words.length < 1 || words.length > 3) return "it takes one to three numbers";
  const numbers = words.map(readNumber);
  if (numbers.some((number) => number === undefined)) {
    return `"${words.join(", ")}" are not all numbers`;
  }
  const [a = 0, b = 0, c = 0] = numbers.map((number) => number ?? 0);
  const start = words.length === 1 ? Math.sign(a) || 1 : a;
  const end = words.length === 1 ? a : words.length === 2 ? b : c;
  const step = words.length === 3 ? b : end >= start ? 1 : -1;
  if (step === 0 || (end - start) * step < 0) {
    return `step ${step} does not lead from ${start} to ${end}`;
  }
  if (hexadecimal && Math.min(start, end) < 0) return "~SEQx takes no negative numbers";
  const count = Math.floor((end - start) / step) + 1;
  if (count > MAX_ROUNDS) return `${count} rounds are more than ${MAX_ROUNDS}`;
  return roundsOf(name, { start, step, count, radix: hexadecimal ? 16 : 10 });
}

/** One round after the other: there may be a million. */
function* roundsOf(
  name: string,
  { start, step, count, radix }: Readonly<Record<"start" | "step" | "count" | "radix", number>>,
): Iterable<Round> {
  for (let index = 0; index < count; index++) {
    yield [[name, (start + index * step).toString(radix)]];
  }
}

/** C's notation: decimal, octal with a leading 0, hexadecimal with 0x. */
function readNumber(word: string): number | undefined {
  const match = /^([+-]?)(?:0[xX]([0-9a-fA-F]{1,8})|(0[0-7]{1,11})|(\d{1,10}))$/.exec(word);
  if (match === null) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const value = hex !== undefined
    ? parseInt(hex, 16)
    : octal !== undefined
    ? parseInt(octal, 8)
    : Number(decimal);
  return sign === "-" ? 0 - value : value;
}

function listRounds(inside: string): readonly Round[] | string {
  const members = inside.match(/\{[^}]*\}|[^,{}]+/g)?.map((word) => word.trim())
    .filter((word) => word !== "") ?? [];
  const tuples = members.map((word) =>
    word.startsWith("{") ? word.slice(1, -1).split(",").map((part) => part.trim()) : [word]
  );
  const [names, ...values] = tuples;
  if (names === undefined || !names.every(isName)) return "it begins with a name or {names}";
  if (values.length === 0) return "it has no values";
  if (values.some((value) => value.length > names.length)) {
    return `a value has more than the ${names.length} members of {${names.join(", ")}}`;
  }
  return values.map((value) => names.map((name, index) => [name, value[index] ?? ""] as const));
}

function isName(word: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(word);
}
