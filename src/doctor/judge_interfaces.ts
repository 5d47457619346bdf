/** Interfaces that virtual routers stand on. */

import type { Config } from "../document/config.ts";
import { familyOf, isMulticast } from "../net/mod.ts";
import type { VrrpInstanceConfig } from "../vrrp/mod.ts";
import type { Facts, LinkFact } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Missing, down, without carrier, multicast or address. Each interface once. */
export function judgeInterfaces({ vrrp }: Config, { links }: Facts): readonly Finding[] {
  const byName = new Map(links.map((link) => [link.name, link]));
  const found = new Map<string, Finding>();
  for (const instance of vrrp.instances) {
    for (const finding of ofInstance(instance, byName)) {
      const key = `${finding.kind} ${finding.of}`;
      if (!found.has(key)) found.set(key, finding);
    }
  }
  return [...found.values()];
}

function ofInstance(
  instance: VrrpInstanceConfig,
  links: ReadonlyMap<string, LinkFact>,
): readonly Finding[] {
  const { name, interface: own, virtualAddresses, excludedAddresses } = instance;
  const carrying = [...virtualAddresses, ...excludedAddresses].flatMap(({ dev }) => dev ?? []);
  return [...new Set([...(own === undefined ? [] : [own]), ...carrying])].flatMap((ifname) => {
    const link = links.get(ifname);
    if (link === undefined) return [missing(ifname, name)];
    return [...ofLink(link, name), ...(ifname === own ? ofAdverts(link, instance) : [])];
  });
}

function missing(ifname: string, name: string): Finding {
  return {
    kind: "interface-missing",
    level: "error",
    of: ifname,
    what: `There is no interface ${ifname}`,
    means: `${name} is in FAULT until it comes`,
    mend: ["ip -br link   # names of those that are there"],
  };
}

function ofLink({ name: ifname, up, carrier }: LinkFact, name: string): readonly Finding[] {
  if (!up) {
    return [{
      kind: "interface-down",
      level: "error",
      of: ifname,
      what: `${ifname} is down`,
      means: `${name} is in FAULT`,
      mend: [`ip link set ${ifname} up`],
    }];
  }
  if (carrier) return [];
  return [{
    kind: "interface-no-carrier",
    level: "error",
    of: ifname,
    what: `${ifname} has no carrier`,
    means: `${name} is in FAULT: nobody is at the other end of the cable`,
    mend: [`ethtool ${ifname}   # Link detected`],
  }];
}

/** What adverts need of the interface they go through. */
function ofAdverts(link: LinkFact, instance: VrrpInstanceConfig): readonly Finding[] {
  const { name, family, unicastPeers, unicastSrcIp, mcastSrcIp } = instance;
  const { name: ifname, addresses, multicast } = link;
  const found: Finding[] = [];
  if (unicastPeers.length === 0 && !multicast) {
    found.push({
      kind: "interface-no-multicast",
      level: "error",
      of: ifname,
      what: `${ifname} carries no multicast`,
      means: `adverts of ${name} reach nobody: each node takes itself for the only one`,
      mend: [`ip link set ${ifname} multicast on   # or unicast_peer in the configuration`],
    });
  }
  const source = unicastSrcIp ?? mcastSrcIp;
  const own = addresses.filter((each) => familyOf(each) === family && !isMulticast(each));
  const lacks = source === undefined ? own.length === 0 : !addresses.includes(source);
  if (lacks) {
    found.push({
      kind: "interface-no-address",
      level: "error",
      of: ifname,
      what: source === undefined
        ? `${ifname} has no ${family === "inet" ? "IPv4" : "IPv6"} address of its own`
        : `${ifname} has no address ${source}`,
      means: `${name} has nothing to send adverts from`,
      mend: [
        `ip address add ${
          source ?? (family === "inet" ? "ADDRESS/LENGTH" : "fe80::1/64")
        } dev ${ifname}`,
      ],
    });
  }
  return found;
}
