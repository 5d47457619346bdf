/** Makers of rows for the usual shapes. A row with a shape of its own is made with {@linkcode custom}. */

import type { Family, Ip } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import { needWord, nextWord, refuse, restWords } from "./args.ts";
import { readScript, type ScriptWords } from "./script.ts";
import type {
  AliasKeyword,
  Args,
  Bare,
  BlockKeyword,
  Facts,
  IntegerRule,
  ListKeyword,
  Range,
  Reader,
  Table,
  UnknownKeyword,
  ValueKeyword,
} from "./table.ts";
import {
  rangeText,
  readAddress,
  readBoolean,
  readChoice,
  readInteger,
  readMulticast,
  readName,
  readTime,
  type Synonyms,
  UINT32,
} from "./values.ts";

/** A row with a reader of its own. */
export function custom<V>(
  facts: Facts & {
    readonly args: string;
    readonly read: Reader<V>;
    readonly command?: boolean;
    readonly account?: boolean;
    readonly number?: IntegerRule;
    readonly values?: readonly string[];
    readonly cancels?: readonly string[];
    clash?(earlier: V, later: V): boolean;
    join?(earlier: V, later: V): V;
  },
): ValueKeyword<V> {
  return { ...facts, kind: "value" };
}

/** A keyword without words: present or not. */
export function flag(facts: Facts & { readonly cancels?: readonly string[] }): ValueKeyword<true> {
  return { ...facts, kind: "value", args: "", read: () => true };
}

/** A keyword with an optional BOOL. */
export function toggle(facts: Facts): ValueKeyword<boolean> {
  return {
    ...facts,
    kind: "value",
    args: "[on|off|true|false|yes|no]",
    read: readBoolean,
    values: ["on", "off"],
  };
}

/** A whole number. */
export function integer(facts: Facts & Partial<IntegerRule>): ValueKeyword<number> {
  const [number, rest] = integerRule(facts);
  return {
    ...rest,
    kind: "value",
    args: `<number ${rangeText(number)}>`,
    number,
    read: (args) => readInteger(args, number),
  };
}

/** What the numbers of a row may be, and the rest of its facts. */
function integerRule(facts: Facts & Partial<IntegerRule>): readonly [IntegerRule, Facts] {
  const { min = 0, max = UINT32, junk, instead, raised, ...rest } = facts;
  return [{
    min,
    max,
    ...(junk && { junk }),
    ...(instead !== undefined && { instead }),
    ...(raised !== undefined && { raised }),
  }, rest];
}

/** Largest time keepalived's timers hold, s. */
export const MAX_SECONDS = 4294.967295;

/** A time in seconds with decimals. */
export function seconds(
  facts: Facts & Partial<Range> & {
    readonly places?: number;
    /** µs. */
    readonly instead?: Micros;
  },
): ValueKeyword<Micros> {
  const options = {
    min: facts.min ?? 0,
    max: facts.max ?? MAX_SECONDS,
    unit: 1_000_000,
    places: facts.places ?? 6,
    ...(facts.instead !== undefined && { instead: facts.instead }),
  };
  return {
    ...facts,
    kind: "value",
    args: `<seconds ${rangeText(options)}>`,
    read: (args) => readTime(args, options),
  };
}

/** A time in milliseconds with three decimals. */
export function milliseconds(facts: Facts & Range): ValueKeyword<Micros> {
  const options = { min: facts.min, max: facts.max, unit: 1_000, places: 3 };
  return {
    ...facts,
    kind: "value",
    args: `<milliseconds ${rangeText(options)}>`,
    read: (args) => readTime(args, options),
  };
}

/** A time in whole seconds. */
export function wholeSeconds(facts: Facts & Partial<IntegerRule>): ValueKeyword<Micros> {
  const [number, rest] = integerRule(facts);
  return {
    ...rest,
    kind: "value",
    args: `<seconds ${rangeText(number)}>`,
    number,
    read: (args) => {
      const value = readInteger(args, number);
      return value === undefined ? undefined : value * 1_000_000;
    },
  };
}

/** One of some words. */
export function choice<const T extends string>(
  values: readonly T[],
  facts: Facts & {
    readonly anyCase?: boolean;
    readonly meant?: Synonyms;
    clash?(earlier: T, later: T): boolean;
  },
): ValueKeyword<T> {
  const options = { anyCase: facts.anyCase ?? false, meant: facts.meant ?? {} };
  return {
    ...facts,
    kind: "value",
    args: values.join("|"),
    values,
    read: (args) => readChoice(args, values, options),
  };
}

