/** Full NAT and the SYN proxy of a virtual server: what they go with, and the local addresses. */

import { allValues, lastUse, tell, type Use } from "../../language/mod.ts";
import { familyOf, ipBytes } from "../../net/ip.ts";
import { hasMark } from "./server_companions.ts";
import type { Protocol, Subject } from "./server_subject.ts";
import type { FullNat, LocalAddress, RealServerConfig, VirtualServerConfig } from "../config.ts";

type Rewriting = Pick<VirtualServerConfig, "fullNat" | "synProxy">;

/** What of a virtual server nftables has to do; `undefined` when it cannot be set up. */
export function rewritingOf(
  subject: Subject,
  protocol: Protocol,
  realServers: readonly RealServerConfig[],
): Rewriting | undefined {
  const proxy = hasSynProxy(subject, protocol, realServers) ? { synProxy: true as const } : {};
  const { bound, label } = subject;
  const kind = lastUse(bound.lb_kind);
  const group = lastUse(bound.laddr_group_name);
  if (kind?.value.method !== "fnat") {
    if (group !== undefined) {
      tell(
        group,
        "conflict",
        `Cannot use laddr_group_name in virtual_server ${label}: it goes with lb_kind FNAT only, it is ignored`,
        { keyword: true, status: undefined },
      );
    }
    return proxy;
  }
  if (hasMark(subject)) {
    return refused(kind, label, "a firewall mark does not say which address is translated");
  }
  for (const { value } of bound.real_server ?? []) {
    const own = lastUse(value.body.lvs_method);
    if (own === undefined || own.value.method === "nat") continue;
    return refused(own, label, "a server that answers the client itself cannot have full NAT");
  }
  const localAddresses = localAddressesOf(subject, kind, { group, realServers });
  return localAddresses && { ...proxy, fullNat: { localAddresses } };
}

function refused(use: Use<unknown>, label: string, why: string): undefined {
  tell(use, "conflict", `Cannot set up virtual_server ${label} with FNAT: ${why}`, {
    severity: "error",
    status: undefined,
  });
  return undefined;
}

/** The local addresses of the service's family, ascending, each once. */
function localAddressesOf(
  { bound, label, family, blocks }: Subject,
  kind: Use<unknown>,
  { group, realServers }: {
    readonly group: Use<string> | undefined;
    readonly realServers: readonly RealServerConfig[];
  },
): FullNat["localAddresses"] | undefined {
  if (group === undefined) {
    if (bound.laddr_group_name !== undefined) return undefined; // a name is missing, which is said
    tell(
      kind,
      "default-used",
      `Cannot find laddr_group_name in virtual_server ${label}: servers see the address of the interface towards them, and connections end with a failover`,
      { status: undefined, about: { kind: "missing", keywords: ["laddr_group_name"] } },
    );
    return [];
  }
  const found = blocks.localAddressGroups.find(({ value }) => value.header === group.value);
  if (found === undefined) {
    tell(group, "unknown-name", `Cannot find local_address_group ${group.value}`, {
      severity: "error",
      about: { kind: "refers", blocks: ["local_address_group"], name: group.value },
    });
    return undefined;
  }
  const byAddress = new Map<string, LocalAddress>();
  const servers = new Set(realServers.map(({ address }) => address));
  for (const local of allValues(found.value.entries).flat()) {
    const { address } = local;
    if (familyOf(address) !== family || byAddress.has(address)) continue;
    if (!servers.has(address)) byAddress.set(address, local);
    else {
      tell(
        group,
        "conflict",
        `Cannot use local address ${address} for virtual_server ${label}: it is that of a real_server, it is left out`,
        { status: undefined },
      );
    }
  }
  if (byAddress.size === 0) {
    tell(
      group,
      "conflict",
      `Cannot set up virtual_server ${label}: local_address_group ${group.value} has no ${family} address`,
      { severity: "error", status: undefined },
    );
    return undefined;
  }
  return [...byAddress.values()].sort((a, b) => compare(ipBytes(a.address), ipBytes(b.address)));
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/**
 * Whether clients are proven first. The proxy numbers the bytes of a connection anew, both ways: what answers the client
 * itself would go by other numbers.
 */
function hasSynProxy(
  subject: Subject,
  protocol: Protocol,
  realServers: readonly RealServerConfig[],
): boolean {
  const { bound, label } = subject;
  const use = lastUse(bound.syn_proxy);
  if (use === undefined) return false;
  const why = hasMark(subject)
    ? "a firewall mark does not say which packets to answer"
    : protocol !== "tcp"
    ? "it goes with TCP only"
    : realServers.some(({ forwarding }) => forwarding.method !== "nat")
    ? "with DR and TUN answers do not come by here, so that their sequence numbers cannot be translated; use NAT or FNAT"
    : undefined;
  if (why === undefined) return true;
  tell(use, "conflict", `Cannot use syn_proxy in virtual_server ${label}: ${why}`, {
    keyword: true,
    status: undefined,
    severity: "error",
  });
  return false;
}
