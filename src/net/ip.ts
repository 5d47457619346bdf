/**
 * IP addresses as values: the canonical text, so `===` compares and a map may be keyed by them.
 * IPv6 text is that of RFC 5952, as the kernel contact writes it too.
 */

/** Address family, by the names of `ip(8)`. */
export type Family = "inet" | "inet6";

/** A parsed address: canonical text. Made only by {@linkcode parseIp} and {@linkcode ipFromBytes}. */
export type Ip = string & { readonly brand?: "ip" };

/** Reads an IPv4 or IPv6 literal; `undefined` when it is neither. No zone, no prefix length, no leading zeros. */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(":")) return write4(text, new Uint8Array(4), 0) ? text : undefined; // canonical as it is
  const bytes = parse6(text);
  return bytes && ipFromBytes(bytes);
}

/** Family of an address. */
export function familyOf(ip: Ip): Family {
  return ip.includes(":") ? "inet6" : "inet";
}

/** The 4 or 16 bytes of an address, in network order. */
export function ipBytes(ip: Ip): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ip.includes(":") ? 16 : 4);
  writeIp(ip, bytes, 0);
  return bytes;
}

/** Writes the 4 or 16 bytes of an address among others. */
export function writeIp(ip: Ip, into: Uint8Array, at: number): void {
  if (!ip.includes(":")) {
    if (write4(ip, into, at)) return;
  } else {
    const bytes = parse6(ip);
    if (bytes !== undefined) return into.set(bytes, at);
  }
  throw new TypeError(`Cannot use "${ip}" as an address: not parsed before`);
}

/** Writes 4 or 16 bytes as an address. Throws `RangeError` for any other length. */
export function ipFromBytes(bytes: Uint8Array): Ip {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length === 16) return format6(bytes);
  throw new RangeError(`Cannot read an address from ${bytes.length} bytes: must be 4 or 16`);
}

/** Orders addresses of one family as numbers, as VRRP breaks ties (RFC 9568 §6.4.3). */
export function compareIp(a: Ip, b: Ip): number {
  const left = ipBytes(a);
  const right = ipBytes(b);
  if (left.length !== right.length) return left.length - right.length;
  for (const [index, byte] of left.entries()) {
    const difference = byte - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The network an address is in: all bits behind the prefix cleared. */
export function networkOf(address: Ip, prefixLength: number): Ip {
  return ipFromBytes(
    ipBytes(address).map((byte, index) => {
      const bits = Math.max(0, Math.min(8, prefixLength - 8 * index));
      return byte & (0xff << (8 - bits));
    }),
  );
}

/** Whether an address is multicast: 224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291 §2.7). */
export function isMulticast(ip: Ip): boolean {
  const first = ipBytes(ip)[0] ?? 0;
  return familyOf(ip) === "inet" ? (first & 0xf0) === 0xe0 : first === 0xff;
}

/**
 * Writes the numbers of a dotted quad: decimal, without leading zeros; false when it is none. Adverts of many addresses are made of
 * it, so it goes by characters and allocates nothing.
 */
function write4(text: string, into: Uint8Array, start: number): boolean {
  let octet = 0;
  let digits = 0;
  let value = 0;
  for (let at = 0; at <= text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && value === 0) return false;
      value = 10 * value + digit;
      digits += 1;
      if (value > 255) return false;
      continue;
    }
    const ends = at === text.length;
    if (digits === 0 || octet > 3 || (!ends && text.charCodeAt(at) !== DOT)) return false;
    into[start + octet] = value;
    octet += 1;
    digits = 0;
    value = 0;
  }
  return octet === 4;
}

/** Of the digit 0, and of the dot. */
const ZERO = 48;
const DOT = 46;

function parse6(text: string): Uint8Array<ArrayBuffer> | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === "" ? [] : groups(half)));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const words = [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

/** The 16-bit groups of one side of `::`; an embedded IPv4 address at the end counts as two. */
function groups(text: string): number[] | undefined {
  const parts = text.split(":");
  const last = parts.at(-1) ?? "";
  const embedded = last.includes(".") ? new Uint8Array(4) : undefined;
  if (embedded !== undefined && !write4(last, embedded, 0)) return undefined;
  const plain = embedded ? parts.slice(0, -1) : parts;
  if (!plain.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const words = plain.map((part) => parseInt(part, 16));
  if (embedded === undefined) return words;
  const [a = 0, b = 0, c = 0, d = 0] = embedded;
  return [...words, (a << 8) | b, (c << 8) | d];
}

function format6(bytes: Uint8Array): Ip {
  const words = Array.from(
    { length: 8 },
    (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
  );
  if (words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff) {
    return `::ffff:${bytes.subarray(12).join(".")}`; // RFC 5952 §5
  }
  const [start, length] = longestZeroRun(words);
  const text = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (length < 2) return text(words);
  return `${text(words.slice(0, start))}::${text(words.slice(start + length))}`;
}

/** First of the longest runs of zero groups (RFC 5952 §4.2.3): start and length. */
function longestZeroRun(words: readonly number[]): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let start = 0;
  for (const [index, word] of words.entries()) {
    if (word !== 0) start = index + 1;
    else if (index + 1 - start > best[1]) best = [start, index + 1 - start];
  }
  return best;
}
