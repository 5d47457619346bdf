/** The link of its own that an instance is given by `use_vmac`. */

import { lastUse, lastValue, tell } from "../../language/mod.ts";
import type { Vmac, VrrpInstanceConfig } from "../config.ts";
import type { Subject } from "./_instance_subject.ts";

/** What of an instance its link depends on. */
type Companions = Pick<VrrpInstanceConfig, "family" | "unicastPeers"> & {
  readonly interface: string | undefined;
  readonly vrid: number;
};

/** As written; a name that is not is found when all instances are known. */
export function vmacOf(
  { bound, name, strict }: Subject,
  { interface: base, family, unicastPeers, vrid }: Companions,
): Vmac | undefined {
  const use = lastUse(bound.use_vmac);
  if (use === undefined || base === undefined) return undefined;
  const { value } = use;
  const mac = strict ? undefined : value.mac;
  const written = lastValue(bound.vmac_xmit_base) ?? false;
  if (family === "inet6" && !written) {
    tell(
      use,
      "not-acted-on",
      `Cannot send IPv6 adverts from the virtual MAC address of ${name} yet`,
      {
        severity: "info",
        status: undefined,
        hint: "they leave from the interface, as with vmac_xmit_base",
      },
    );
  }
  return {
    name: value.name ?? "",
    mac: macOf(mac, { family, vrid }),
    // keepalived: by unicast always.
    xmitBase: written || unicastPeers.length > 0 || family === "inet6",
    ...(value.group !== undefined && { group: value.group }),
  };
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

/**
 * Names for links that have none, as keepalived has them: `vrrp.51`, where that is taken `vrrp1.51`, in IPv6 `vrrp6.51` before that. A name that another instance has is left out like one that is not written.
 */
export function withLinkNames(
  instances: readonly VrrpInstanceConfig[],
  prefix: string,
): readonly VrrpInstanceConfig[] {
  if (instances.every(({ vmac }) => vmac === undefined)) return instances;
  const taken = new Set<string>();
  const written = new Set(instances.flatMap(({ vmac }) => vmac?.name || []));
  const named = instances.map((config) => {
    const { vmac } = config;
    if (vmac === undefined) return config;
    const { name } = vmac;
    const own = name !== "" && !taken.has(name);
    const found = own
      ? name
      : freeName(config, prefix, (each) => taken.has(each) || written.has(each));
    taken.add(found);
    return own ? config : { ...config, vmac: { ...vmac, name: found } };
  });
  return named;
}

function freeName(
  { family, virtualRouterId: vrid }: VrrpInstanceConfig,
  prefix: string,
  isTaken: (name: string) => boolean,
): string {
  const wanted = [`${prefix}.${vrid}`, ...(family === "inet6" ? [`${prefix}6.${vrid}`] : [])];
  const free = wanted.find((each) => !isTaken(each));
  if (free !== undefined) return free;
  for (let number = 1;; number++) {
    const name = `${prefix}${number}.${vrid}`;
    if (!isTaken(name)) return name;
  }
}
