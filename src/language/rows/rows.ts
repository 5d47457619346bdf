/** Makers of rows for the usual shapes. A row with a shape of its own is made with {@linkcode custom}. */

import type { Family, Ip } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import { needWord, nextWord, refuse, restWords } from "./args.ts";
import { type OwnerFacts, type Owning, owning } from "./fields.ts";
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
export function custom<
  V,
  const N extends string | undefined = undefined,
  const D extends V | false | string | undefined = undefined,
>(
  facts: OwnerFacts<N, D> & {
    readonly args: string;
    readonly read: Reader<V>;
    /** The default as it would be written. */
    show?(value: V | Exclude<D, string | undefined>): string;
    readonly command?: boolean;
    readonly account?: boolean;
    readonly number?: IntegerRule;
    readonly values?: readonly string[];
    readonly cancels?: readonly string[];
    clash?(earlier: V, later: V): boolean;
    join?(earlier: V, later: V): V;
  },
): Owning<V, N, D> {
  const { show = String, ...rest } = plain(facts);
  return owning({ ...rest, kind: "value" }, facts, show);
}

/** A keyword without words: present or not. */
export function flag<
  const N extends string | undefined = undefined,
  const D extends false | string | undefined = undefined,
>(
  facts: OwnerFacts<N, D> & { readonly cancels?: readonly string[] },
): Owning<true, N, D> {
  const row: ValueKeyword<true> = {
    ...plain(facts),
    kind: "value",
    args: "",
    read: () => true,
  };
  return owning(row, facts, (value) => value ? "on" : "off");
}

/** A keyword with an optional BOOL. */
export function toggle<
  const N extends string | undefined = undefined,
  const D extends boolean | string | undefined = undefined,
>(facts: OwnerFacts<N, D>): Owning<boolean, N, D> {
  const row: ValueKeyword<boolean> = {
    ...plain(facts),
    kind: "value",
    args: "[on|off|true|false|yes|no]",
    read: readBoolean,
    values: ["on", "off"],
  };
  return owning(row, facts, (value) => value ? "on" : "off");
}

/** Facts without what an owner says of its field. */
function plain<F extends OwnerFacts<unknown, unknown>>(
  facts: F,
): Omit<F, "to" | "default" | "absent"> {
  const { to: _, default: _default, absent: _absent, ...rest } = facts;
  return rest;
}

/** A whole number. */
export function integer<
  const N extends string | undefined = undefined,
  const D extends number | string | undefined = undefined,
>(facts: OwnerFacts<N, D> & Partial<IntegerRule>): Owning<number, N, D> {
  const [number, rest] = integerRule(plain(facts));
  const row: ValueKeyword<number> = {
    ...rest,
    kind: "value",
    args: `<number ${rangeText(number)}>`,
    number,
    read: (args) => readInteger(args, number),
  };
  return owning(row, facts, String);
}

