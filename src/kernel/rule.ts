/** Rules of policy routing as the kernel takes them (`linux/fib_rules.h`, ip-rule(8)). */

import type { Family } from "../net/ip.ts";
import type { Prefix } from "./route.ts";

/** `FR_ACT_*`: what is done with a packet that matches. By the names of ip-rule(8). */
export const RULE_ACTION = {
  /** Looks into a table. */
  table: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
} as const;

/** Both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A rule. The kernel takes a second one that is equal in everything for the same. */
export interface Rule {
  readonly family: Family;
  /** `FRA_PRIORITY`, 0 to 4294967295: the order of rules. */
  readonly priority: number;
  /** Of {@linkcode RULE_ACTION}. */
  readonly action: number;
  /** `FRA_TABLE`, 1 to 4294967295; absent: `l3mdev`, or another action. */
  readonly table?: number;
  /** `FRA_GOTO`: priority of the rule to go on at, behind this one. */
  readonly target?: number;
  /** `FRA_L3MDEV`: the table is that of the VRF of the packet. */
  readonly l3mdev?: true;
  /** `FIB_RULE_INVERT`: matches what does not match. */
  readonly not?: true;
  /** `FRA_SRC`; absent: any. */
  readonly source?: Prefix;
  /** `FRA_DST`; absent: any. */
  readonly destination?: Prefix;
  /** 0 to 255; absent: any. */
  readonly tos?: number;
  /** `FRA_FWMARK` with `FRA_FWMASK`, 32 bits each. */
  readonly mark?: { readonly value: number; readonly mask: number };
  /** `FRA_IIFNAME`. */
  readonly inputDevice?: string;
  /** `FRA_OIFNAME`. */
  readonly outputDevice?: string;
  /** `FRA_FLOW`: from << 16 | to. */
  readonly realms?: number;
  /** `FRA_TUN_ID`, 0 to 2^53 − 1. */
  readonly tunnelId?: number;
  /** `FRA_SUPPRESS_IFGROUP`, 32 bits. */
  readonly suppressGroup?: number;
  /** `FRA_SUPPRESS_PREFIXLEN`, 0 to 128. */
  readonly suppressPrefixLength?: number;
  /** `FRA_UID_RANGE`. */
  readonly users?: Span;
  /** `FRA_IP_PROTO`, 0 to 255. */
  readonly ipProtocol?: number;
  /** `FRA_SPORT_RANGE`. */
  readonly sourcePorts?: Span;
  /** `FRA_DPORT_RANGE`. */
  readonly destinationPorts?: Span;
  /** `FRA_PROTOCOL`: who adds it (`RTPROT_*`), 0 to 255; 18 for virtual routers. */
  readonly protocol: number;
}
