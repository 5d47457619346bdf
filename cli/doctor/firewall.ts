/** The rules of the firewall, as its own tools print them. */

import type { Facts, ProcessFact } from "../../src/doctor/mod.ts";
import { firewallOf } from "../../src/doctor/firewall/together.ts";
import { linesOf, outputOf } from "./files.ts";

/** Rules of nftables and of iptables, and who writes them. */
export async function gatherFirewall(
  processes: readonly ProcessFact[],
): Promise<Facts["firewall"]> {
  const [nft, four, six] = await Promise.all([
    outputOf("nft", ["-j", "list", "ruleset"]),
    outputOf("iptables-save", []),
    outputOf("ip6tables-save", []),
  ]);
  return firewallOf({
    ...(nft !== undefined && { nft }),
    ...(four !== undefined && { four }),
    ...(six !== undefined && { six }),
    hasNft: linesOf("/proc/modules").some((line) => line.startsWith("nf_tables ")),
    tables: {
      four: linesOf("/proc/net/ip_tables_names"),
      six: linesOf("/proc/net/ip6_tables_names"),
    },
    firewalld: processes.some(({ name }) => name === "firewalld"),
  });
}
