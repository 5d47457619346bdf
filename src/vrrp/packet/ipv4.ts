/**
 * The IPv4 header in front of an advert (RFC 791 §3.1).
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |Version|  IHL  |      TOS      |         Total Length          |
 * +-------+-------+---------------+-----+-------------------------+
 * |        Identification         |Flags|     Fragment Offset     |
 * +---------------+---------------+-----+-------------------------+
 * |      TTL      |   Protocol    |        Header Checksum        |
 * +---------------+---------------+-------------------------------+
 * |                        Source Address                         |
 * +---------------------------------------------------------------+
 * |                      Destination Address                      |
 * +---------------------------------------------------------------+
 * ```
 */

import { concatBytes, type Ip, ipBytes } from "../../net/mod.ts";

/** IP protocol number of VRRP. */
export const PROTOCOL_VRRP = 112;
/** IP protocol number of the authentication header (RFC 4302). */
export const PROTOCOL_AH = 51;
/** Bytes of a header without options, the only kind sent. */
export const IPV4_HEADER_LENGTH = 20;

/** Internetwork control (RFC 791 §3.1), as keepalived sends it. */
const TOS_INTERNET_CONTROL = 0xc0;

/** Where a datagram goes and how far. */
export interface Ipv4Route {
  readonly source: Ip;
  readonly destination: Ip;
  /** 255 for multicast (RFC 9568 §5.1.1.3), 0 to 255 for unicast. */
  readonly ttl: number;
}

/**
 * A whole VRRP datagram. Identification is 0, the core stamps it; the header checksum is 0, the
 * kernel computes it for every datagram that brings its own header (`raw(7)`).
 */
export function encodeIpv4(route: Ipv4Route, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = IPV4_HEADER_LENGTH + payload.length;
  const start = [0x45, TOS_INTERNET_CONTROL, length >> 8, length & 0xff, 0, 0, 0, 0];
  const header = Uint8Array.of(...start, route.ttl, PROTOCOL_VRRP, 0, 0);
  return concatBytes(header, ipBytes(route.source), ipBytes(route.destination), payload);
}
