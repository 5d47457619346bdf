/** From rules as written to rules as the kernel takes them. */

import { type Prefix, TABLE } from "../kernel/route.ts";
import { type Rule, RULE_ACTION } from "../kernel/rule.ts";
import type { Family } from "../net/ip.ts";
import { type Numbers, realmsOf } from "./numbers.ts";
import { everything, OWN_PROTOCOL } from "./route.ts";
import type { RuleFields, WrittenRule } from "./written.ts";

/** First of the preferences that rules get which name none; the next ones are smaller. */
export const FIRST_PRIORITY = 16_384;

/**
 * A rule with what is not written filled in; `undefined` when a name in it is unknown, as it is in keepalived. `priority` is that of a
 * rule that names none.
 *
 * keepalived: a rule under `no_track` that names no protocol is nobody's.
 */
export function ruleOf(
  { fields, family = "inet" }: Pick<WrittenRule, "fields" | "family">,
  { number, priority }: { readonly number: Numbers; readonly priority: number },
): Rule | undefined {
  const { action = RULE_ACTION.table, l3mdev, noTrack } = fields;
  const looks = action === RULE_ACTION.table && l3mdev !== true;
  const tos = number(fields.tos ?? 0);
  const table = looks ? number(fields.table ?? TABLE.main) : 0;
  const protocol = noTrack === true ? number(fields.protocol ?? 0) : OWN_PROTOCOL;
  const realms = fields.realms === undefined ? 0 : realmsOf(fields.realms, number);
  const group = fields.suppressGroup === undefined ? 0 : number(fields.suppressGroup);
  const ipProtocol = fields.ipProtocol === undefined ? 0 : number(fields.ipProtocol);
  if (
    tos === undefined || table === undefined || protocol === undefined || realms === undefined ||
    group === undefined || ipProtocol === undefined
  ) return undefined;
  return {
    family,
    priority: fields.priority ?? priority,
    action,
    ...(looks && { table }),
    ...selectorOf(fields, family),
    ...(tos !== 0 && { tos }),
    ...(fields.realms !== undefined && { realms }),
    ...(fields.suppressGroup !== undefined && { suppressGroup: group }),
    ...(fields.ipProtocol !== undefined && { ipProtocol }),
    protocol,
  };
}

/** What is the same in both. */
function selectorOf(fields: RuleFields, family: Family): Partial<Rule> {
  const { source, destination, target, l3mdev, not, mark, inputDevice, outputDevice } = fields;
  const { tunnelId, suppressPrefixLength, users, sourcePorts, destinationPorts } = fields;
  return {
    ...(source && { source: prefixIn(source, family) }),
    ...(destination && { destination: prefixIn(destination, family) }),
    ...(target !== undefined && { target }),
    ...(l3mdev && { l3mdev }),
    ...(not && { not }),
    ...(mark && { mark }),
    ...(inputDevice !== undefined && { inputDevice }),
    ...(outputDevice !== undefined && { outputDevice }),
    ...(tunnelId !== undefined && { tunnelId }),
    ...(suppressPrefixLength !== undefined && { suppressPrefixLength }),
    ...(users && { users }),
    ...(sourcePorts && { sourcePorts }),
    ...(destinationPorts && { destinationPorts }),
  };
}

function prefixIn(written: Prefix | "default", family: Family): Prefix {
  return written === "default" ? everything(family) : written;
}