/** Any word. */
export function word(
  facts: Facts & { readonly what?: string; readonly max?: number },
): ValueKeyword<string> {
  const { what = "a word", max = Infinity } = facts;
  const shape = `<${what.replace(/^an? /, "")}>`;
  return { ...facts, kind: "value", args: shape, read: (args) => readName(args, max, what) };
}

/** An optional word; absence gives the empty text. */
export function optionalWord(facts: Facts & { readonly what: string }): ValueKeyword<string> {
  return {
    ...facts,
    kind: "value",
    args: `[<${facts.what}>]`,
    read: (args) => nextWord(args)?.text ?? "",
  };
}

/** An optional word, one of some; absence gives the empty text. */
export function optionalChoice<const T extends string>(
  values: readonly T[],
  facts: Facts,
): ValueKeyword<T | ""> {
  return {
    ...facts,
    kind: "value",
    args: `[${values.join("|")}]`,
    values,
    read: (args) => args.at < args.words.length ? readChoice(args, values) : "",
  };
}

/** Any words, none included. */
export function words(facts: Facts & { readonly args: string }): ValueKeyword<readonly string[]> {
  return { ...facts, kind: "value", read: (args) => restWords(args).map(({ text }) => text) };
}

/** An address literal. */
export function address(facts: Facts & { readonly family?: Family }): ValueKeyword<Ip> {
  return {
    ...facts,
    kind: "value",
    args: "<address>",
    read: (args) => readAddress(args, facts.family),
  };
}

/** A multicast address. */
export function multicast(facts: Facts & { readonly family?: Family }): ValueKeyword<Ip> {
  return {
    ...facts,
    kind: "value",
    args: "<multicast address>",
    read: (args) => readMulticast(args, facts.family),
  };
}

/** Most bytes the name of an interface has (IFNAMSIZ − 1). */
const MAX_IFNAME = 15;

/** The name of an interface. */
export function ifname(facts: Facts): ValueKeyword<string> {
  return {
    ...facts,
    kind: "value",
    args: "<interface>",
    read: (args) => readIfname(args),
  };
}

/** Takes the name of an interface. */
export function readIfname(args: Args): string | undefined {
  const word = needWord(args, "an interface");
  if (word === undefined || word.text.length <= MAX_IFNAME) return word?.text;
  return refuse(args, word, `an interface has at most ${MAX_IFNAME} characters`, {
    code: "value-cut",
  });
}

/** A command with optional account. */
export function script(facts: Facts & { readonly account?: boolean }): ValueKeyword<ScriptWords> {
  const { account = true } = facts;
  return {
    ...facts,
    kind: "value",
    args: account ? "<command> [USER [GROUP]]" : "<command>",
    read: (args) => readScript(args, { account }),
    command: true,
    ...(account && { twice: "first" }),
  };
}

/** Another spelling. */
export function alias(of: string, facts: Partial<Facts> = {}): AliasKeyword {
  return { text: `The same as ${of}`, ...facts, kind: "alias", of };
}

/** A word keepalived does not know either. */
export function unknown(
  facts: Facts & { readonly instead?: string; readonly hint?: string },
): UnknownKeyword {
  return { ...facts, kind: "unknown" };
}

/** A block of keywords without words before its brace. */
export function block<const T extends Table>(
  table: T,
  facts: Facts & {
    readonly requires?: readonly string[];
    readonly bare?: Bare;
    readonly merged?: boolean;
  },
): BlockKeyword<true, T> {
  return { ...facts, kind: "block", args: "", header: () => true, table };
}

/** A block of keywords with a name of its own. */
export function namedBlock<const T extends Table>(
  table: T,
  facts: Facts & {
    readonly what?: string;
    readonly max?: number;
    readonly requires?: readonly string[];
    readonly bare?: Bare;
  },
): BlockKeyword<string, T> {
  const { what = "a name", max = Infinity } = facts;
  return {
    ...facts,
    kind: "block",
    args: "<name>",
    header: (args) => readName(args, max, what),
    table,
    unique: (name) => name,
  };
}

/** A block of names, one per line or several. */
export function names(
  facts: Facts & { readonly what?: string; readonly notEmpty?: boolean },
): ListKeyword<true, string> {
  const { what = "name" } = facts;
  return {
    ...facts,
    kind: "list",
    args: "",
    header: () => true,
    entryArgs: `<${what}>`,
    entry: (args) => nextWord(args)?.text,
    inline: true,
  };
}

/** A block of entries, one per line. */
export function list<E>(
  facts: Facts & {
    readonly entryArgs: string;
    readonly entry: Reader<E>;
    readonly options?: Table;
    readonly inline?: boolean;
    readonly notEmpty?: boolean;
  },
): ListKeyword<true, E> {
  return { ...facts, kind: "list", args: "", header: () => true };
}
