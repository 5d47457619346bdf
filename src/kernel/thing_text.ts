/** Things of the kernel for people: as ip(8) would say them, as far as is needed to know which one is meant. */

import { ROUTE_TYPE } from "./route.ts";
import { RULE_ACTION } from "./rule.ts";
import type { Thing } from "./thing.ts";

/** `route 10.0.0.0/8 via 192.0.2.1 table 100`, `rule 100 lookup 200`. */
export function thingText({ kind, value }: Thing): string {
  switch (kind) {
    case "route": {
      const { destination: { address, prefixLength }, table, type, priority } = value;
      const word = type === ROUTE_TYPE.unicast ? "" : `${nameOf(ROUTE_TYPE, type)} `;
      const ways = value.nextHops.flatMap(({ gateway }) => gateway ?? []);
      const via = ways.length === 0 ? "" : ` via ${ways.join(", ")}`;
      const metric = priority === undefined ? "" : ` metric ${priority}`;
      return `route ${word}${address}/${prefixLength}${via}${metric} table ${table}`;
    }
    case "nft":
      return `table ${value.name} of nftables`;
    case "sysctl":
      return `${value.name.replaceAll("/", ".")} = ${value.value}`;
    case "own-link":
      return `link ${value.name}`;
    case "sync-daemon":
      return `IPVS sync daemon (${value.role}) on ${value.interface}`;
    case "ipvs-timeouts":
      return "timeouts of IPVS";
    case "rule": {
      const { family, priority, action, table } = value;
      const does = table === undefined ? nameOf(RULE_ACTION, action) : `lookup ${table}`;
      return `rule ${priority} ${does}${family === "inet6" ? " (IPv6)" : ""}`;
    }
  }
}

function nameOf(names: Readonly<Record<string, number>>, number: number): string {
  return Object.entries(names).find(([, each]) => each === number)?.[0] ?? `${number}`;
}
