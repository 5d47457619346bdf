/**
 * Which virtual router an instance is. A VRID alone does not say it: on one interface there may be one in each multicast
 * group, and by unicast one with each set of peers, or from each address.
 */

import type { Ip } from "../net/mod.ts";
import type { UnicastPeer, VrrpInstanceConfig } from "./config.ts";

/**
 * Address an instance is configured to send from. keepalived: `mcast_src_ip` and `unicast_src_ip` are one setting; where
 * both are written, that which names the transport in use counts.
 */
export function configuredSource(
  { unicastPeers, unicastSrcIp, mcastSrcIp }: Pick<
    RouterIdentity,
    "unicastPeers" | "unicastSrcIp" | "mcastSrcIp"
  >,
): Ip | undefined {
  return unicastPeers.length > 0 ? unicastSrcIp ?? mcastSrcIp : mcastSrcIp ?? unicastSrcIp;
}

/** Group an instance sends to; unused with unicast peers. */
export function multicastGroup(
  config: Pick<RouterIdentity, "mcastDstIp" | "family">,
  { mcastGroup4, mcastGroup6 }: Groups,
): Ip {
  return config.mcastDstIp ?? (config.family === "inet" ? mcastGroup4 : mcastGroup6);
}

/** Groups of instances that name none. */
export interface Groups {
  readonly mcastGroup4: Ip;
  readonly mcastGroup6: Ip;
}

/** What tells virtual routers apart. */
export type RouterIdentity =
  & Pick<
    VrrpInstanceConfig,
    | "interface"
    | "family"
    | "virtualRouterId"
    | "unicastSrcIp"
    | "mcastSrcIp"
    | "mcastDstIp"
  >
  & { readonly unicastPeers: readonly Pick<UnicastPeer, "address">[] };

/**
 * Whether two instances are one virtual router, so that no advert says which of them it is for.
 *
 * Not keepalived, which refuses (2.4) or confuses (2.2) two unicast instances with one source, also with other peers.
 */
export function isSameRouter(
  a: RouterIdentity,
  b: RouterIdentity,
  global: Groups,
): boolean {
  if (a.virtualRouterId !== b.virtualRouterId || a.family !== b.family) return false;
  if (a.unicastPeers.length === 0 || b.unicastPeers.length === 0) {
    return a.unicastPeers.length === b.unicastPeers.length && a.interface === b.interface &&
      multicastGroup(a, global) === multicastGroup(b, global);
  }
  if (a.interface !== undefined && b.interface !== undefined && a.interface !== b.interface) {
    return false;
  }
  const peers = new Set(a.unicastPeers.map(({ address }) => address));
  return configuredSource(a) === configuredSource(b) &&
    b.unicastPeers.some(({ address }) => peers.has(address));
}
