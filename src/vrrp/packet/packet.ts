/**
 * The VRRP PDU: VRRPv2 (RFC 3768 §5.1) and VRRPv3 (RFC 9568 §5.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+---------------+---------------+
 * |Version| Type  | Virtual Rtr ID|   Priority    | Address Count |
 * +-------+-------+---------------+---------------+---------------+
 * |   Auth Type   |  Advert Int s |           Checksum            |  version 2
 * +-------+-------+---------------+-------------------------------+
 * |  0    |    Advert Int cs      |           Checksum            |  version 3
 * +-------+-----------------------+-------------------------------+
 * |                        Addresses, 4 or 16 bytes each          |
 * +---------------------------------------------------------------+
 * |          Authentication data, 8 bytes, VRRPv2 IPv4 only       |
 * +---------------------------------------------------------------+
 * ```
 */

import {
  type Family,
  internetChecksum,
  type Ip,
  ipBytes,
  ipFromBytes,
  type Micros,
  SECOND,
  type Secret,
  writeIp,
} from "../../net/mod.ts";
import type { Cover } from "../wire.ts";
import { AUTH_LENGTH } from "./auth.ts";

/** IP protocol number of VRRP. */
export const PROTOCOL_VRRP = 112;
/** IP protocol number of the authentication header (RFC 4302). */
export const PROTOCOL_AH = 51;

/** Bytes in front of the addresses. */
export const VRRP_HEADER_LENGTH = 8;
/** Offset of the checksum. */
export const CHECKSUM_AT = 6;
/** Offset of the VRID. */
export const VRID_AT = 1;
/** The only type there is: ADVERTISEMENT. */
export const TYPE_ADVERTISEMENT = 1;
/** Unit of the VRRPv3 interval, a centisecond. */
const CENTISECOND: Micros = 10_000;

/** What an advert says. */
export interface Advert {
  readonly version: 2 | 3;
  /** 1 to 255. */
  readonly vrid: number;
  /** 0 when the sender gives up mastership, else 1 to 255. */
  readonly priority: number;
  /** v2: whole seconds up to 255 s; v3: steps of 10 ms up to 40.95 s. */
  readonly interval: Micros;
  /** All of one family, in configuration order. */
  readonly addresses: readonly Ip[];
}

/** What an advert says of its sender. VRRPv2 over IPv4 only. */
export interface AdvertProof {
  /** Value of the Auth Type field. */
  readonly authType: number;
  /** The 8 bytes of PASS; absent: zeros. */
  readonly key?: Secret;
}

/** Fields of a PDU as they stand in the bytes, unchecked. */
export interface RawPdu {
  readonly version: number;
  readonly type: number;
  readonly vrid: number;
  readonly priority: number;
  /** Addresses that should follow. */
  readonly count: number;
  /** VRRPv2 only; the upper half of the interval's first byte in VRRPv3. */
  readonly authType: number;
  readonly interval: Micros;
}

/** Bytes of a PDU with this many addresses. */
export function pduLength(version: number, family: Family, count: number): number {
  const addresses = count * (family === "inet" ? 4 : 16);
  const trailer = version === 2 && family === "inet" ? AUTH_LENGTH : 0;
  return VRRP_HEADER_LENGTH + addresses + trailer;
}

/** Writes an advert with a checksum of 0, which the core fills in. */
export function encodePdu(
  advert: Advert,
  family: Family,
  proof: AdvertProof,
): Uint8Array<ArrayBuffer> {
  const { version, addresses } = advert;
  const bytes = new Uint8Array(pduLength(version, family, addresses.length));
  bytes.set(encodeHeader(advert, proof.authType));
  const size = family === "inet" ? 4 : 16;
  for (const [index, address] of addresses.entries()) {
    writeIp(address, bytes, VRRP_HEADER_LENGTH + index * size);
  }
  const trailer = version === 2 && family === "inet" ? proof.key?.reveal() : undefined;
  if (trailer !== undefined) bytes.set(trailer, bytes.length - AUTH_LENGTH);
  return bytes;
}

/** Checksum of a PDU that covers something besides, 0 if it holds the right one already. */
export function pduChecksum(
  pdu: Uint8Array,
  cover: Cover,
  { source, destination }: { readonly source: Ip; readonly destination: Ip },
): number {
  if (cover.kind === "plain") return internetChecksum(pdu);
  const to = cover.kind === "pseudo-to" ? cover.destination : destination;
  const length = Uint8Array.of(0, PROTOCOL_VRRP, pdu.length >> 8, pdu.length & 0xff);
  return internetChecksum(ipBytes(source), ipBytes(to), length, pdu);
}

/** Reads the fixed fields; `undefined` when there are fewer than 8 bytes. */
export function decodeHeader(bytes: Uint8Array): RawPdu | undefined {
  const [first, vrid, priority, count, high, low, , last] = bytes;
  if (
    first === undefined || vrid === undefined || priority === undefined || count === undefined ||
    high === undefined || low === undefined || last === undefined
  ) return undefined;
  const version = first >> 4;
  const interval = version === 2 ? low * SECOND : (((high & 0x0f) << 8) | low) * CENTISECOND;
  return { version, type: first & 0x0f, vrid, priority, count, authType: high, interval };
}

/** Reads the addresses behind the header; the length was checked before. */
export function decodeAddresses(bytes: Uint8Array, family: Family, count: number): readonly Ip[] {
  const size = family === "inet" ? 4 : 16;
  return Array.from({ length: count }, (_, index) => {
    const start = VRRP_HEADER_LENGTH + index * size;
    return ipFromBytes(bytes.subarray(start, start + size));
  });
}

function encodeHeader(advert: Advert, authType: number): Uint8Array {
  const start = [advert.version << 4 | TYPE_ADVERTISEMENT, advert.vrid, advert.priority];
  const count = advert.addresses.length;
  if (advert.version === 2) {
    return Uint8Array.of(...start, count, authType, Math.round(advert.interval / SECOND), 0, 0);
  }
  const centiseconds = Math.round(advert.interval / CENTISECOND);
  return Uint8Array.of(...start, count, centiseconds >> 8, centiseconds & 0xff, 0, 0);
}
