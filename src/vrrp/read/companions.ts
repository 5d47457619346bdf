/** Settings of an instance that go with others only. */

import { allValues, lastUse, tell } from "../../language/mod.ts";
import { familyOf } from "../../net/ip.ts";
import type { Subject } from "./subject.ts";
import type { VrrpInstanceConfig } from "../config.ts";

/** Addresses one advert has room for (RFC 9568 §5.2.5). */
export const MAX_ADVERTISED = 255;

/** What the companions of a setting are looked for in. */
type Companions = Pick<VrrpInstanceConfig, "family" | "nopreempt" | "unicastPeers">;

/** Reports what has no effect as it stands. */
export function checkCompanions(subject: Subject, read: Companions): void {
  checkOwnLink(subject, read);
  checkDestination(subject, read);
  const { bound, name, self, strict } = subject;
  const native = lastUse(bound.native_ipv6);
  if (native !== undefined && read.family === "inet") {
    tell(native, "conflict", `Cannot use native_ipv6 in ${name}: its addresses are IPv4`);
  }
  const expired = lastUse(bound.timer_expired_backup);
  if (expired !== undefined && !read.nopreempt) {
    tell(
      expired,
      "conflict",
      `Cannot use ${expired.name} in ${name}: it needs nopreempt, it is left out`,
      { keyword: true },
    );
  }
  const none = lastUse(bound.no_virtual_ipaddress);
  if (none !== undefined && strict) {
    tell(none, "strict", `Cannot use no_virtual_ipaddress in ${name}: strict mode forbids it`, {
      status: "warning",
    });
  }
  const count = allValues(bound.virtual_ipaddress).flatMap(({ entries }) => entries).length;
  if (count > MAX_ADVERTISED) {
    tell(
      self,
      "out-of-range",
      `Cannot advertise ${count} addresses in ${name}: the first ${MAX_ADVERTISED} are, the others are kept out of adverts`,
    );
  }
}

/** The link layer of its own. */
function checkOwnLink({ bound, name, strict }: Subject, { family }: Companions): void {
  const vmac = lastUse(bound.use_vmac);
  const ipvlan = lastUse(bound.use_ipvlan);
  const own = vmac ?? ipvlan;
  const base = lastUse(bound.vmac_xmit_base);
  if (base !== undefined && own === undefined) {
    tell(base, "conflict", `Cannot use vmac_xmit_base in ${name}: it goes with use_vmac only`, {
      keyword: true,
    });
  }
  if (own !== undefined && isUnicast(bound)) {
    if (bound.interface === undefined) {
      tell(own, "incomplete", `Cannot use ${own.name} in ${name}: it has no interface`, {
        keyword: true,
        about: { kind: "missing", keywords: ["interface"] },
      });
    } else if (base === undefined) {
      tell(own, "default-used", `Cannot send unicast from a link of its own in ${name}`, {
        keyword: true,
        hint: "vmac_xmit_base is used: write it",
      });
    }
  }
  if (strict && vmac?.value.mac !== undefined) {
    tell(vmac, "strict", `Cannot choose the MAC address in ${name}: strict mode forbids it`, {
      keyword: true,
    });
  }
  if (ipvlan !== undefined && ipvlan.value.address === undefined && family === "inet") {
    tell(ipvlan, "incomplete", `Cannot use use_ipvlan in ${name}: it needs an address`, {
      keyword: true,
    });
  } else if (
    ipvlan?.value.address !== undefined && familyOf(ipvlan.value.address.address) !== family
  ) {
    tell(ipvlan, "conflict", `Cannot use use_ipvlan in ${name}: its address is not ${family}`, {
      keyword: true,
    });
  }
}

/** Whether an instance has any word about unicast. */
function isUnicast(bound: Subject["bound"]): boolean {
  return (bound.unicast_peer ?? bound.unicast_src_ip ?? bound.check_unicast_src ??
    bound.unicast_fault_no_peer ?? bound.old_unicast_checksum) !== undefined;
}

/** Where adverts go, and through what. */
function checkDestination({ bound, name }: Subject, { unicastPeers }: Companions): void {
  const group = lastUse(bound.mcast_dst_ip);
  if (group !== undefined && unicastPeers.length > 0) {
    tell(group, "conflict", `Cannot use mcast_dst_ip in ${name}: it has unicast peers`, {
      keyword: true,
    });
  }
  const vrf = lastUse(bound.vrf);
  if (vrf !== undefined && bound.interface !== undefined) {
    tell(vrf, "conflict", `Cannot use vrf in ${name}: it has an interface`, { keyword: true });
  }
}

/** Link layers by name, those of all instances. keepalived: the first instance keeps the name. */
export function checkLinkNames(
  instances: readonly Pick<Subject, "name" | "bound">[],
): void {
  const taken = new Map<string, string>();
  for (const { name, bound } of instances) {
    const uses = [...bound.use_vmac ?? [], ...bound.use_ipvlan ?? []];
    for (const use of uses) {
      const link = use.value.name;
      if (link === undefined) continue;
      const other = taken.get(link) ?? name;
      taken.set(link, other);
      if (other === name) continue;
      tell(use, "duplicate-name", `Cannot use ${link} in ${name}: vrrp_instance ${other} has it`, {
        hint: "the name is left out",
      });
    }
  }
}
