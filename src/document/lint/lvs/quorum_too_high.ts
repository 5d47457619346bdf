/** Quorums that can never be reached. */

import { lastUse, lastValue } from "../../../language/mod.ts";
import { serversOf } from "./server.ts";
import { type LintRule, valueMark } from "../rule.ts";

/** keepalived lowers such a quorum to the sum, so that one failed server takes the service down. */
export const quorumTooHigh: LintRule = {
  name: "quorum-too-high",
  replaces: ["out-of-range"],
  find: ({ root, damage }) =>
    serversOf(root).flatMap(({ label, use, bound }) => {
      const quorum = lastUse(bound.quorum);
      const servers = bound.real_server ?? [];
      if (quorum === undefined || servers.length === 0) return [];
      if (damage.isRefused(use, ["real_server", "weight"])) return [];
      const inherited = lastValue(bound.weight) ?? 1;
      const total = servers.reduce(
        (sum, { value }) => sum + (lastValue(value.body.weight) ?? inherited),
        0,
      );
      if (quorum.value <= total) return [];
      return [{
        at: valueMark(quorum),
        severity: "warning",
        message:
          `Cannot reach quorum ${quorum.value} in virtual_server ${label}: the weights sum up to ${total}, which is used`,
        hint: "the first server that fails then takes the whole service down",
      }];
    }),
};
