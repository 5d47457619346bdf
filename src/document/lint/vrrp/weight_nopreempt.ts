/** Weights where nobody takes over from a weakened master. */

import { lastUse } from "../../../language/mod.ts";
import { keywordMark, type LintRule } from "../rule.ts";
import { weigherOf } from "./weight.ts";

/**
 * A backup with nopreempt accepts adverts of any priority, so a weight never moves the address to
 * it.
 */
export const weightNopreempt: LintRule = {
  name: "weight-nopreempt",
  find: (input) => {
    const weighingsOf = weigherOf(input);
    return input.instances.flatMap((self) => {
      const use = lastUse(self.bound.nopreempt);
      const [first] = weighingsOf(self);
      if (use === undefined || first === undefined || !self.nopreempt) return [];
      return [{
        at: keywordMark(use),
        severity: "warning",
        message:
          `Cannot take over from a master that only loses priority: ${self.name} has nopreempt, so weight ${first.weight} of ${first.name} on the other node moves nothing here`,
        hint: "use weight 0: a failure is then FAULT, which nopreempt does not hold up",
      }];
    });
  },
};
