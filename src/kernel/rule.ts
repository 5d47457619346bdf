/** Rules of policy routing as the kernel takes them (`linux/fib_rules.h`, ip-rule(8)). */

import type { PolicyRule, Span } from "../core/protocol.ts";

export type { Span };

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

/** A rule. The kernel takes a second one that is equal in everything for the same. */
export type Rule = PolicyRule;
