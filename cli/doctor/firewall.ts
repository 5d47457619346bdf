/** The rules of the firewall, as its own tools print them. */

import type { Facts, ProcessFact } from "../../src/doctor/mod.ts";
import { parseIptables } from "../../src/doctor/firewall/iptables.ts";
import { parseNft } from "../../src/doctor/firewall/nft.ts";
import type { Chain } from "../../src/doctor/firewall/ruleset.ts";
import { linesOf, outputOf } from "./files.ts";

/** Tables that iptables has in nftables, where it works by that: told by iptables-save with more of what is in them. */
const OF_IPTABLES = /^(filter|nat|mangle|raw|security)$/;

/** Rules of nftables and of iptables, and who writes them. */
export async function gatherFirewall(
  processes: readonly ProcessFact[],
): Promise<Facts["firewall"]> {
  const unread: string[] = [];
  const [nft, four, six] = await Promise.all([
    outputOf("nft", ["-j", "list", "ruleset"]),
    outputOf("iptables-save", []),
    outputOf("ip6tables-save", []),
  ]);
  const parsed = nft === undefined ? undefined : parseNft(nft);
  if (parsed === undefined && hasModule("nf_tables")) {
    unread.push("Rules of nftables cannot be read: nft -j list ruleset does not tell them");
  }
  for (const [text, file] of [[four, "ip_tables_names"], [six, "ip6_tables_names"]] as const) {
    if (text !== undefined || linesOf(`/proc/net/${file}`).length === 0) continue;
    unread.push(
      `Rules of iptables cannot be read (/proc/net/${file}): iptables-save does not tell them`,
    );
  }
  const legacy = [
    ...(four === undefined ? [] : parseIptables(four, "ip")),
    ...(six === undefined ? [] : parseIptables(six, "ip6")),
  ];
  const families = new Set(
    [[four, "ip"], [six, "ip6"]].flatMap(([text, family]) =>
      text?.includes("(nf_tables)") ? [family] : []
    ),
  );
  const chains: readonly Chain[] = [
    ...(parsed ?? []).filter(({ family, table }) =>
      !(families.has(family) && OF_IPTABLES.test(table))
    ),
    ...legacy,
  ];
  const manager = managerOf(chains, processes);
  return { chains, unread, ...(manager !== undefined && { manager }) };
}

function managerOf(
  chains: readonly Chain[],
  processes: readonly ProcessFact[],
): string | undefined {
  const writes = chains.some(({ table }) => table === "firewalld");
  if (writes || processes.some(({ name }) => name === "firewalld") && chains.length > 0) {
    return "firewalld";
  }
  return chains.some(({ chain }) => chain === "ufw-before-input") ? "ufw" : undefined;
}

function hasModule(name: string): boolean {
  return linesOf("/proc/modules").some((line) => line.startsWith(`${name} `));
}
