/**
 * Tables of nftables that are ours alone, as values (`nft(8)`). The core puts one in place whole, in one transaction; what
 * a rule may hold is what is needed here, and more is added to `core-rs/src/nft/value.rs` first.
 */

/** Which table. */
export interface NftTableId {
  readonly family: NftFamily;
  /** At most 255 bytes. */
  readonly name: string;
}

/** Address family of a table. */
export type NftFamily = "inet" | "ip" | "ip6" | "arp" | "netdev";

/** A whole table. */
export interface NftTable {
  /** Address family. */
  readonly family: NftFamily;
  /** Name. */
  readonly name: string;
  /** Sets and maps. */
  readonly sets: readonly NftSet[];
  /** Chains, in any order. */
  readonly chains: readonly NftChain[];
}

/** A set, or a map when it has a value. */
export interface NftSet {
  /** Name. */
  readonly name: string;
  /** Types of the parts of a key, at least one; several are a concatenation. */
  readonly key: readonly NftType[];
  /** Type of the value of a map. */
  readonly value?: NftType;
  /** Keys may be intervals. Those of one set must not overlap. */
  readonly intervals: boolean;
  /** What it holds. */
  readonly elements: readonly NftElement[];
}

/** Element of a set. */
export interface NftElement {
  /** One text per part of the key, as for {@linkcode NftExpression} `match`; `FIRST-LAST` in a set of intervals. */
  readonly key: readonly string[];
  /** The value, in a map. */
  readonly value?: string;
}

/** Change of what a set holds. Adding what is there and deleting what is absent succeed. */
export interface NftElementChange {
  /** The set as it was put in place; its own elements do not count here. */
  readonly set: NftSet;
  /** Elements to be added. */
  readonly add: readonly NftElement[];
  /** Elements to be deleted; carried out first. */
  readonly delete: readonly NftElement[];
}

/** Type of a part of a key, or of a value. */
export type NftType =
  | "ipv4-addr"
  | "ipv6-addr"
  | "ether-addr"
  | "inet-proto"
  | "inet-service"
  | "mark"
  | "iface-index"
  | "ifname"
  | "integer";

/** A chain. */
export interface NftChain {
  /** Name. */
  readonly name: string;
  /** Where packets come to it; absent: from other chains only. */
  readonly hook?: NftHook;
  /** Its rules, in order. */
  readonly rules: readonly NftRule[];
}

/** Where a chain is called. What none of its rules decides is accepted. */
export interface NftHook {
  /** Kind of the chain. */
  readonly kind: NftChainKind;
  /** The hook. */
  readonly at: NftHookPoint;
  /** Lower goes first: raw -300, mangle -150, filter 0, srcnat 100. */
  readonly priority: number;
  /** Device, for `netdev` tables. */
  readonly device?: string;
}

/** Kind of a chain with a hook. */
export type NftChainKind = "filter" | "nat" | "route";

/** Hook. */
export type NftHookPoint =
  | "prerouting"
  | "input"
  | "forward"
  | "output"
  | "postrouting"
  | "ingress"
  | "egress";

/** A rule. */
export interface NftRule {
  /** For people who list the table, at most 127 bytes. */
  readonly comment?: string;
  /** Evaluated in order, until one does not match or decides. */
  readonly does: readonly NftExpression[];
}

/** A part of a rule. */
export type NftExpression =
  | {
    readonly kind: "match";
    /** What is looked at. */
    readonly field: NftField;
    /** How it should compare. */
    readonly is: NftComparison;
    /** Bits of it that count, for numbers; absent: all. */
    readonly mask?: number;
    /**
     * With what: an address, a name, a decimal number; for `eq` and `ne` also `FIRST-LAST` of addresses or
     * ports.
     */
    readonly value: string;
  }
  | {
    readonly kind: "in";
    /** The parts of the key. */
    readonly fields: readonly NftField[];
    /** The set. */
    readonly set: string;
    /** Whether they must not be. */
    readonly negated: boolean;
  }
  | { readonly kind: "counter" }
  | {
    readonly kind: "verdict";
    /** How. */
    readonly verdict: NftVerdict;
    /** The chain, for `jump` and `goto`. */
    readonly chain?: string;
  }
  | {
    readonly kind: "snat";
    /** The new address. */
    readonly to: NftSource;
  }
  | {
    readonly kind: "dnat";
    /** The new address. */
    readonly to: NftSource;
  }
  | { readonly kind: "masquerade" }
  | { readonly kind: "notrack" }
  | {
    readonly kind: "synproxy";
    /** Maximum segment size told to clients, bytes. */
    readonly mss: number;
    /** Window scale told to clients, 0 to 14. */
    readonly wscale: number;
    /** Whether time stamps are offered. */
    readonly timestamp: boolean;
    /** Whether selective acknowledgement is offered. */
    readonly sack: boolean;
  }
  | {
    readonly kind: "set-mark";
    /** To what. */
    readonly to: NftSource;
  };

/** Where a value comes from. */
export type NftSource =
  | {
    readonly from: "value";
    /** Its type. */
    readonly of: NftType;
    /** As for {@linkcode NftExpression} `match`; `FIRST-LAST` for address translation. */
    readonly value: string;
  }
  | {
    readonly from: "map";
    /** The parts of the key. */
    readonly fields: readonly NftField[];
    /** The map. */
    readonly map: string;
    /** Type of its values. */
    readonly of: NftType;
  }
  | {
    readonly from: "hash";
    /** What is hashed. */
    readonly fields: readonly NftField[];
    /** Numbers are below this, not 0. */
    readonly modulus: number;
    /** Begin of the hash. */
    readonly seed: number;
    /** The map, from `integer`. */
    readonly map: string;
    /** Type of its values. */
    readonly of: NftType;
  };

/** How two values compare. */
export type NftComparison = "eq" | "ne";

/** What a packet may come to. */
export type NftVerdict = "accept" | "drop" | "jump" | "goto" | "return";

/** What of a packet, of what is known with it, or of its connection. */
export type NftField =
  | "nfproto"
  | "l4proto"
  | "iif"
  | "oif"
  | "iifname"
  | "oifname"
  | "mark"
  | "pkttype"
  | "ip-saddr"
  | "ip-daddr"
  | "ip6-saddr"
  | "ip6-daddr"
  | "ether-saddr"
  | "ether-daddr"
  | "th-sport"
  | "th-dport"
  | "tcp-flags"
  | "icmpv6-type"
  | "ct-state"
  | "ct-original-ip-daddr"
  | "ct-original-ip6-daddr"
  | "ct-original-proto-dst";

/** What identifies a table, as a map key and in messages. */
export function tableKey({ family, name }: NftTableId): string {
  return `${family} ${name}`;
}
