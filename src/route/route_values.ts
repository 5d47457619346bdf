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
import { METRIC, type Prefix } from "../kernel/route.ts";
import type { Span } from "../kernel/rule.ts";
import { integerOf, type Network, readChoice } from "../language/rows/values.ts";
import type { Range } from "../language/rows/table.ts";
import type { Word } from "../language/source/words.ts";
import { type Family, familyOf, type Ip, parseIp } from "../net/ip.ts";
import type { NameTable } from "./config.ts";
import type { MachineWords, Named, RouteFields, Said, WrittenRealms } from "./written.ts";

/** A row of a route or rule, which says something of the entry: {@linkcode Said}. */
export type RouteRow<F> = ValueKeyword<Said<F>>;

/** How a value is said of an entry: `(priority) => ({ priority })`. */
interface To<V, F> {
  readonly to: (value: V) => F;
}

/** An interface. */
export function device<F>({ to, ...facts }: Facts & To<string, F>): RouteRow<F> {
  return custom({
    ...facts,
    args: "<interface>",
    read: (args) => {
      const word = needWord(args, "an interface");
      return word && { interfaces: [word], fields: to(word.text) };
    },
  });
}

/** A word on its own. */
export function mark<F>(
  { says, family, ...facts }: Facts & { readonly says: F; readonly family?: Family },
): RouteRow<F> {
  return custom({
    ...facts,
    args: "",
    read: () => ({ fields: says, ...(family && { family }) }),
  });
}

/** A whole number; C's notation too where iproute2 has it. */
export function count<F>({ to, ...facts }: Facts & Partial<Range> & To<number, F>): RouteRow<F> {
  const range = { min: facts.min ?? 0, max: facts.max ?? UINT32, junk: "refused" } as const;
  return custom({
    ...facts,
    number: range,
    args: `<number ${range.min} to ${range.max}>`,
    read: (args) => {
      const word = needWord(args, "a number");
      const number = word && integerOf(args, word, range);
      return number === undefined ? undefined : { fields: to(number) };
    },
  });
}

/** A number, or a name that a file of iproute2 gives it. */
export function named<F>(
  table: NameTable,
  max: number,
  { to, ...facts }: Facts & To<Named, F>,
): RouteRow<F> {
  return custom({
    ...facts,
    args: `<name>|<number 0 to ${max}>`,
    read: (args) => {
      const word = needWord(args, "a name or number");
      const named = word && namedOf(args, word, { table, max });
      return word && named !== undefined
        ? { fields: to(named), names: namesOf(word, named) }
        : undefined;
    },
  });
}

/** `[<from>/]<to>`. */
export function realms<F>({ to, ...facts }: Facts & To<WrittenRealms, F>): RouteRow<F> {
  return custom({
    ...facts,
    args: "[<from>/]<to>",
    read: (args) => {
      const word = needWord(args, "realms");
      if (word === undefined) return undefined;
      const words = word.text.split("/").map((text) => ({ ...word, text }));
      const parts = words.map((each) => namedOf(args, each, { table: "rt_realms", max: 255 }));
      if (parts.length > 2) return refuse(args, word, "must be one realm or two");
      const [first, second] = parts;
      if (first === undefined || parts.includes(undefined)) return undefined;
      return {
        names: words.flatMap((each, index) => namesOf(each, parts[index] ?? 0)),
        fields: to(second === undefined ? { to: first } : { from: first, to: second }),
      };
    },
  });
}

/** An address, before which its family may stand where `family` says so. */
export function address<F>(
  { to, ...facts }: Facts & To<Ip, F> & { readonly family?: boolean },
): RouteRow<F> {
  const { family = false } = facts;
  return custom({
    ...facts,
    args: `${family ? "[inet|inet6] " : ""}<address>`,
    read: (args) => {
      const first = peekWord(args)?.text;
      if (family && (first === "inet" || first === "inet6")) nextWord(args);
      const word = needWord(args, "an address");
      const address = word && plainAddress(args, word);
      return address && { family: familyOf(address), fields: to(address) };
    },
  });
}

/** An address with an optional prefix length, or a word for all of them. */
export function network<F>(
  { to, words = [], ...facts }: Facts & To<Prefix | "default", F> & {
    readonly words?: readonly string[];
  },
): RouteRow<F> {
  return custom({
    ...facts,
    args: "<address>[/<length>]",
    read: (args) => {
      const word = needWord(args, "an address");
      if (word === undefined) return undefined;
      if (words.includes(word.text)) return { fields: to("default") };
      const network = networkOf(args, word);
      return network && { family: familyOf(network.address), fields: to(prefixOf(network)) };
    },
  });
}

/** The network of an address; alone it is one of a single address. */
export function prefixOf({ address, prefixLength }: Network): Prefix {
  return { address, prefixLength: prefixLength ?? (familyOf(address) === "inet" ? 32 : 128) };
}

/** The address a word is, without a prefix length. */
export function plainAddress(args: Args, word: Word): Ip | undefined {
  return parseIp(word.text) ??
    refuse(args, word, "must be an address", { code: "not-an-address" });
}

/** A metric without `lock`. */
export function plainMetric(
  name: keyof typeof METRIC,
  facts: Facts & Partial<Range>,
): RouteRow<RouteFields> {
  return count({ ...facts, to: (value) => ({ metrics: [{ metric: METRIC[name], value }] }) });
}

