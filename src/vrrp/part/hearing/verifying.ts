/** What an instance hears: tags of its adverts, and how the core verifies them. */

import { type Micros, MILLISECOND, SECOND } from "../../../net/mod.ts";
import type { VrrpConfig } from "../../config.ts";
import { effectivePriority, type Instance } from "../../fsm/state.ts";
import { coversOf } from "../../packet/cover.ts";
import { VRID_AT } from "../../packet/packet.ts";
import { AH_LENGTH } from "../../packet/seal.ts";
import { multicastGroup } from "../../router_identity.ts";
import type { Lesser, Proof, Tag, Verify } from "../../wire.ts";
import { channelOf } from "../sending/advertising.ts";

/**
 * Datagrams that bear its VRID. With an authentication header those without one as well: they are counted.
 */
export function tagsOf(self: Pick<Instance, "config">): readonly Tag[] {
  const value = self.config.virtualRouterId;
  const channel = channelOf(self);
  const plain: Tag = { channel: "vrrp4", at: VRID_AT, size: 1, value };
  return channel === "ah4"
    ? [{ ...plain, channel, at: AH_LENGTH + VRID_AT }, plain]
    : [{ ...plain, channel }];
}

/** How its adverts are verified. */
export function verifyOf(
  self: Instance,
  { config: global }: { readonly config: VrrpConfig },
): Verify {
  const { config } = self;
  const { version, unicastPeers } = config;
  const unicast = unicastPeers.length > 0;
  const group = multicastGroup(config, global);
  const lesser = lesserOf(self);
  return {
    kind: "vrrp",
    version,
    ...(version === 2 && { interval: Math.round(config.advertInt / SECOND) }),
    ...(!unicast && { ttl: 255, group }),
    proof: proofOf(self),
    covers: coversOf(config, group),
    deaf: config.priority === 255 && config.ownerIgnoreAdverts,
    ...(unicast && config.checkUnicastSrc && {
      peers: unicastPeers.map(({ address, minTtl = 0, maxTtl = 255 }) => ({
        address,
        minTtl,
        maxTtl,
      })),
    }),
    ...(lesser === undefined ? {} : { lesser }),
  };
}

function proofOf({ config }: Instance): Proof {
  const { authentication, unicastPeers, version, family } = config;
  switch (authentication?.kind) {
    case "pass":
      return version === 2 && family === "inet"
        ? { kind: "pass", key: authentication.key }
        : { kind: "none" };
    case "ah":
      return { kind: "ah", key: authentication.key, coversTtl: unicastPeers.length === 0 };
    case "hmac": {
      const { keys, window, mode } = authentication;
      return {
        kind: "trailer",
        keys,
        ...(window === undefined ? {} : { window }),
        lenient: mode !== "enforce",
      };
    }
    default:
      return { kind: "none" };
  }
}

/** Shortest and longest pause between two answers to weaker masters. */
const [SOONEST, LATEST]: readonly [Micros, Micros] = [10 * MILLISECOND, 100 * MILLISECOND];

/**
 * A flood of weaker adverts is answered once in a while, since one answer serves them all. A backup that takes over from a weaker master
 * anyway need not hear each of its adverts, only that it resigns. Of owners, who are never weaker, each is to be heard.
 */
function lesserOf(self: Instance): Lesser | undefined {
  const { config, state } = self;
  const below = effectivePriority(self);
  if (config.priority === 255) return undefined;
  if (state.kind === "master") {
    const every = Math.min(Math.max(config.advertInt / 10, SOONEST), LATEST);
    const { source } = self.health;
    return { from: 0, below, every, ...(source === undefined ? {} : { source }) };
  }
  if (state.kind !== "backup" || config.nopreempt || config.preemptDelay > 0) return undefined;
  return { from: 1, below, every: config.advertInt };
}
