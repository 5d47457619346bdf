/**
 * Tables of nftables that are ours alone, as values (`nft(8)`). The core puts one in place whole, in one transaction; what
 * a rule may hold is what is needed here, and more is added to `core-rs/src/nft/value.rs` first.
 */

import type { NftTableId } from "../core/protocol.ts";

export type {
  NftChain,
  NftChainKind,
  NftComparison,
  NftElement,
  NftElementChange,
  NftExpression,
  NftFamily,
  NftField,
  NftHook,
  NftHookPoint,
  NftRule,
  NftSet,
  NftSource,
  NftTable,
  NftTableId,
  NftType,
  NftVerdict,
} from "../core/protocol.ts";

/** What identifies a table, as a map key and in messages. */
export function tableKey({ family, name }: NftTableId): string {
  return `${family} ${name}`;
}
