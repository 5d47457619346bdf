/** Real servers that nobody checks. */

import { CHECKERS } from "../../../check/read/keywords.ts";
import { serversOf } from "./server.ts";
import { type LintRule, valueMark } from "../rule.ts";

/** Without a checker a dead server keeps its share of the traffic. */
export const noChecker: LintRule = {
  name: "no-checker",
  find: (input) => {
    const damage = input.damage;
    return serversOf(input.root).flatMap(({ label, bound }) =>
      (bound.real_server ?? []).flatMap((use) => {
        const { body, header: { address, port } } = use.value;
        if (Object.keys(body).some((name) => Object.hasOwn(CHECKERS, name))) return [];
        if (damage.isHurt(use)) return []; // it may be there and be refused, misspelt for example
        return [{
          at: valueMark(use),
          severity: "warning",
          message: `Cannot notice a failure of real_server ${address}${
            port === undefined ? "" : ` ${port}`
          } in virtual_server ${label}: it has no checker`,
          hint: "add one, for example TCP_CHECK { }",
        }];
      })
    );
  },
};