/** What the numbers of a row may be, and the rest of its facts. */
function integerRule(
  facts: Omit<Facts, "default"> & Partial<IntegerRule>,
): readonly [IntegerRule, Facts] {
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
export function seconds<
  const N extends string | undefined = undefined,
  const D extends Micros | string | undefined = undefined,
>(
  facts: OwnerFacts<N, D> & Partial<Range> & {
    readonly places?: number;
    /** µs. */
    readonly instead?: Micros;
  },
): Owning<Micros, N, D> {
  const options = {
    min: facts.min ?? 0,
    max: facts.max ?? MAX_SECONDS,
    unit: 1_000_000,
    places: facts.places ?? 6,
    ...(facts.instead !== undefined && { instead: facts.instead }),
  };
  const row: ValueKeyword<Micros> = {
    ...plain(facts),
    kind: "value",
    args: `<seconds ${rangeText(options)}>`,
    read: (args) => readTime(args, options),
  };
  return owning(row, facts, inSeconds);
}

function inSeconds(time: Micros): string {
  return `${time / 1_000_000}`;
}

/** A time in milliseconds with three decimals. */
export function milliseconds<
  const N extends string | undefined = undefined,
  const D extends Micros | string | undefined = undefined,
>(facts: OwnerFacts<N, D> & Range): Owning<Micros, N, D> {
  const options = { min: facts.min, max: facts.max, unit: 1_000, places: 3 };
  const row: ValueKeyword<Micros> = {
    ...plain(facts),
    kind: "value",
    args: `<milliseconds ${rangeText(options)}>`,
    read: (args) => readTime(args, options),
  };
  return owning(row, facts, (time) => `${time / 1_000}`);
}

/** A time in whole seconds. */
export function wholeSeconds<
  const N extends string | undefined = undefined,
  const D extends Micros | string | undefined = undefined,
>(facts: OwnerFacts<N, D> & Partial<IntegerRule>): Owning<Micros, N, D> {
  const [number, rest] = integerRule(plain(facts));
  const row: ValueKeyword<Micros> = {
    ...rest,
    kind: "value",
    args: `<seconds ${rangeText(number)}>`,
    number,
    read: (args) => {
      const value = readInteger(args, number);
      return value === undefined ? undefined : value * 1_000_000;
    },
  };
  return owning(row, facts, inSeconds);
}

/** One of some words, as its default is. */
export function choice<
  const T extends string,
  const N extends string | undefined = undefined,
  const D extends NoInfer<T> | undefined = undefined,
>(
  values: readonly T[],
  facts: OwnerFacts<N, D> & {
    readonly anyCase?: boolean;
    readonly meant?: Synonyms;
    clash?(earlier: T, later: T): boolean;
  },
): Owning<T, N, D> {
  const options = { anyCase: facts.anyCase ?? false, meant: facts.meant ?? {} };
  const row: ValueKeyword<T> = {
    ...plain(facts),
    kind: "value",
    args: values.join("|"),
    values,
    read: (args) => readChoice(args, values, options),
  };
  return owning(row, facts, String);
}

/** Any word. */
export function word<
  const N extends string | undefined = undefined,
  const D extends string | undefined = undefined,
>(
  facts: OwnerFacts<N, D> & { readonly what?: string; readonly max?: number },
): Owning<string, N, D> {
  const { what = "a word", max = Infinity } = facts;
  const row: ValueKeyword<string> = {
    ...plain(facts),
    kind: "value",
    args: `<${what.replace(/^an? /, "")}>`,
    read: (args) => readName(args, max, what),
  };
  return owning(row, facts, String);
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
export function address<
  const N extends string | undefined = undefined,
  const D extends Ip | undefined = undefined,
>(facts: OwnerFacts<N, D> & { readonly family?: Family }): Owning<Ip, N, D> {
  const row: ValueKeyword<Ip> = {
    ...plain(facts),
    kind: "value",
    args: "<address>",
    read: (args) => readAddress(args, facts.family),
  };
  return owning(row, facts, String);
}

/** A multicast address. */
export function multicast<
  const N extends string | undefined = undefined,
  const D extends Ip | undefined = undefined,
>(facts: OwnerFacts<N, D> & { readonly family?: Family }): Owning<Ip, N, D> {
  const row: ValueKeyword<Ip> = {
    ...plain(facts),
    kind: "value",
    args: "<multicast address>",
    read: (args) => readMulticast(args, facts.family),
  };
  return owning(row, facts, String);
}

/** Most bytes the name of an interface has (IFNAMSIZ − 1). */
const MAX_IFNAME = 15;

/** The name of an interface. */
export function ifname<
  const N extends string | undefined = undefined,
  const D extends string | undefined = undefined,
>(facts: OwnerFacts<N, D>): Owning<string, N, D> {
  const row: ValueKeyword<string> = {
    ...plain(facts),
    kind: "value",
    args: "<interface>",
    read: (args) => readIfname(args),
  };
  return owning(row, facts, String);
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
