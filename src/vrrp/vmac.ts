/**
 * Virtual MAC addresses (RFC 9568 §7.3): an instance with one has a link of its own above its interface, which carries its addresses
 * and, unless `vmac_xmit_base` is written, its adverts. The link is there as long as the instance is.
 */

import type { Sysctl } from "../kernel/sysctl.ts";
import type { Thing } from "../kernel/thing.ts";
import { familyOf } from "../net/mod.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "./config.ts";
import { type KernelFacts, linkNamed } from "./kernel_facts.ts";
import { allAddresses, deviceOf } from "./virtual_address.ts";

/** Name of the interface adverts go through; none for an instance without interface. */
export function senderOf({ interface: base, vmac }: VrrpInstanceConfig): string | undefined {
  return vmac === undefined || vmac.xmitBase ? base : vmac.name;
}

/** Links of instances and what they need, as far as the interfaces below are there and up. */
export function vmacThings(
  { instances }: VrrpConfig,
  kernel: Pick<KernelFacts, "byName">,
): readonly Thing[] {
  const found: Thing[] = [];
  for (const config of instances) {
    const { vmac, interface: ifname } = config;
    const base = linkNamed(kernel, ifname);
    if (vmac === undefined || base?.up !== true) continue;
    const { name, mac, group } = vmac;
    found.push({
      kind: "own-link",
      value: {
        name,
        base: base.ifindex,
        mac,
        ...(group !== undefined && { group }),
        settings: settingsOf(config, name),
      },
    });
    if (config.family === "inet") found.push(...settingsBelow(base.ifname));
  }
  return found;
}

/** What keepalived sets of such a link: it answers for its own addresses only, and hears adverts that come from the subnet below. */
function settingsOf(config: VrrpInstanceConfig, name: string): readonly Sysctl[] {
  const ipv6 = allAddresses(config)
    .some((each) => familyOf(each.address) === "inet6" && deviceOf(each, config) === name);
  return [
    ...(config.family === "inet"
      ? [
        { name: `net/ipv4/conf/${name}/arp_ignore`, value: "1" },
        { name: `net/ipv4/conf/${name}/accept_local`, value: "1" },
        { name: `net/ipv4/conf/${name}/rp_filter`, value: "0" },
        { name: `net/ipv4/conf/${name}/promote_secondaries`, value: "1" },
      ]
      : []),
    // No address of its own: it would tell of the virtual MAC address while another node has it.
    { name: `net/ipv6/conf/${name}/addr_gen_mode`, value: "1" },
    ...(ipv6 ? [] : [{ name: `net/ipv6/conf/${name}/disable_ipv6`, value: "1" }]),
  ];
}

/** The interface below does not answer for addresses of links above it. */
function settingsBelow(name: string): readonly Thing[] {
  return ["arp_ignore", "arp_filter"].map((each) => ({
    kind: "sysctl",
    value: { name: `net/ipv4/conf/${name}/${each}`, value: "1" },
  }));
}