/** `[lock] <number>`. */
export function metric(name: keyof typeof METRIC, text: string): RouteRow<RouteFields> {
  return custom({
    text,
    args: "[lock] <number>",
    read: (args) => {
      const [word, locked] = lockable(args, "a number");
      const number = word && integerOf(args, word, { min: 0, max: UINT32, junk: "refused" });
      return number === undefined ? undefined : metricSaid(name, number, locked);
    },
  });
}

/** Times a route may be told, ms. */
const ROUTE_TIME = { min: 200, max: 120_000 } as const;

/** `[lock] <time>`; without a unit it counts in `parts` of a millisecond, as the kernel does. */
export function metricTime(
  name: keyof typeof METRIC,
  text: string,
  parts: number,
): RouteRow<RouteFields> {
  return custom({
    text,
    args: `[lock] <time 0.2 to 120s>s|<time>ms|<1/${parts} milliseconds>`,
    read: (args) => {
      const [word, locked] = lockable(args, "a time");
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
      return metricSaid(name, Math.trunc(used * parts), locked);
    },
  });
}

/** `[lock] <name>`. */
export function metricName(name: keyof typeof METRIC, text: string): RouteRow<RouteFields> {
  return custom({
    text,
    args: "[lock] <name>",
    read: (args) => {
      const [word, locked] = lockable(args, "a name");
      return word && metricSaid(name, word.text, locked);
    },
  });
}

function metricSaid(
  name: keyof typeof METRIC,
  value: number | string,
  locked: boolean,
): Said<RouteFields> {
  return { fields: { metrics: [{ metric: METRIC[name], value, ...(locked && { locked }) }] } };
}

/** One of some words, each of which says something. */
export function choiceOf<F>(says: Readonly<Record<string, F>>, facts: Facts): RouteRow<F> {
  const values = Object.keys(says);
  return custom({
    ...facts,
    args: values.join("|"),
    values,
    read: (args) => {
      const chosen = readChoice(args, values);
      const fields = chosen === undefined ? undefined : says[chosen];
      return fields === undefined ? undefined : { fields };
    },
  });
}

/** `ICMPV6_ROUTER_PREF_*` (RFC 4191 §2.1) by the words of ip-route(8). */
const PREFERENCES: Readonly<Record<string, number>> = { medium: 0, high: 1, low: 3 };

/** Takes the preference of an IPv6 route. */
export function readPreference(args: Args): Said<RouteFields> | undefined {
  const word = needWord(args, "low, medium, high or a number");
  if (word === undefined) return undefined;
  const preference = Object.hasOwn(PREFERENCES, word.text)
    ? PREFERENCES[word.text]
    : integerOf(args, word, { min: 0, max: 255, junk: "refused" });
  return preference === undefined ? undefined : { fields: { preference } };
}

/** `<a>-<b>`. */
export function span<F>({ to, ...facts }: Facts & To<Span, F>): RouteRow<F> {
  return custom({
    ...facts,
    args: "<a>-<b>",
    read: (args) => {
      const value = needWord(args, "a range");
      const [, from, until] = /^(\d+)-(\d+)$/.exec(value?.text ?? "") ?? [];
      if (value === undefined || from !== undefined) {
        return value && { fields: to({ from: Number(from), to: Number(until) }) };
      }
      return refuse(args, value, "must be a range like 1-2");
    },
  });
}

/** `<number>[/<mask>]`; without one every bit counts. */
export function masked<F>(
  { to, ...facts }: Facts & To<{ readonly value: number; readonly mask: number }, F>,
): RouteRow<F> {
  const number = "(0[xX][0-9a-fA-F]{1,8}|\\d{1,10})";
  const pattern = new RegExp(`^${number}(?:/${number})?$`);
  return custom({
    ...facts,
    args: "<number>[/<mask>]",
    read: (args) => {
      const word = needWord(args, "a number");
      if (word === undefined) return undefined;
      const [, value, mask] = pattern.exec(word.text) ?? [];
      if (value === undefined) {
        return refuse(args, word, "must be a number, optionally with a mask");
      }
      return { fields: to({ value: Number(value), mask: Number(mask ?? UINT32) }) };
    },
  });
}

function lockable(args: Args, what: string): readonly [Word | undefined, boolean] {
  const locked = peekWord(args)?.text === "lock";
  if (locked) nextWord(args);
  return [needWord(args, what), locked];
}

function namesOf(word: Word, named: Named): NonNullable<MachineWords["names"]> {
  return typeof named === "number" ? [] : [{ table: named.table, word }];
}

function namedOf(
  args: Args,
  word: Word,
  { table, max }: { readonly table: NameTable; readonly max: number },
): Named | undefined {
  if (/^(0[xX][0-9a-fA-F]+|\d+)$/.test(word.text)) {
    const number = Number(word.text);
    return number <= max
      ? number
      : refuse(args, word, `must be a name or 0 to ${max}`, { code: "out-of-range" });
  }
  if (/^[A-Za-z_][\w.-]*$/.test(word.text)) return { table, name: word.text };
  return refuse(args, word, `must be a name or 0 to ${max}`);
}
