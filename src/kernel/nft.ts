/**
 * Tables of nftables that are ours alone, as values (`nft(8)`). The core puts one in place whole, in one transaction; what
 * a rule may hold is what is needed here, and more is added to `core-rs/src/nft/value.rs` first.
 */

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
