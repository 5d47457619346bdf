/** IPv4 and IPv6 in one instance. */

import { lastUse, type Use } from "../../../language/mod.ts";
import { familyOf } from "../../../net/ip.ts";
import { type Found, keywordMark, type LintRule, type Mark, valueMark } from "../rule.ts";

const WORDS = { inet: "IPv4", inet6: "IPv6" } as const;

/** An instance speaks one family (RFC 9568 §5.1); the first virtual address decides which. */
export const mixedFamilies: LintRule = {
  name: "mixed-families",
  replaces: ["conflict"],
  find: (input) =>
    input.instances.flatMap(({ name, bound, family, addresses, peers }) => {
      const found = (at: Mark, address: string, hint: string): Found => ({
        at,
        severity: "warning",
        message: `Cannot use ${address} in ${name}: the instance is ${WORDS[family]}`,
        hint,
      });
      const other = (use: Use<{ readonly address: string }>) =>
        familyOf(use.value.address) !== family;
      const sources = [lastUse(bound.unicast_src_ip), lastUse(bound.mcast_src_ip)];
      return [
        ...addresses.filter(other).map((use) =>
          found(
            keywordMark(use),
            use.value.address,
            "put it into virtual_ipaddress_excluded, or write an instance for it",
          )
        ),
        ...peers.filter(other).map((use) =>
          found(keywordMark(use), use.value.address, `peers must be ${WORDS[family]} as well`)
        ),
        ...sources.flatMap((use) =>
          use === undefined || familyOf(use.value) === family
            ? []
            : [found(valueMark(use), use.value, `write an ${WORDS[family]} address`)]
        ),
      ];
    }),
};
