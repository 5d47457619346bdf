/**
 * Reads the drained stream: records of a 16-byte header and a payload padded to 8 bytes, native
 * endian.
 *
 * ```text
 *  0        4      5       6          8                16
 * +--------+------+-------+----------+----------------+---------+---------+
 * | length | kind | flags | reserved | time           | payload | padding |
 * +--------+------+-------+----------+----------------+---------+---------+
 * ```
 *
 * `length` counts the payload only. JSON whose flag bit 0 is set continues in the next record. See
 * `core-rs/src/record.rs`.
 */

import type { Micros } from "../net/micros.ts";
import { type Ip, ipFromBytes } from "../net/ip.ts";
import type { CallResult, Event, Judgement, Reply } from "../core/protocol.ts";

/** One thing the core has to tell; `at` is when it happened. */
export type CoreRecord =
  | {
    readonly kind: "reply";
    readonly at: Micros;
    readonly id: number;
    readonly result: CallResult;
  }
  | { readonly kind: "event"; readonly at: Micros; readonly event: Event }
  | { readonly kind: "packet"; readonly at: Micros; readonly packet: ReceivedPacket };

/** A received datagram that no watch expected. */
export interface ReceivedPacket {
  readonly ifindex: number;
  /** Addresses of the IP header. */
  readonly source: Ip;
  readonly destination: Ip;
  /** Time to live or hop limit. */
  readonly ttl: number;
  /** IP protocol: 112, VRRP, or 51, an authentication header. */
  readonly protocol: number;
  /** What the core found when it verified it. */
  readonly judgement: Judgement;
  /** What follows the IP header, to the end by its total length. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The beginning of JSON whose rest is in a later record. */
export type Carry = readonly Uint8Array<ArrayBuffer>[];

const HEADER = 16;
const PACKET_HEADER = 40;
const CONTINUES = 1;
const REPLY = 1;
const PACKET = 2;
const EVENT = 3;
/** The core and this program run on the same machine. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Decodes whole records one by one, each when it is asked for, and gives what is left over at the end. `carry` is what the
 * reading before left over. `bytes` may be used again when the reading is over; what it gave keeps nothing of them. Throws
 * `RangeError` when they are no records: the core and this program do not fit.
 */
export function* readRecords(
  bytes: Uint8Array<ArrayBuffer>,
  carry: Carry = [],
): Generator<CoreRecord, Carry, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let pieces = [...carry];
  let at = 0;
  while (at < bytes.length) {
    const length = view.getUint32(at, LITTLE_ENDIAN);
    const kind = view.getUint8(at + 4);
    const flags = view.getUint8(at + 5);
    const time = Number(view.getBigUint64(at + 8, LITTLE_ENDIAN));
    const start = at + HEADER;
    if (start + length > bytes.length) {
      throw new RangeError(`Cannot read a record of ${length} bytes: ${bytes.length - start} left`);
    }
    const payload = bytes.subarray(start, start + length);
    at = start + Math.ceil(length / 8) * 8;
    if ((flags & CONTINUES) !== 0) {
      pieces.push(payload.slice());
    } else {
      const record = decodeRecord({ kind, time, payload }, pieces);
      pieces = [];
      yield record;
    }
  }
  return pieces;
}

function decodeRecord(
  { kind, time: at, payload }: {
    readonly kind: number;
    readonly time: Micros;
    readonly payload: Uint8Array<ArrayBuffer>;
  },
  pieces: Carry,
): CoreRecord {
  switch (kind) {
    case REPLY: {
      const { id, ...result } = parseJson(payload, pieces) as Reply;
      return { kind: "reply", at, id, result };
    }
    case PACKET:
      return { kind: "packet", at, packet: decodePacket(payload) };
    case EVENT:
      return { kind: "event", at, event: parseJson(payload, pieces) as Event };
    default:
      throw new RangeError(`Cannot read a record of kind ${kind}: must be 1 to 3`);
  }
}

/**
 * ```text
 *  0         4     5          6           7        8        24            40
 * +---------+-----+----------+-----------+--------+--------+-------------+---------+
 * | ifindex | TTL | protocol | judgement | family | source | destination | payload |
 * +---------+-----+----------+-----------+--------+--------+-------------+---------+
 * ```
 */
function decodePacket(bytes: Uint8Array<ArrayBuffer>): ReceivedPacket {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint8(7) === 4 ? 4 : 16;
  return {
    ifindex: view.getUint32(0, LITTLE_ENDIAN),
    source: ipFromBytes(bytes.subarray(8, 8 + length)),
    destination: ipFromBytes(bytes.subarray(24, 24 + length)),
    ttl: view.getUint8(4),
    protocol: view.getUint8(5),
    judgement: JUDGEMENTS[view.getUint8(6)] ?? "unjudged",
    payload: bytes.slice(PACKET_HEADER),
  };
}

/** By their numbers (`core-rs/src/wire/judgement.rs`). */
const JUDGEMENTS = [
  "unjudged",
  "admitted",
  "authentication-header",
  "length",
  "ttl",
  "version",
  "auth-type",
  "auth-mismatch",
  "auth-failure",
  "interval",
  "type",
  "checksum",
  "destination",
  "owner",
  "unicast-source",
  "trailer-missing",
  "trailer-malformed",
  "trailer-stale",
  "trailer-unknown-key",
  "trailer-forged",
  "trailer-replayed",
] as const satisfies readonly Judgement[];

const DECODER = new TextDecoder();

/** JSON of the types of `protocol.ts`, which are generated from those it was written with. */
function parseJson(last: Uint8Array<ArrayBuffer>, pieces: Carry): unknown {
  // Nearly all are whole; then nothing is left in the decoder, and one serves all.
  if (pieces.length === 0) return JSON.parse(DECODER.decode(last));
  const decoder = new TextDecoder();
  const texts = pieces.map((piece) => decoder.decode(piece, { stream: true }));
  return JSON.parse(texts.join("") + decoder.decode(last));
}
