/** Rules of policy routing as things of the kernel. */

import { sameValue } from "../net/equal.ts";
import type { Resource } from "./resource.ts";
import type { Prefix } from "./route.ts";
import type { Rule, Span } from "./rule.ts";

/** The place of a rule: what is told of rules names no more. */
export type RuleSpot = Pick<Rule, "family" | "priority">;

/** A place as text. */
export function ruleSpot({ family, priority }: RuleSpot): string {
  return `${family},${priority}`;
}

/** A rule is what it says: one that says anything else is another. */
export const RULE: Resource<Rule> = {
  key: (rule) =>
    [
      ruleSpot(rule),
      rule.action,
      rule.table ?? "",
      rule.target ?? "",
      rule.l3mdev === true ? "l3mdev" : "",
      rule.not === true ? "not" : "",
      prefixText(rule.source),
      prefixText(rule.destination),
      rule.tos ?? "",
      rule.mark === undefined ? "" : `${rule.mark.value}/${rule.mark.mask}`,
      rule.inputDevice ?? "",
      rule.outputDevice ?? "",
      rule.realms ?? "",
      rule.tunnelId ?? "",
      rule.suppressGroup ?? "",
      rule.suppressPrefixLength ?? "",
      spanText(rule.users),
      rule.ipProtocol ?? "",
      spanText(rule.sourcePorts),
      spanText(rule.destinationPorts),
      rule.protocol,
    ].join(" "),
  spot: ruleSpot,
  same: sameValue,
  change: () => "add-first",
  phase: 3,
};

function prefixText(prefix: Prefix | undefined): string {
  return prefix === undefined ? "" : `${prefix.address}/${prefix.prefixLength}`;
}

function spanText(span: Span | undefined): string {
  return span === undefined ? "" : `${span.from}-${span.to}`;
}
