/** What an instance sends: its adverts as templates of the core. */

import type { Ip } from "../../../net/mod.ts";
import type { VrrpConfig } from "../../config.ts";
import type { Instance } from "../../fsm/state.ts";
import { AUTH_AH, AUTH_NONE, AUTH_PASS } from "../../packet/auth.ts";
import { sentCover } from "../../packet/cover.ts";
import { type AdvertProof, CHECKSUM_AT, encodePdu } from "../../packet/packet.ts";
import { multicastGroup } from "../../router_identity.ts";
import type { Channel, Cover, Seal, Template } from "../../wire.ts";

/** Adverts to the group, or to each peer; those that differ in the form of the checksum alone are templates of their own. */
export function advertsOf(
  self: Instance,
  priority: number,
  { config: global }: { readonly config: VrrpConfig },
): readonly Template[] {
  const { config } = self;
  const { source } = self.health;
  if (source === undefined) return [];
  const unicast = config.unicastPeers.length > 0;
  const group = multicastGroup(config, global);
  const destinations = unicast ? config.unicastPeers.map((peer) => peer.address) : [group];
  const advert = {
    version: config.version,
    vrid: config.virtualRouterId,
    priority,
    interval: config.advertInt,
    addresses: config.virtualAddresses.map((virtual) => virtual.address),
  };
  const payload = encodePdu(advert, config.family, proofOf(self));
  const seal = sealOf(self);
  return Map.groupBy(destinations, (each) => formOf(self, group, each)).values().map((to) => ({
    channel: channelOf(self),
    source,
    destinations: to,
    ttl: unicast ? config.unicastTtl : 255,
    payload,
    checksum: { at: CHECKSUM_AT, cover: coverTo(self, group, to[0]) },
    ...(seal === undefined ? {} : { seal }),
  })).toArray();
}

/** Socket its adverts go and come by. */
export function channelOf({ config }: Pick<Instance, "config">): Channel {
  if (config.family === "inet6") return "vrrp6";
  return config.authentication?.kind === "ah" ? "ah4" : "vrrp4";
}

function coverTo({ config, forms }: Instance, group: Ip, peer: Ip | undefined): Cover {
  return sentCover(config, group, forms.get(peer ?? ""));
}

/** The same word for the same form. */
function formOf(self: Instance, group: Ip, peer: Ip): string {
  return coverTo(self, group, peer).kind;
}

function proofOf({ config }: Instance): AdvertProof {
  const { authentication } = config;
  if (config.version !== 2 || config.family !== "inet") return { authType: AUTH_NONE };
  switch (authentication?.kind) {
    case "pass":
      return { authType: AUTH_PASS, key: authentication.key };
    case "ah":
      return { authType: AUTH_AH };
    default:
      return { authType: AUTH_NONE };
  }
}

function sealOf({ config }: Instance): Seal | undefined {
  const { authentication } = config;
  if (authentication?.kind === "ah") {
    // keepalived: what routers on the way may change is not covered, and by unicast there may be some.
    return { kind: "ah", key: authentication.key, coversTtl: config.unicastPeers.length === 0 };
  }
  if (authentication?.kind !== "hmac" || authentication.mode === "receive-only") return undefined;
  const { activeKey: id, keys } = authentication;
  const active = keys.find((each) => each.id === id);
  return active && { kind: "trailer", id, key: active.key };
}
