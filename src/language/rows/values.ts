/** Readers of single values: numbers, times, booleans, addresses (grammar.md §11). */

import { familyOf, isMulticast, parseIp } from "../../net/ip.ts";
import type { Family, Ip } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import { complain, needWord, nextWord, peekWord, refuse } from "./args.ts";
import type { Finding } from "../findings/diagnostic.ts";
import { didYouMean, nearest } from "../findings/suggest.ts";
import type { Args, IntegerRule, Range } from "./table.ts";
import type { Word } from "../source/words.ts";

/** Largest unsigned 32-bit number. */
export const UINT32 = 4_294_967_295;

/** Largest signed 32-bit number. */
export const INT32 = 2_147_483_647;

/** `range` in words. */
export function rangeText({ min, max }: Range, unit = ""): string {
  if (max >= UINT32) return `${min}${unit} or more`;
  return `${min} to ${max}${unit}`;
}

/** The limit that a number breaks, in words. */
function limitText(value: number, { min, max }: Range, unit = ""): string {
  return max >= UINT32 && value > max ? `at most ${max}${unit}` : rangeText({ min, max }, unit);
}

/** Takes a whole number; out of range or no number is reported. */
export function readInteger(args: Args, rule: IntegerRule): number | undefined {
  const word = needWord(args, "a number");
  return word && integerOf(args, word, rule);
}

/** The whole number a word is. */
export function integerOf(args: Args, word: Word, rule: IntegerRule): number | undefined {
  const [, digits = "", junk = ""] = /^[ \t\n\v\f\r]*([+-]?\d+|)(.*)$/s.exec(word.text) ?? [];
  const value = Number(digits);
  const negative = digits.startsWith("-") && rule.min >= 0;
  const within = !negative && value >= rule.min && value <= rule.max;
  const cut = junk !== "" && rule.junk !== "refused";
  if (within && digits !== "" && junk === "") return raised(args, { word, value, rule });
  if (within && digits !== "" && cut) {
    complain(args, word, {
      severity: "warning",
      code: "not-a-number",
      message: `Cannot use all of "${word.text}" as a number: ${value} is used`,
      status: "invalid-number",
    });
    return raised(args, { word, value, rule });
  }
  const isNumber = digits !== "" && !negative && (junk === "" || cut);
  const instead = digits === "" && within && cut ? 0 : rule.instead;
  const limit = isNumber ? limitText(value, rule) : rangeText(rule);
  refuse(args, word, `must be ${limit}${instead === undefined ? "" : `, ${instead} is used`}`, {
    code: isNumber ? "out-of-range" : "not-a-number",
    status: "invalid-number",
    hint: !isNumber && digits !== "" && within ? `write ${value} alone` : undefined,
  });
  return instead;
}

/** keepalived: takes some numbers from 0, as old releases did, and means 1. */
function raised(
  args: Args,
  { word, value, rule }: {
    readonly word: Word;
    readonly value: number;
    readonly rule: IntegerRule;
  },
): number {
  if (rule.raised === undefined || value >= rule.raised) return value;
  complain(args, word, {
    severity: "warning",
    code: "out-of-range",
    message: `Cannot set ${args.name} to ${word.text}: ${rule.raised} is used`,
    status: "general",
  });
  return rule.raised;
}

/** How a time is written. */
export interface TimeOptions extends Range {
  /** Microseconds in the unit of the file: 1000000 for seconds, 1000 for milliseconds. */
  readonly unit: number;
  /** Decimal places that count. */
  readonly places: number;
  /** What counts instead of a value that is refused; absent: the line counts for nothing. */
  readonly instead?: Micros;
}

/** Takes a time; more places than count are rounded off, which is reported. */
export function readTime(args: Args, options: TimeOptions): Micros | undefined {
  const word = needWord(args, "a time");
  return word && timeOf(args, word, options);
}

/** The time a word is. */
export function timeOf(args: Args, word: Word, options: TimeOptions): Micros | undefined {
  const unit = options.unit === 1_000 ? " ms" : " s";
  const match = /^[ \t\n\v\f\r]*\+?(\d+)(?:\.(\d*))?$/.exec(word.text) ??
    /^[ \t\n\v\f\r]*()\.(\d+)$/.exec(word.text);
  const { instead } = options;
  const used = instead === undefined ? "" : `, ${instead / options.unit} is used`;
  if (match === null) {
    refuse(args, word, `must be ${rangeText(options, unit)}${used}`, {
      code: "not-a-number",
      status: "invalid-number",
      hint: /^[\d.]+(?:[um]?s|[a-z]*sec[a-z]*|m(?:in)?|h)$/i.test(word.text)
        ? `write the number alone, it is in ${unit === " s" ? "seconds" : "milliseconds"}`
        : undefined,
    });
    return instead;
  }
  const places = (match[2] ?? "").length;
  const scale = 10 ** options.places;
  const value = Math.round(Number(`${match[1] ?? ""}.${match[2] ?? ""}0`) * scale) / scale;
  if (value < options.min || value > options.max) {
    refuse(args, word, `must be ${limitText(value, options, unit)}${used}`, {
      code: "out-of-range",
      status: "invalid-number",
    });
    return instead;
  }
  if (places > options.places) {
    complain(args, word, {
      severity: "warning",
      code: "rounded",
      message:
        `Cannot use all of ${word.text}: ${options.places} decimal places count, ${value} is used`,
      status: "invalid-number",
    });
  }
  return Math.round(value * options.unit);
}

