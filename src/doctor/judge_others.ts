/** Others who would do the same work, or undo it. */

import type { Config } from "../document/config.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Programs, what they do that is ours, and what ends that. */
const RIVALS: ReadonlyMap<string, { readonly does: string; readonly unit: string }> = new Map([
  ["keepalived", {
    does: "sends adverts and holds addresses as this daemon would",
    unit: "keepalived",
  }],
  ["vrrpd", { does: "sends adverts of its own virtual routers", unit: "frr" }],
  ["ucarp", { does: "speaks protocol 112 and takes addresses", unit: "ucarp" }],
  ["kube-proxy", { does: "may delete IPVS services that are not its own", unit: "kubelet" }],
  ["ldirectord", { does: "changes the IPVS table", unit: "ldirectord" }],
  ["pacemakerd", { does: "may move addresses by its own resources", unit: "pacemaker" }],
]);

/** Programs that count only where there is IPVS to be fought for. */
const IPVS_RIVALS: ReadonlySet<string> = new Set(["kube-proxy", "ldirectord"]);

/** Rivals, managers of interfaces, and addresses somebody answers for. */
export function judgeOthers(config: Config, facts: Facts): readonly Finding[] {
  return [...ofRivals(config, facts), ...ofManagers(config, facts), ...ofWire(facts)];
}

function ofRivals({ vrrp, lvs }: Config, { processes }: Facts): readonly Finding[] {
  return processes.flatMap(({ pid, name }): readonly Finding[] => {
    const rival = RIVALS.get(name);
    if (rival === undefined) return [];
    const concerns = IPVS_RIVALS.has(name) ? lvs.virtualServers.length > 0 : true;
    if (!concerns || vrrp.instances.length + lvs.virtualServers.length === 0) return [];
    return [{
      kind: "rival",
      level: name === "keepalived" ? "error" : "warning",
      of: name,
      what: `${name} (${pid}) runs on this host`,
      means: `it ${rival.does}: both undo what the other does`,
      mend: [`systemctl disable --now ${rival.unit}`],
    }];
  });
}

function ofManagers({ vrrp }: Config, { managed }: Facts): readonly Finding[] {
  const own = new Set(vrrp.instances.flatMap((each) => each.interface ?? []));
  const vmacs = vrrp.instances.flatMap(({ vmac }) => vmac?.name ?? []);
  const found = managed.filter((name) => own.has(name)).map((ifname): Finding => ({
    kind: "interface-managed",
    level: "warning",
    of: ifname,
    what: `NetworkManager manages ${ifname}`,
    means:
      "it takes virtual addresses away whenever it activates the connection anew; holdfast puts them back, and clients notice",
    mend: [
      `nmcli device set ${ifname} managed no   # for good: unmanaged-devices in /etc/NetworkManager/conf.d/`,
    ],
  }));
  const links = managed.filter((name) => vmacs.includes(name)).map((ifname): Finding => ({
    kind: "interface-managed",
    level: "warning",
    of: ifname,
    what: `NetworkManager manages ${ifname}, a link of use_vmac`,
    means: "it may configure the link, and give it addresses of its own",
    mend: [`nmcli device set ${ifname} managed no`],
  }));
  return [...found, ...links];
}

function ofWire({ wire }: Facts): readonly Finding[] {
  return (wire ?? []).map(({ address, interface: ifname, mac }): Finding => ({
    kind: "address-taken",
    level: "warning",
    of: address,
    what: `${mac} answers for ${address} on ${ifname}`,
    means:
      "where that is the other node, it is master, and all is well; where it is not, two hosts will answer for the address",
    mend: [`ip neighbour show ${address}   # then look which host has ${mac}`],
  }));
}
