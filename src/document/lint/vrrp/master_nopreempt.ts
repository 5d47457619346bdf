/** `state MASTER` with `nopreempt`. */

import { lastUse, lastValue } from "../../../language/mod.ts";
import { keywordMark, type LintRule } from "../rule.ts";

/** keepalived drops nopreempt there, so the node takes the address back after every repair. */
export const masterNopreempt: LintRule = {
  name: "master-nopreempt",
  replaces: ["conflict"],
  find: (input) =>
    input.instances.flatMap(({ name, bound }) => {
      const use = lastUse(bound.nopreempt);
      if (use === undefined || lastValue(bound.state) !== "master") return [];
      return [{
        at: keywordMark(use),
        severity: "warning",
        message: `Cannot use nopreempt in ${name}: it needs state BACKUP, it is left out`,
        hint: "write state BACKUP on every node of the pair",
      }];
    }),
};
