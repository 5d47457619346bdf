/** Adverts as bytes: both versions, checksums, and what proves the sender. */

export { AUTH_AH, AUTH_NONE, AUTH_PASS, passKey } from "./auth.ts";
export { coversOf, sentCover } from "./cover.ts";
export {
  type Advert,
  type AdvertProof,
  CHECKSUM_AT,
  encodePdu,
  pduChecksum,
  pduLength,
  PROTOCOL_AH,
  PROTOCOL_VRRP,
  VRID_AT,
} from "./packet.ts";
export { receive, sameAddresses } from "./receive.ts";
export { AH_LENGTH } from "./seal.ts";
