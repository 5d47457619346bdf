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
  concatBytes,
  type Family,
  internetChecksum,
  type Ip,
  ipBytes,
  ipFromBytes,
  type Micros,
  SECOND,
  type Secret,
} from "../../net/mod.ts";
import { AUTH_LENGTH, AUTH_NONE, AUTH_PASS } from "./auth.ts";
import { PROTOCOL_VRRP } from "./ipv4.ts";

/** Bytes in front of the addresses. */
export const VRRP_HEADER_LENGTH = 8;
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

/** What else goes into the bytes of an advert. */
export interface AdvertEnvelope {
  readonly source: Ip;
  readonly destination: Ip;
  /** The 8 bytes of PASS. VRRPv2 IPv4 only. */
  readonly key?: Secret;
  /** keepalived: `v3_checksum_as_v2` leaves the pseudo-header out of the VRRPv3 checksum. */
  readonly checksumAsV2: boolean;
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

/** Writes an advert. Its IPv6 checksum counts as computed by the kernel and stays 0. */
export function encodeAdvert(advert: Advert, envelope: AdvertEnvelope): Uint8Array<ArrayBuffer> {
  const isV6 = envelope.source.includes(":");
  const pdu = concatBytes(
    encodeHeader(advert, envelope),
    ...advert.addresses.map(ipBytes),
    advert.version === 2 && !isV6
      ? envelope.key?.reveal() ?? new Uint8Array(AUTH_LENGTH)
      : new Uint8Array(0),
  );
  if (isV6) return pdu;
  const checksum = pduChecksum(pdu, advert.version, envelope);
  pdu[6] = checksum >> 8;
  pdu[7] = checksum & 0xff;
  return pdu;
}

/** Checksum of a PDU, 0 if it holds the right one already. */
export function pduChecksum(
  pdu: Uint8Array,
  version: 2 | 3,
  envelope: Pick<AdvertEnvelope, "source" | "destination" | "checksumAsV2">,
): number {
  if (version === 2 || envelope.checksumAsV2) return internetChecksum(pdu);
  const length = Uint8Array.of(0, PROTOCOL_VRRP, pdu.length >> 8, pdu.length & 0xff);
  return internetChecksum(ipBytes(envelope.source), ipBytes(envelope.destination), length, pdu);
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

function encodeHeader(advert: Advert, envelope: AdvertEnvelope): Uint8Array {
  const start = [advert.version << 4 | TYPE_ADVERTISEMENT, advert.vrid, advert.priority];
  const count = advert.addresses.length;
  if (advert.version === 2) {
    const authType = envelope.key === undefined ? AUTH_NONE : AUTH_PASS;
    return Uint8Array.of(...start, count, authType, Math.round(advert.interval / SECOND), 0, 0);
  }
  const centiseconds = Math.round(advert.interval / CENTISECOND);
  return Uint8Array.of(...start, count, centiseconds >> 8, centiseconds & 0xff, 0, 0);
}
