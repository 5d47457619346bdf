/** Tables of nftables as things of the kernel: one is replaced whole, in one transaction. */

import { sameValue } from "../net/equal.ts";
import type { NftTable, NftTableId } from "./nft.ts";
import type { Resource } from "./resource.ts";

/** Which table, as text without a blank. */
export function nftSpot({ family, name }: NftTableId): string {
  return `${family},${name}`;
}

/** Tables come before what they are for, and go after it. */
export const NFT: Resource<NftTable> = {
  key: (table) => `${nftSpot(table)} table`,
  spot: nftSpot,
  same: sameValue,
  change: () => "replace",
  phase: 0,
};
