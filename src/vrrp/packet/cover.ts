/**
 * The forms of a checksum (wire.md §1.3). VRRPv2 sums up the PDU alone. VRRPv3 over IPv4 has three: with the pseudo-header, as keepalived
 * sends; without (RFC 9568 §5.2.8; `v3_checksum_as_v2`); and, by unicast from releases before 1.3.6, with the group as destination.
 */

import type { Ip } from "../../net/mod.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { Cover } from "../wire.ts";
import { pduChecksum } from "./packet.ts";

const PLAIN: Cover = { kind: "plain" };
const PSEUDO: Cover = { kind: "pseudo" };

/**
 * Forms that are right for an instance; none: any checksum is. keepalived: with `v3_checksum_as_v2` none is looked at.
 *
 * Not keepalived: a VRRPv3 advert without pseudo-header is heard also where it is not configured. Dropping it makes two masters.
 */
export function coversOf(
  { version, family, v3ChecksumAsV2, unicastPeers, oldUnicastChecksum }: Pick<
    VrrpInstanceConfig,
    "version" | "family" | "v3ChecksumAsV2" | "unicastPeers" | "oldUnicastChecksum"
  >,
  group: Ip,
): readonly Cover[] {
  if (family === "inet6") return [PSEUDO];
  if (version === 2) return [PLAIN];
  if (v3ChecksumAsV2) return [];
  const old = unicastPeers.length > 0 && oldUnicastChecksum !== "never";
  return old ? [PSEUDO, { kind: "pseudo-to", destination: group }, PLAIN] : [PSEUDO, PLAIN];
}

/** The first of some forms that the checksum of a PDU has. */
export function coverOf(
  pdu: Uint8Array,
  carriage: { readonly source: Ip; readonly destination: Ip },
  covers: readonly Cover[],
): Cover | undefined {
  return covers.find((cover) => pduChecksum(pdu, cover, carriage) === 0);
}

/** The form an instance sends; `theirs` is that of the peer it goes to, where it differs. */
export function sentCover(
  { version, family, v3ChecksumAsV2, unicastPeers, oldUnicastChecksum }: Pick<
    VrrpInstanceConfig,
    "version" | "family" | "v3ChecksumAsV2" | "unicastPeers" | "oldUnicastChecksum"
  >,
  group: Ip,
  theirs: Cover | undefined,
): Cover {
  if (family === "inet6") return PSEUDO;
  if (version === 2 || v3ChecksumAsV2) return PLAIN;
  const old = unicastPeers.length > 0 && oldUnicastChecksum === "always";
  return theirs ?? (old ? { kind: "pseudo-to", destination: group } : PSEUDO);
}
