/** Real servers as they answer from here. */

import type { Config } from "../document/config.ts";
import type { Facts, ServerFact } from "./facts.ts";
import type { Finding } from "./finding.ts";

const WHAT: Readonly<Record<Exclude<ServerFact["outcome"], "open">, string>> = {
  refused: "refuses connections",
  silent: "does not answer",
  "no-route": "cannot be reached: there is no way to it",
};

/** Servers that do not answer; each place once. */
export function judgeServers({ lvs }: Config, { servers }: Facts): readonly Finding[] {
  const used = new Map<string, number>();
  for (const { realServers } of lvs.virtualServers) {
    for (const { address } of realServers) used.set(address, (used.get(address) ?? 0) + 1);
  }
  return servers.flatMap(({ address, port, outcome }): readonly Finding[] => {
    if (outcome === "open") return [];
    const place = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
    return [{
      kind: "server-unreachable",
      level: "warning",
      of: place,
      what: `${place} ${WHAT[outcome]}`,
      means: `its checks will fail, and it gets no connections (${
        used.get(address) ?? 0
      } real_server)`,
      mend: outcome === "refused"
        ? [`ssh ${address} ss -ltn   # is the service there?`]
        : [`ip route get ${address}`, `ping -c 3 ${address}`],
    }];
  });
}
