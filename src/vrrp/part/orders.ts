/** Actions of an instance as effects: packets, interface numbers and commands filled in. */

import type { Address } from "../../kernel/address.ts";
import type { Link } from "../../kernel/link.ts";
import { familyOf, type Ip, unreachable } from "../../net/mod.ts";
import type { Action } from "../fsm/action.ts";
import type { VrrpConfig } from "../config.ts";
import { multicastGroup } from "../router_identity.ts";
import { desiredAt } from "./desired.ts";
import type { Directory } from "./directory.ts";
import { hearsOf } from "./hearing.ts";
import type { Datagram, ExpectedAdvert, VrrpEffect } from "../effect.ts";
import { encodeIpv4 } from "../packet/ipv4.ts";
import { type KernelFacts, linkAt, linkNamed } from "../kernel_facts.ts";
import { encodeAdvert } from "../packet/packet.ts";
import { effectivePriority, type Heard, type Instance } from "../fsm/state.ts";
import { allAddresses, deviceOf } from "../virtual_address.ts";

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
      return announcements(self, around, action);
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

/** Gratuitous ARP by interface, in configuration order; none where ARP is not spoken. */
function announcements(
  self: Instance,
  { kernel }: Surroundings,
  { repeat, only }: { readonly repeat: number; readonly only?: readonly Ip[] },
): readonly VrrpEffect[] {
  if (repeat === 0) return [];
  const wanted = (ip: Ip) => familyOf(ip) === "inet" && (only === undefined || only.includes(ip));
  const byInterface = new Map<number, Address["address"][]>();
  const add = (link: Link | undefined, ip: Ip) => {
    if (link === undefined || !link.arp || link.loopback || !wanted(ip)) return;
    byInterface.set(link.ifindex, [...byInterface.get(link.ifindex) ?? [], ip]);
  };
  const virtual = allAddresses(self.config);
  for (const each of virtual) {
    add(linkNamed(kernel, deviceOf(each, self.config)), each.address);
  }
  // An address that is not virtual can only be that which adverts come from.
  for (const ip of only ?? []) {
    if (!virtual.some((each) => each.address === ip)) {
      add(linkAt(kernel, self.health.ifindex ?? 0), ip);
    }
  }
  return [...byInterface].map(([ifindex, addresses]) => ({
    kind: "announce",
    ifindex,
    addresses,
    repeat,
  }));
}
