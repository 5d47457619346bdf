/** Entries of `virtual_server_group` and `local_address_group`: addresses, ranges, prefixes, marks. */

import {
  type Args,
  nextWord,
  peekWord,
  readIfname,
  readInteger,
  refuse,
  UINT32,
  type Word,
} from "../../language/mod.ts";
import { integerOf } from "../../language/rows/values.ts";
import { type Family, familyOf, type Ip, ipBytes, ipFromBytes, parseIp } from "../../net/ip.ts";

/** An address that connections to real servers come from in full NAT. */
export interface LocalAddress {
  readonly address: Ip;
  /** Moves with the virtual address, on this interface; absent: it is on this host by other means. */
  readonly dev?: string;
}

/** One entry. */
export type GroupEntry =
  | {
    readonly kind: "addresses";
    /** At least one, ascending, of one family. */
    readonly addresses: readonly Ip[];
    /** Absent: every port. */
    readonly port: number | undefined;
  }
  | { readonly kind: "fwmark"; readonly mark: number; readonly family: Family | undefined };

/** Most addresses an entry may stand for. */
export const MAX_ADDRESSES = 65_536;

/** Reads an entry. */
export function readGroupEntry(args: Args): GroupEntry | undefined {
  const first = peekWord(args);
  if (first?.text === "fwmark") return readMark(args);
  nextWord(args);
  if (first === undefined) return undefined;
  const addresses = addressesOf(first.text);
  const port = nextWord(args);
  if (typeof addresses === "string") {
    return refuse(args, first, addresses, { code: "not-an-address" });
  }
  const number = port && integerOf(args, port, { min: 0, max: 65_535, junk: "refused" });
  if (port !== undefined && number === undefined) return undefined;
  return { kind: "addresses", addresses, port: number === 0 ? undefined : number };
}

/** Reads an entry of the fork's `local_address_group`, which takes ranges of at most 254 addresses. `dev` is ours. */
export function readLocalAddresses(args: Args): readonly LocalAddress[] | undefined {
  const word = nextWord(args);
  if (word === undefined) return undefined;
  const option = nextWord(args);
  const dev = option && readDevice(args, option);
  if (option !== undefined && dev === undefined) return undefined;
  const addresses = addressesOf(word.text);
  if (typeof addresses === "string") {
    return refuse(args, word, addresses, { code: "not-an-address" });
  }
  return addresses.length <= 254
    ? addresses.map((address) => ({ address, ...(dev !== undefined && { dev }) }))
    : refuse(args, word, `it stands for ${addresses.length} addresses, more than 254`, {
      code: "out-of-range",
    });
}

/** The interface behind `dev`. */
function readDevice(args: Args, option: Word): string | undefined {
  if (option.text === "dev") return readIfname(args);
  return refuse(args, option, "must be dev and an interface");
}

function readMark(args: Args): GroupEntry | undefined {
  nextWord(args);
  const mark = readInteger(args, { min: 1, max: UINT32 });
  const family = nextWord(args);
  if (mark === undefined) return undefined;
  if (family === undefined) return { kind: "fwmark", mark, family: undefined };
  if (family.text === "inet" || family.text === "inet6") {
    return { kind: "fwmark", mark, family: family.text };
  }
  return refuse(args, family, "must be inet or inet6", { code: "not-a-choice" });
}

/** Addresses that `A`, `A-B`, `A-LAST` or `A/LENGTH` stands for, or why there are none. */
export function addressesOf(text: string): readonly Ip[] | string {
  const [begin = "", end, ...more] = text.split("-");
  if (more.length > 0) return "must be an address or a range";
  if (end !== undefined) return rangeOf(begin, end);
  const [base = "", length, ...parts] = text.split("/");
  const ip = parseIp(base);
  if (ip === undefined || parts.length > 0) return "must be an address, a range or a prefix";
  return length === undefined ? [ip] : prefixOf(ip, length);
}

function rangeOf(begin: string, end: string): readonly Ip[] | string {
  const first = parseIp(begin);
  if (first === undefined) return "a range begins with an address";
  const last = parseIp(end) ?? withLastPart(first, end);
  if (last === undefined || familyOf(last) !== familyOf(first)) {
    return "a range ends with a last octet, a last hex group or an address of the same family";
  }
  const from = numberOf(first);
  const to = numberOf(last);
  if (to < from) return "the end of a range is not below its begin";
  return countFrom(from, to - from + 1n, familyOf(first));
}

/** The address with its last octet (decimal) or last group (hexadecimal) replaced. */
function withLastPart(ip: Ip, end: string): Ip | undefined {
  const bytes = ipBytes(ip);
  if (familyOf(ip) === "inet") {
    if (!/^\d{1,3}$/.test(end) || Number(end) > 255) return undefined;
    bytes[3] = Number(end);
  } else {
    if (!/^[0-9a-fA-F]{1,4}$/.test(end)) return undefined;
    const group = parseInt(end, 16);
    bytes[14] = group >> 8;
    bytes[15] = group & 0xff;
  }
  return ipFromBytes(bytes);
}

function prefixOf(ip: Ip, length: string): readonly Ip[] | string {
  const bits = familyOf(ip) === "inet" ? 32 : 128;
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) {
    return `the prefix length must be 0 to ${bits}`;
  }
  const count = 1n << BigInt(bits - Number(length));
  const base = numberOf(ip);
  if (base % count !== 0n) return "the host bits of a prefix must be zero";
  return countFrom(base, count, familyOf(ip));
}

function countFrom(from: bigint, count: bigint, family: Family): readonly Ip[] | string {
  if (count > BigInt(MAX_ADDRESSES)) {
    return `it stands for ${count} addresses, more than ${MAX_ADDRESSES}`;
  }
  return Array.from(
    { length: Number(count) },
    (_, index) => addressOf(from + BigInt(index), family),
  );
}

function numberOf(ip: Ip): bigint {
  return ipBytes(ip).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function addressOf(value: bigint, family: Family): Ip {
  const length = family === "inet" ? 4 : 16;
  return ipFromBytes(
    Uint8Array.from(
      { length },
      (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn),
    ),
  );
}
