/** Readers of the values in route and rule entries: addresses, names of iproute2's tables, metrics. */

import {
  type Args,
  custom,
  type Facts,
  needWord,
  networkOf,
  nextWord,
  peekWord,
  refuse,
  UINT32,
  type ValueKeyword,
} from "../language/mod.ts";
import { integerOf } from "../language/rows/values.ts";
import type { Range } from "../language/rows/table.ts";
import type { Word } from "../language/source/words.ts";
import { type Family, familyOf, type Ip, parseIp } from "../net/ip.ts";

/** Files of iproute2 that give numbers names. */
export type NameTable =
  | "rt_dsfield"
  | "rt_protos"
  | "rt_realms"
  | "rt_scopes"
  | "rt_tables"
  | "group"
  | "protocols";

/** Part of an entry that was read. */
export interface RoutePart {
  /** Of the addresses in it. */
  readonly family?: Family;
  /** Words that only the machine can judge. */
  readonly interfaces?: readonly Word[];
  readonly names?: readonly { readonly table: NameTable; readonly word: Word }[];
  readonly number?: number;
}

/** A row of a route or rule. */
export type RouteRow = ValueKeyword<RoutePart>;

/** An interface. */
export function device(facts: Facts): RouteRow {
  return custom({
    ...facts,
    args: "<interface>",
    read: (args) => {
      const word = needWord(args, "an interface");
      return word && { interfaces: [word] };
    },
  });
}

/** A word on its own. */
export function mark(facts: Facts): RouteRow {
  return custom({ ...facts, args: "", read: () => ({}) });
}

/** A whole number; C's notation too where iproute2 has it. */
export function count(facts: Facts & Partial<Range>): RouteRow {
  const range = { min: facts.min ?? 0, max: facts.max ?? UINT32, junk: "refused" } as const;
  return custom({
    ...facts,
    number: range,
    args: `<number ${range.min} to ${range.max}>`,
    read: (args) => {
      const word = needWord(args, "a number");
      const number = word && integerOf(args, word, range);
      return number === undefined ? undefined : { number };
    },
  });
}

/** A number, or a name that a file of iproute2 gives it. */
export function named(table: NameTable, max: number, facts: Facts): RouteRow {
  return custom({
    ...facts,
    args: `<name>|<number 0 to ${max}>`,
    read: (args) => {
      const word = needWord(args, "a name or number");
      return word && namedOf(args, word, { table, max });
    },
  });
}

/** `[<from>/]<to>`. */
export function realms(facts: Facts): RouteRow {
  return custom({
    ...facts,
    args: "[<from>/]<to>",
    read: (args) => {
      const word = needWord(args, "realms");
      if (word === undefined) return undefined;
      const parts = word.text.split("/").map((text) =>
        namedOf(args, { ...word, text }, { table: "rt_realms", max: 255 })
      );
      if (parts.length > 2) return refuse(args, word, "must be one realm or two");
      if (parts.includes(undefined)) return undefined;
      return { names: parts.flatMap((part) => part?.names ?? []) };
    },
  });
}

/** An address, with a prefix length where `prefix` says so; `words` stand for addresses. */
export function network(
  facts: Facts & {
    readonly prefix?: boolean;
    readonly words?: readonly string[];
    /** A family may stand before it. */
    readonly family?: boolean;
  },
): RouteRow {
  const { prefix = false, words = [], family = false } = facts;
  return custom({
    ...facts,
    args: `${family ? "[inet|inet6] " : ""}<address>${prefix ? "[/<length>]" : ""}`,
    read: (args) => {
      const first = peekWord(args)?.text;
      if (family && (first === "inet" || first === "inet6")) nextWord(args);
      const word = needWord(args, "an address");
      if (word === undefined) return undefined;
      if (words.includes(word.text)) return {};
      const address = prefix ? networkOf(args, word)?.address : plainAddress(args, word);
      return address === undefined ? undefined : { family: familyOf(address) };
    },
  });
}

/** The address a word is, without a prefix length. */
export function plainAddress(args: Args, word: Word): Ip | undefined {
  return parseIp(word.text) ??
    refuse(args, word, "must be an address", { code: "not-an-address" });
}

/** `[lock] <number>`. */
export function metric(text: string): RouteRow {
  return custom({
    text,
    args: "[lock] <number>",
    read: (args) => {
      const word = lockable(args, "a number");
      const number = word && integerOf(args, word, { min: 0, max: UINT32, junk: "refused" });
      return number === undefined ? undefined : { number };
    },
  });
}

/** Times a route may be told, ms. */
const ROUTE_TIME = { min: 200, max: 120_000 } as const;

/** `[lock] <time>`; without a unit it counts in `parts` of a millisecond, as the kernel does. */
export function metricTime(text: string, parts: number): RouteRow {
  return custom({
    text,
    args: `[lock] <time 0.2 to 120s>s|<time>ms|<1/${parts} milliseconds>`,
    read: (args) => {
      const word = lockable(args, "a time");
      if (word === undefined) return undefined;
      const [, number, unit] = /^(\d+\.?)(ms|)$/.exec(word.text) ??
        /^(\d+(?:\.\d*)?)(s)$/.exec(word.text) ?? [];
      if (number === undefined) {
        return refuse(args, word, "must be whole milliseconds, or seconds like 1.5s", {
          code: "not-a-number",
          status: "invalid-number",
        });
      }
      const ms = Number(number) * (unit === "s" ? 1000 : unit === "ms" ? 1 : 1 / parts);
      const used = Math.min(Math.max(ms, ROUTE_TIME.min), ROUTE_TIME.max);
      if (used !== ms) {
        refuse(args, word, `must be 200ms to 120s, ${used}ms is used`, { code: "out-of-range" });
      }
      return {};
    },
  });
}

/** `[lock] <name>`. */
export function metricName(text: string): RouteRow {
  return custom({
    text,
    args: "[lock] <name>",
    read: (args) => lockable(args, "a name") && {},
  });
}

/** `<a>-<b>`. */
export function span(text: string): RouteRow {
  return custom({
    text,
    args: "<a>-<b>",
    read: (args) => {
      const value = needWord(args, "a range");
      if (value === undefined || /^\d+-\d+$/.test(value.text)) return value && {};
      return refuse(args, value, "must be a range like 1-2");
    },
  });
}

/** `<number>[/<mask>]`. */
export function masked(text: string): RouteRow {
  const number = "(0[xX][0-9a-fA-F]{1,8}|\\d{1,10})";
  const pattern = new RegExp(`^${number}(/${number})?$`);
  return custom({
    text,
    args: "<number>[/<mask>]",
    read: (args) => {
      const value = needWord(args, "a number");
      if (value === undefined || pattern.test(value.text)) return value && {};
      return refuse(args, value, "must be a number, optionally with a mask");
    },
  });
}

function lockable(args: Args, what: string): Word | undefined {
  if (peekWord(args)?.text === "lock") nextWord(args);
  return needWord(args, what);
}

function namedOf(
  args: Args,
  word: Word,
  { table, max }: { readonly table: NameTable; readonly max: number },
): RoutePart | undefined {
  if (/^(0[xX][0-9a-fA-F]+|\d+)$/.test(word.text)) {
    const number = Number(word.text);
    return number <= max
      ? { number }
      : refuse(args, word, `must be a name or 0 to ${max}`, { code: "out-of-range" });
  }
  if (/^[A-Za-z_][\w.-]*$/.test(word.text)) return { names: [{ table, word }] };
  return refuse(args, word, `must be a name or 0 to ${max}`);
}
