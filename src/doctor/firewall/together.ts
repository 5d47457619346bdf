/** Rules of several tools as one firewall. */

import type { Facts } from "../facts.ts";
import { parseIptables } from "./iptables.ts";
import { parseNft } from "./nft.ts";

/** What tools and the kernel have told. */
export interface FirewallTexts {
  /** `nft -j list ruleset`; absent: it told nothing. */
  readonly nft?: string;
  /** `iptables-save` and `ip6tables-save`. */
  readonly four?: string;
  readonly six?: string;
  /** The kernel has nftables. */
  readonly hasNft: boolean;
  /** Tables of the older iptables that the kernel has (`/proc/net/ip_tables_names`, `ip6_tables_names`). */
  readonly tables: { readonly four: readonly string[]; readonly six: readonly string[] };
  /** `firewalld` runs. */
  readonly firewalld: boolean;
}

/** Tables that iptables has in nftables, where it works by that: told by iptables-save, with more of what is in them. */
const OF_IPTABLES: ReadonlySet<string> = new Set(["filter", "nat", "mangle", "raw", "security"]);

/** Every chain once, what could not be read, and who writes the rules. */
export function firewallOf(texts: FirewallTexts): Facts["firewall"] {
  const { nft, four, six, hasNft, tables } = texts;
  const parsed = nft === undefined ? undefined : parseNft(nft);
  const unread = [
    ...(parsed === undefined && hasNft
      ? ["Rules of nftables cannot be read: nft -j list ruleset does not tell them"]
      : []),
    ...([["iptables-save", four, tables.four], ["ip6tables-save", six, tables.six]] as const)
      .flatMap(([tool, text, names]) =>
        text === undefined && names.length > 0
          ? [`Rules of iptables (${names.join(", ")}) cannot be read: ${tool} does not tell them`]
          : []
      ),
  ];
  const inNft = (family: string) =>
    family === "ip"
      ? four?.includes("(nf_tables)") === true
      : family === "ip6" && six?.includes("(nf_tables)") === true;
  const chains = [
    ...(parsed ?? []).filter(({ family, table }) => !(inNft(family) && OF_IPTABLES.has(table))),
    ...(four === undefined ? [] : parseIptables(four, "ip")),
    ...(six === undefined ? [] : parseIptables(six, "ip6")),
  ];
  const ofFirewalld = texts.firewalld || chains.some(({ table }) => table === "firewalld");
  const manager = ofFirewalld && chains.length > 0
    ? "firewalld"
    : chains.some(({ chain }) => chain === "ufw-before-input")
    ? "ufw"
    : undefined;
  return { chains, unread, ...(manager !== undefined && { manager }) };
}
