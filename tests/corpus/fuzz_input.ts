/** Inputs nobody would write: golden cases with bytes lost, doubled, mixed and put in. */

import { type Random, randomFrom } from "./random.ts";

/** Pieces that mean something to the reader. */
const PIECES: readonly [string, ...string[]] = [
  "{",
  "}",
  '"',
  "'",
  "\\",
  "#",
  "!",
  "$",
  "${",
  "$A=",
  "$A",
  "${A}",
  "$A=\\\n",
  "@node1 ",
  "@^node1 ",
  "~SEQ(n, 1, 40) ",
  "~SEQ(n, 40, 1, -1) ",
  "~LST(n, 1, 2, 3) ",
  "${_RANDOM 1 5}",
  "${_ENV HOME}",
  "${_HASH}",
  "include *\n",
  "include main.conf\n",
  "\0",
  "\r\n",
  "\n\n",
  "\ufeff",
  "é",
  "\u{1f600}",
  "auth_pass ",
  "fwmark ",
  "10.0.0.1-200 ",
  "2001:db8::/32 ",
  "4294967296 ",
  "weight ",
  "vrrp_instance V {\n",
  "virtual_server group g {\n",
  "HTTP_GET {\n",
];

/** One input that follows from `seed`, of at most `limit` bytes. */
export function fuzzInput(
  seed: number,
  texts: readonly [string, ...string[]],
  limit: number,
): Uint8Array<ArrayBuffer> {
  const random = randomFrom(seed);
  const encoder = new TextEncoder();
  let bytes = encoder.encode(random.pick(texts));
  for (let changes = 1 + random.below(8); changes > 0; changes--) {
    bytes = change(bytes, { random, other: encoder.encode(random.pick(texts)), encoder });
  }
  return bytes.slice(0, limit);
}

function change(
  bytes: Uint8Array<ArrayBuffer>,
  { random, other, encoder }: {
    readonly random: Random;
    readonly other: Uint8Array;
    readonly encoder: TextEncoder;
  },
): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.chance(20) ? 2000 : 20));
  const [head, middle, tail] = [bytes.slice(0, at), bytes.slice(at, end), bytes.slice(end)];
  switch (random.below(7)) {
    case 0: // bytes lost
      return joined([head, tail]);
    case 1: // bytes of any value
      return joined([head, Uint8Array.from(middle, () => random.below(256)), tail]);
    case 2: // said again and again
      return joined([head, ...Array.from({ length: 1 + random.below(60) }, () => middle), tail]);
    case 3: { // a piece put in, once or often
      const piece = encoder.encode(random.pick(PIECES));
      const times = random.chance(10) ? 1 + random.below(400) : 1;
      return joined([head, ...Array.from({ length: times }, () => piece), middle, tail]);
    }
    case 4: { // part of another configuration
      const from = random.below(other.length);
      return joined([head, other.slice(from, from + random.below(1500)), middle, tail]);
    }
    case 5: // one bit
      return joined([
        head,
        middle.map((byte, index) => index === 0 ? byte ^ (1 << random.below(8)) : byte),
        tail,
      ]);
    default: // moved
      return joined([middle, head, tail]);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
