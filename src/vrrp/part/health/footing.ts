/** What an instance stands on: the interface adverts go through and the address they come from. */

import type { Link } from "../../../kernel/link.ts";
import type { Address } from "../../../kernel/address.ts";
import type { Family, Ip } from "../../../net/mod.ts";
import { firstCarried } from "../../carried.ts";
import type { VrrpInstanceConfig } from "../../config.ts";
import type { FaultCause } from "../../../notify/mod.ts";
import { carriedBy, type KernelFacts, linkAt, linkNamed, ownKey } from "../../kernel_facts.ts";
import type { Health } from "../../fsm/state.ts";
import { configuredSource } from "../../router_identity.ts";
import { lacksAddress, senderOf } from "../../vmac.ts";

/** Footing of an instance. */
export interface Footing {
  readonly link: Link | undefined;
  readonly source: Ip | undefined;
  /** Why it has none, or cannot use it. */
  readonly causes: readonly FaultCause[];
}

/** Interface an instance sends through: its own, or that which has its source. */
export function linkOf(config: VrrpInstanceConfig, kernel: KernelFacts): Link | undefined {
  const sender = senderOf(config);
  if (sender !== undefined) return linkNamed(kernel, sender);
  const holders = kernel.held.get(configuredSource(config) ?? "") ?? [];
  return holders.map((ifindex) => linkAt(kernel, ifindex))
    .find((link) => link?.loopback === false && isInVrf(link, config, kernel));
}

/** An address may be in several VRFs. Without a word of one any interface will do. */
function isInVrf(link: Link, { vrf }: VrrpInstanceConfig, kernel: KernelFacts): boolean {
  return vrf === undefined ||
    (link.master !== undefined && link.master === linkNamed(kernel, vrf)?.ifindex);
}

/** The footing as the kernel is. */
export function footingOf(config: VrrpInstanceConfig, kernel: KernelFacts): Footing {
  const link = linkOf(config, kernel);
  const wanted = configuredSource(config);
  const missing: readonly FaultCause[] = link === undefined && config.interface !== undefined
    ? [{ kind: "interface-missing", ifname: senderOf(config) ?? config.interface }]
    : [];
  if (wanted !== undefined) {
    // Not keepalived, which looks at this at the start only, of a unicast instance, and then for ever: whoever
    // sends from an address it does not have hears no answer to it, and takes itself for alone.
    const held = kernel.held.get(wanted) ?? [];
    const elsewhere = config.vrf !== undefined && link === undefined;
    if (held.length === 0 || elsewhere) {
      return {
        link,
        source: undefined,
        causes: [...missing, { kind: "source-missing", source: wanted }],
      };
    }
    const lost = link === undefined && config.interface === undefined;
    return {
      link,
      source: wanted,
      causes: lost ? [{ kind: "source-on-loopback", source: wanted }] : missing,
    };
  }
  // A virtual MAC address is not to be seen with a source of its own, of which nobody else knows.
  const below = config.vmac?.mac === undefined ? link : linkNamed(kernel, config.interface);
  const source = below && firstSource(kernel, below, config.family);
  if (link !== undefined && lacksAddress(config, { name: link.ifname, kernel })) {
    return { link, source, causes: [{ kind: "no-source-address", ifname: link.ifname }] };
  }
  if (link === undefined || source !== undefined) return { link, source, causes: missing };
  return {
    link,
    source,
    causes: [{ kind: "no-source-address", ifname: (below ?? link).ifname }],
  };
}

/** The footing of an instance whose source may be there again in a moment. */
export function keptFooting(
  found: Footing,
  before: Pick<Health, "source" | "ifindex">,
  resting: ReadonlySet<Ip>,
): Footing {
  const { link, source, causes } = found;
  if (source !== undefined || before.source === undefined || !resting.has(before.source)) {
    return found;
  }
  if (link === undefined || link.ifindex !== before.ifindex) return found;
  const others = causes.filter(({ kind }) =>
    kind !== "no-source-address" && kind !== "source-missing"
  );
  return { link, source: before.source, causes: others };
}

/** The first address that could not be ours, else the owner's own (RFC 9568 §1.6). */
export function firstSource(
  kernel: KernelFacts,
  { ifindex, ifname }: Link,
  family: Family,
): Ip | undefined {
  const kind = family === "inet" ? "inet" : "link-local";
  const { plain, virtual } = carriedBy(kernel, ifindex);
  const usable = ({ tentative }: Address) => tentative !== true;
  const own = (each: Address) => usable(each) && kernel.own.has(ownKey(ifname, each));
  const found = firstCarried(plain, kind, usable) ??
    (kernel.own.size === 0 ? undefined : firstCarried(virtual, kind, own));
  return found?.address.address;
}
