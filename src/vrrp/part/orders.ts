/** Actions of an instance as effects: packets, interface numbers and commands filled in. */

import { unreachable } from "../../net/mod.ts";
import type { Action } from "../fsm/action.ts";
import type { VrrpConfig } from "../config.ts";
import { multicastGroup } from "../router_identity.ts";
import { announcements } from "./announcements.ts";
import { desiredAt } from "./desired.ts";
import type { Directory } from "./directory.ts";
import { hearsOf } from "./hearing.ts";
import type { Datagram, ExpectedAdvert, VrrpEffect } from "../effect.ts";
import { encodeIpv4 } from "../packet/ipv4.ts";
import type { KernelFacts } from "../kernel_facts.ts";
import { encodeAdvert } from "../packet/packet.ts";
import { effectivePriority, type Heard, type Instance } from "../fsm/state.ts";
import { successionTime } from "../fsm/timers.ts";

/** What the translation needs besides the instance. */
export interface Surroundings {
  readonly config: VrrpConfig;
  readonly directory: Directory;
  readonly kernel: KernelFacts;
}

/** Effects of one action. An instance without interface has none to send. */
export function toEffects(
  action: Action,
  self: Instance,
  around: Surroundings,
): readonly VrrpEffect[] {
  const { order } = self;
  const { ifindex } = self.health;
  switch (action.kind) {
    case "transmit":
      return ifindex === undefined ? [] : [{
        kind: "transmit",
        order,
        ifindex,
        packets: adverts(self, effectivePriority(self), around),
        interval: self.config.advertInt,
        immediately: action.immediately,
        farewell: adverts(self, 0, around),
        withdraw: [...desiredAt(self.config, around.kernel).values()],
        keep: successionTime(self.config.version, self.config.advertInt),
      }];
    case "cease":
      return [{ kind: "cease", order, farewell: action.farewell }];
    case "advert": {
      const packets = adverts(self, effectivePriority(self), around);
      return ifindex === undefined ? [] : [{ kind: "send", ifindex, packets }];
    }
    case "watch": {
      const hears = hearsOf(self, around);
      return ifindex === undefined ? [] : [{
        kind: "watch",
        order,
        seq: action.seq,
        ifindex,
        vrid: self.config.virtualRouterId,
        ...(action.expect === undefined ? {} : { expect: expected(action.expect) }),
        ...(hears === undefined ? {} : { hears }),
        ...(action.timeout === undefined ? {} : { timeout: action.timeout }),
        rearm: action.rearm,
      }];
    }
    case "unwatch":
      return [{ kind: "unwatch", order }];
    case "news":
      return [action];
    case "announce":
      return [{ kind: "announce", places: announcements(self, around, action) }];
    // Of the part as a whole.
    case "reconcile":
    case "reassert-group":
      return [];
    default:
      return unreachable(action);
  }
}

/** One datagram for the group, or one for each peer. */
function adverts(self: Instance, priority: number, around: Surroundings): readonly Datagram[] {
  const { config } = self;
  const { source } = self.health;
  if (source === undefined || config.family !== "inet") return [];
  const unicast = config.unicastPeers.length > 0;
  const destinations = unicast
    ? config.unicastPeers.map((peer) => peer.address)
    : [multicastGroup(config, around.config)];
  const ttl = unicast ? config.unicastTtl : 255;
  const advert = {
    version: config.version,
    vrid: config.virtualRouterId,
    priority,
    interval: config.advertInt,
    addresses: config.virtualAddresses.map((virtual) => virtual.address),
  };
  const key = config.version === 2 ? config.authentication?.key : undefined;
  return destinations.map((destination) => {
    const pdu = encodeAdvert(advert, {
      source,
      destination,
      checksumAsV2: config.v3ChecksumAsV2,
      ...(key === undefined ? {} : { key }),
    });
    return { destination, bytes: encodeIpv4({ source, destination, ttl }, pdu) };
  });
}

function expected({ source, destination, ttl, bytes }: Heard): ExpectedAdvert {
  return { source, destination, ttl, bytes };
}