/** Takes an optional BOOL; absence means on. */
export function readBoolean(args: Args): boolean | undefined {
  const word = nextWord(args);
  if (word === undefined) return true;
  if (TRUE.includes(word.text)) return true;
  if (FALSE.includes(word.text)) return false;
  const lower = word.text.toLowerCase();
  return refuse(args, word, "must be on, off, true, false, yes or no", {
    code: "not-a-boolean",
    ...([...TRUE, ...FALSE].includes(lower) && {
      hint: `write ${lower}, in lower case`,
      fix: lower,
    }),
  });
}

const TRUE = ["on", "true", "yes"];
const FALSE = ["off", "false", "no"];

/** Takes an address literal. */
export function readAddress(args: Args, family?: Family): Ip | undefined {
  const word = needWord(args, "an address");
  return word && addressOf(args, word, family);
}

/** The address a word is. */
export function addressOf(args: Args, word: Word, family?: Family): Ip | undefined {
  const slash = word.text.indexOf("/");
  const ip = parseIp(slash === -1 ? word.text : word.text.slice(0, slash));
  if (ip !== undefined && (family === undefined || familyOf(ip) === family)) {
    if (slash !== -1) warnOfPrefix(args, word);
    return ip;
  }
  const what = family === "inet"
    ? "an IPv4 address"
    : family === "inet6"
    ? "an IPv6 address"
    : "an address";
  return refuse(args, word, `must be ${what}`, {
    code: "not-an-address",
    hint: /^[\d.]+:\d+$|^\[.*\]:\d+$/.test(word.text)
      ? "where a port can stand it is a word of its own"
      : undefined,
  });
}

/** keepalived: passes over a prefix length where a plain address is wanted. */
function warnOfPrefix(args: Args, word: Word): void {
  refuse(args, word, "", {
    severity: "warning",
    code: "not-an-address",
    message: `Cannot use a prefix length in ${args.name}: it takes an address alone`,
    status: undefined,
  });
}

/** Takes a multicast address. */
export function readMulticast(args: Args, family?: Family): Ip | undefined {
  const word = peekWord(args);
  const ip = readAddress(args, family);
  if (ip === undefined || word === undefined || isMulticast(ip)) return ip;
  return refuse(args, word, "must be a multicast address", { code: "not-an-address" });
}

/** An address with an optional prefix length. */
export interface Network {
  readonly address: Ip;
  readonly prefixLength: number | undefined;
}

/** The address with optional `/length` a word is. */
export function networkOf(args: Args, word: Word): Network | undefined {
  const [text = "", length, ...more] = word.text.split("/");
  const address = parseIp(text);
  if (address === undefined || more.length > 0) {
    return refuse(args, word, "must be an address, optionally with a prefix length", {
      code: "not-an-address",
    });
  }
  if (length === undefined || length === "") return { address, prefixLength: undefined };
  const max = familyOf(address) === "inet" ? 32 : 128;
  if (!/^\d{1,3}$/.test(length) || Number(length) > max) {
    refuse(args, word, `the prefix length must be 0 to ${max}, ${max} is used`, {
      code: "out-of-range",
      status: "invalid-number",
      hint: lengthHint(text, length),
    });
    return { address, prefixLength: max };
  }
  return { address, prefixLength: Number(length) };
}

/** What to write instead of a netmask behind an address. */
export function lengthHint(address: string, mask: string): string | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(mask)?.slice(1).map(Number);
  const bits = octets?.map((octet) => octet.toString(2).padStart(8, "0")).join("") ?? "";
  return /^1+0*$/.test(bits) && bits.length === 32
    ? `write ${address}/${bits.replaceAll("0", "").length}`
    : undefined;
}

/** Takes one of some words. */
export function readChoice<const T extends string>(
  args: Args,
  choices: readonly T[],
  options: { readonly anyCase?: boolean; readonly meant?: Synonyms } = {},
): T | undefined {
  const word = needWord(args, `one of ${choices.join(", ")}`);
  if (word === undefined) return undefined;
  const found = choices.find((choice) =>
    options.anyCase ? choice.toLowerCase() === word.text.toLowerCase() : choice === word.text
  );
  return found ??
    refuse(args, word, `must be one of ${choices.join(", ")}`, {
      code: "not-a-choice",
      ...likelyOf(word, choices, options.meant),
    });
}

/** What other programs and documents call a choice, in lower case without `-` and `_`, and the word for it here. */
export type Synonyms = Readonly<Record<string, string>>;

/** The word that is most likely meant. */
export function likelyOf(
  { text }: Word,
  choices: readonly string[],
  meant: Synonyms = {},
): Pick<Finding, "hint" | "fix"> {
  const plain = text.toLowerCase().replaceAll(/[-_]/g, "");
  return didYouMean(Object.hasOwn(meant, plain) ? meant[plain] : nearest(text, choices));
}

/** Takes a word of at most `max` bytes; a longer one is cut, which is reported. */
export function readName(args: Args, max: number, what: string): string | undefined {
  const word = needWord(args, what);
  if (word === undefined || word.text.length <= max) return word?.text;
  complain(args, word, {
    severity: "warning",
    code: "value-cut",
    message:
      `Cannot use all of "${word.text}" for ${args.name}: the first ${max} characters are used`,
    status: "general",
  });
  return word.text.slice(0, max);
}
