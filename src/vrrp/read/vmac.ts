/** Links of its own that an instance is given by `use_vmac`, `use_ipvlan` and `use_vmac_addr`, or one of its addresses by `use_vmac`. */

import { lastUse, lastValue, tell } from "../../language/mod.ts";
import { type Family, familyOf } from "../../net/mod.ts";
import type { VirtualAddress, Vmac, VrrpInstanceConfig } from "../config.ts";
import type { Subject } from "./subject.ts";

/** What of an instance its link depends on. */
type Companions = Pick<VrrpInstanceConfig, "family" | "unicastPeers"> & {
  readonly interface: string | undefined;
  readonly vrid: number;
};

/** As written; a name that is not is found when all instances are known. */
export function vmacOf(subject: Subject, companions: Companions): Vmac | undefined {
  const { bound, strict } = subject;
  const { interface: base, family, unicastPeers, vrid } = companions;
  const use = lastUse(bound.use_vmac);
  if (base === undefined) return undefined;
  if (use === undefined) return ipvlanOf(subject, companions);
  const { value } = use;
  const mac = strict ? undefined : value.mac;
  return {
    name: value.name ?? "",
    mac: macOf(mac, { family, vrid }),
    // keepalived: by unicast always.
    xmitBase: (lastValue(bound.vmac_xmit_base) ?? false) || unicastPeers.length > 0,
    ...(value.group !== undefined && { group: value.group }),
  };
}

/** keepalived: an ipvlan of IPv4 has no address but that which is written. */
function ipvlanOf({ bound, name }: Subject, { family }: Companions): Vmac | undefined {
  const use = lastUse(bound.use_ipvlan);
  if (use === undefined) return undefined;
  const { value } = use;
  const { address: written } = value;
  const address = written !== undefined && familyOf(written.address) === family
    ? { address: written.address, prefixLength: written.prefixLength ?? lengthOf(family) }
    : undefined;
  if (address === undefined && family === "inet") {
    tell(use, "incomplete", `Cannot use use_ipvlan in ${name}: for IPv4 it needs an address`, {
      severity: "error",
      keyword: true,
    });
    return undefined;
  }
  return {
    name: value.name ?? "",
    ipvlan: { mode: value.mode ?? "bridge", ...(address !== undefined && { address }) },
    xmitBase: false,
    ...(value.group !== undefined && { group: value.group }),
  };
}

function lengthOf(family: Family): number {
  return family === "inet" ? 32 : 128;
}

/**
 * Addresses with links of their own: those that say `use_vmac`, and by `use_vmac_addr` those on other interfaces or of the other family
 * than the instance. keepalived: what the link of the instance can carry is on that.
 */
export function withAddressLinks(
  addresses: readonly VirtualAddress[],
  { bound }: Subject,
  { interface: own, family, vmac, vrid }: Companions & { readonly vmac: Vmac | undefined },
): readonly VirtualAddress[] {
  const all = lastValue(bound.use_vmac_addr) ?? false;
  return addresses.map(({ wantsVmac, ...virtual }) => {
    const { address, dev = own } = virtual;
    const of = familyOf(address);
    const isOwn = dev === own && of === family;
    const wanted = wantsVmac !== undefined || (all && !isOwn);
    if (!wanted || dev === undefined || (isOwn && vmac?.mac !== undefined)) return virtual;
    return {
      ...virtual,
      vmac: { name: wantsVmac ?? "", mac: macOf(undefined, { family: of, vrid }) },
    };
  });
}

/** RFC 9568 §7.3: `00:00:5e:00:01` for IPv4, `:02` for IPv6, and the VRID; five octets of one's own and the VRID. */
function macOf(
  written: string | undefined,
  { family, vrid }: Pick<Companions, "family" | "vrid">,
): string {
  const begin = written ?? `00:00:5e:00:0${family === "inet" ? 1 : 2}`;
  const last = vrid.toString(16).padStart(2, "0");
  return (begin.split(":").length === 6 ? begin : `${begin}:${last}`).toLowerCase();
}

/** What names of links begin with. */
export interface LinkPrefixes {
  /** `vmac_prefix`. */
  readonly own: string;
  /** `vmac_addr_prefix`: of those of single addresses. */
  readonly address: string;
}

/**
 * Names for links that have none, as keepalived has them: `vrrp.51`, where that is taken `vrrp1.51`, in IPv6 `vrrp6.51` before that. A name
 * that another instance has is left out like one that is not written. Addresses of one instance, interface and family share a link.
 */
export function withLinkNames(
  instances: readonly VrrpInstanceConfig[],
  prefixes: LinkPrefixes,
): readonly VrrpInstanceConfig[] {
  const isPlain = ({ vmac, ...config }: VrrpInstanceConfig) =>
    vmac === undefined && addressesOf(config).every((each) => each.vmac === undefined);
  if (instances.every(isPlain)) return instances;
  const written = new Set(
    instances.flatMap(({ vmac, ...config }) => [
      ...(vmac?.name ? [vmac.name] : []),
      ...addressesOf(config).flatMap((each) => each.vmac?.name || []),
    ]),
  );
  const names: Names = { taken: new Set(), written };
  return instances.map((config) => {
    if (isPlain(config)) return config;
    const { vmac, virtualRouterId: vrid, interface: own } = config;
    const named = vmac && {
      ...vmac,
      name: nameOf(vmac.name, names, { vrid, family: config.family, prefix: prefixes.own }),
    };
    const shared = new Map<string, string>();
    const naming = (virtual: VirtualAddress): VirtualAddress => {
      if (virtual.vmac === undefined) return virtual;
      const family = familyOf(virtual.address);
      const key = `${virtual.dev ?? own} ${family}`;
      const found = shared.get(key) ??
        nameOf(virtual.vmac.name, names, { vrid, family, prefix: prefixes.address });
      shared.set(key, found);
      return { ...virtual, vmac: { ...virtual.vmac, name: found } };
    };
    return {
      ...config,
      ...(named && { vmac: named }),
      virtualAddresses: config.virtualAddresses.map(naming),
      excludedAddresses: config.excludedAddresses.map(naming),
    };
  });
}

function addressesOf(
  { virtualAddresses, excludedAddresses }: Pick<
    VrrpInstanceConfig,
    "virtualAddresses" | "excludedAddresses"
  >,
): readonly VirtualAddress[] {
  return [...virtualAddresses, ...excludedAddresses];
}

interface Names {
  readonly taken: Set<string>;
  readonly written: ReadonlySet<string>;
}

function nameOf(
  name: string,
  { taken, written }: Names,
  { vrid, family, prefix }: {
    readonly vrid: number;
    readonly family: Family;
    readonly prefix: string;
  },
): string {
  const isTaken = (each: string) => taken.has(each) || written.has(each);
  const numbered = function* () {
    yield `${prefix}.${vrid}`;
    if (family === "inet6") yield `${prefix}6.${vrid}`;
    for (let number = 1;; number++) yield `${prefix}${number}.${vrid}`;
  };
  const found = name !== "" && !taken.has(name)
    ? name
    : numbered().find((each) => !isTaken(each)) ?? "";
  taken.add(found);
  return found;
}
