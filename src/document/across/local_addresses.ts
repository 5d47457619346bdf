/**
 * Local addresses of full NAT that move with the virtual address: they become addresses of the instance that has it. Whoever
 * takes over then hears the answers of the real servers too, and goes on with their connections.
 */

import type { LvsConfig } from "../../lvs/config.ts";
import type { Ip } from "../../net/ip.ts";
import { familyOf } from "../../net/ip.ts";
import type { VirtualAddress, VrrpConfig, VrrpInstanceConfig } from "../../vrrp/config.ts";

/** The instances with the local addresses that name an interface and that no instance has, not advertised. */
export function withLocalAddresses(vrrp: VrrpConfig, lvs: LvsConfig): VrrpConfig {
  const owners = new Map<Ip, VrrpInstanceConfig>();
  for (const instance of vrrp.instances) {
    for (const { address } of [...instance.virtualAddresses, ...instance.excludedAddresses]) {
      if (!owners.has(address)) owners.set(address, instance);
    }
  }
  const added = new Map<VrrpInstanceConfig, VirtualAddress[]>();
  for (const { services, fullNat } of lvs.virtualServers) {
    if (fullNat === undefined) continue;
    const owner = services.flatMap((id) =>
      id.kind === "address" ? owners.get(id.address) ?? [] : []
    )[0];
    if (owner === undefined) continue;
    for (const { address, dev } of fullNat.localAddresses) {
      if (dev === undefined || owners.has(address)) continue;
      owners.set(address, owner);
      const moving = { address, prefixLength: familyOf(address) === "inet" ? 32 : 128, dev };
      const known = added.get(owner);
      if (known === undefined) added.set(owner, [moving]);
      else known.push(moving);
    }
  }
  if (added.size === 0) return vrrp;
  const instances = vrrp.instances.map((instance) => {
    const moving = added.get(instance);
    if (moving === undefined) return instance;
    return { ...instance, excludedAddresses: [...instance.excludedAddresses, ...moving] };
  });
  return { ...vrrp, instances };
}
