/** Direct routing and tunnelling, where the real servers need a part of their own. */

import { lastUse } from "../../../language/mod.ts";
import { serversOf } from "./server.ts";
import { type LintRule, valueMark } from "../rule.ts";

/**
 * The packets arrive with the virtual address as destination; one hint per file, about its first
 * such service.
 */
export const drLoopback: LintRule = {
  name: "dr-loopback",
  find: ({ root }) => {
    const direct = serversOf(root).flatMap((server) => {
      const use = lastUse(server.bound.lb_kind);
      const method = use?.value.method;
      return use !== undefined && (method === "dr" || method === "tunnel")
        ? [{ ...server, use, method }]
        : [];
    });
    const [first] = direct;
    if (first === undefined) return [];
    const { header, label, method, use } = first;
    const what = header.kind === "address" ? header.address : "the virtual addresses";
    return [{
      at: valueMark(use),
      severity: "info",
      message: `Cannot see from here whether the real servers of virtual_server ${label}${
        direct.length > 1 ? ` and ${direct.length - 1} more` : ""
      } hold ${what}: ${method === "dr" ? "DR" : "TUN"} does not change the destination`,
      hint: method === "dr"
        ? "there: ip addr add ADDRESS/32 dev lo, sysctl net.ipv4.conf.all.arp_ignore=1 and arp_announce=2"
        : "there: ip addr add ADDRESS/32 dev tunl0, and arp_ignore=1 on the link",
    }];
  },
};
