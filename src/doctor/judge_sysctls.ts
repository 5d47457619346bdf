/** Settings of the kernel (Documentation/networking/ip-sysctl.rst, ipvs-sysctl.rst). */

import type { Config } from "../document/config.ts";
import { familyOf, type Ip } from "../net/mod.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Forwarding, ARP, filtering by source, IPv6, and what becomes of connections of a server that goes. */
export function judgeSysctls(config: Config, facts: Facts): readonly Finding[] {
  return [
    ...ofForwarding(config, facts),
    ...ofAddresses(config, facts),
    ...ofFilter(config, facts),
    ...ofDeadConnections(config, facts),
  ];
}

/** A number, or of an interface the larger one of its own and that of all. */
function valueOf({ sysctls }: Facts, name: string): number | undefined {
  const text = sysctls.get(name);
  return text === undefined ? undefined : Number(text);
}

function ofInterface(facts: Facts, ifname: string, setting: string): number | undefined {
  const values = ["all", ifname].map((each) => valueOf(facts, `net/ipv4/conf/${each}/${setting}`));
  const known = values.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function set(name: string, value: number): readonly string[] {
  const setting = `${name.replaceAll("/", ".")}=${value}`;
  return [`sysctl -w ${setting}`, `echo ${setting} >> /etc/sysctl.d/90-holdfast.conf`];
}

/** What real servers answer by NAT is forwarded by this host. */
function ofForwarding({ lvs }: Config, facts: Facts): readonly Finding[] {
  const families = new Set(
    lvs.virtualServers.filter(({ fullNat }) => fullNat === undefined).flatMap(({ realServers }) =>
      realServers.flatMap(({ forwarding, address }) =>
        forwarding.method === "nat" ? [familyOf(address)] : []
      )
    ),
  );
  const names = [
    ["inet", "net/ipv4/ip_forward"],
    ["inet6", "net/ipv6/conf/all/forwarding"],
  ] as const;
  return names.flatMap(([family, name]): readonly Finding[] => {
    if (!families.has(family) || valueOf(facts, name) !== 0) return [];
    return [{
      kind: "forwarding-off",
      level: "error",
      of: name.replaceAll("/", "."),
      what: `${family === "inet" ? "IPv4" : "IPv6"} is not forwarded`,
      means: "answers of real servers by lb_kind NAT do not come back to the clients",
      mend: set(name, 1),
    }];
  });
}

/** Virtual addresses and where they are put. */
function placesIn(
  { vrrp }: Config,
): readonly { readonly address: Ip; readonly prefixLength: number; readonly ifname: string }[] {
  return vrrp.instances.flatMap(({ virtualAddresses, excludedAddresses, interface: own, vmac }) =>
    [...virtualAddresses, ...excludedAddresses].flatMap(({ address, prefixLength, dev }) => {
      const ifname = dev ?? (vmac === undefined ? own : undefined);
      return ifname === undefined ? [] : [{ address, prefixLength, ifname }];
    })
  );
}

function ofAddresses(config: Config, facts: Facts): readonly Finding[] {
  const found = new Map<string, Finding>();
  const tell = (key: string, finding: Finding) => {
    if (!found.has(key)) found.set(key, finding);
  };
  for (const { address, prefixLength, ifname } of placesIn(config)) {
    if (familyOf(address) === "inet6") {
      const name = [`net/ipv6/conf/${ifname}/disable_ipv6`, "net/ipv6/conf/all/disable_ipv6"]
        .find((each) => valueOf(facts, each) === 1);
      if (name !== undefined) {
        tell(`6 ${ifname}`, {
          kind: "ipv6-off",
          level: "error",
          of: ifname,
          what: `${ifname} has IPv6 switched off (${name.replaceAll("/", ".")})`,
          means: `${address} cannot be added`,
          mend: set(name, 0),
        });
      }
      continue;
    }
    const ignore = ofInterface(facts, ifname, "arp_ignore");
    const why = ignore === undefined ? undefined : silence(ignore, ifname, prefixLength);
    if (why === undefined) continue;
    tell(`arp ${ifname}`, {
      kind: "arp-ignore",
      level: "error",
      of: ifname,
      what: `arp_ignore of ${ifname} is ${ignore}`,
      means: `nobody gets an answer who asks for ${address}: ${why}`,
      mend: ["all", ifname].flatMap((each) => {
        const name = `net/ipv4/conf/${each}/arp_ignore`;
        return (valueOf(facts, name) ?? 0) > 0 ? set(name, 0) : [];
      }),
    });
  }
  return [...found.values()];
}

/** Why an address is not answered for; `undefined`: it is. */
function silence(ignore: number, ifname: string, prefixLength: number): string | undefined {
  if (ignore === 8) return "8 answers for no address of this host";
  if (ifname === "lo" && ignore >= 1) {
    return `${ignore} answers for addresses of the asked interface only, and it is on lo`;
  }
  if (ignore === 2 && prefixLength === 32) {
    return "2 answers to who is in the same subnet, and with /32 nobody is";
  }
  return undefined;
}

/** Strict filtering drops what comes in by another interface than the answer would leave by. */
function ofFilter({ vrrp }: Config, facts: Facts): readonly Finding[] {
  const routed = vrrp.instances.filter(({ virtualRoutes, virtualRules }) =>
    virtualRoutes.length + virtualRules.length > 0
  );
  const names = new Set(
    routed.flatMap((
      each,
    ) => [...(each.interface === undefined ? [] : [each.interface]), ...each.routeInterfaces]),
  );
  return [...names].flatMap((ifname): readonly Finding[] => {
    if (ofInterface(facts, ifname, "rp_filter") !== 1) return [];
    return [{
      kind: "rp-filter",
      level: "warning",
      of: ifname,
      what: `rp_filter of ${ifname} is strict`,
      means:
        "with virtual_routes and virtual_rules packets may come in where the way back does not lead, and are dropped without a word",
      mend: set(`net/ipv4/conf/${ifname}/rp_filter`, 2),
    }];
  });
}

function ofDeadConnections({ lvs }: Config, facts: Facts): readonly Finding[] {
  const name = "net/ipv4/vs/expire_nodest_conn";
  if (lvs.virtualServers.length === 0 || valueOf(facts, name) !== 0) return [];
  if (
    lvs.virtualServers.every(({ realServers }) =>
      realServers.every((each) => each.inhibitOnFailure)
    )
  ) {
    return [];
  }
  return [{
    kind: "dead-connections",
    level: "warning",
    of: "net.ipv4.vs.expire_nodest_conn",
    what: "Packets of connections to a server that was taken out are dropped without a word",
    means:
      "clients of a server that fails hang until they give up, up to 15 min; with 1 they are told at once",
    mend: set(name, 1),
  }];
}
