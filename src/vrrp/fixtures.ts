/** Configurations and kernel facts for tests and simulations: seed values, single fields changed. */

import type { TrackNews, VrrpNews } from "../notify/mod.ts";
import type { VrrpEffect } from "./effect.ts";
import type { Address } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import { familyOf, type Ip, SECOND, type Secret } from "../net/mod.ts";
import { AUTH_NONE, AUTH_PASS, passKey } from "./packet/auth.ts";
import { type Advert, CHECKSUM_AT, encodePdu, pduChecksum } from "./packet/packet.ts";
import type { TrackEffect } from "../track/effect.ts";
import type { FollowedThing } from "../track/influence.ts";
import {
  startTracking,
  stepTracking,
  type Together,
  type TogetherEffect,
  type Tracking,
} from "./part/fixture.ts";
import type { SyncGroupConfig, VrrpConfig, VrrpInstanceConfig } from "./config.ts";

/** keepalived's defaults with the password and VRID of the LVS-NAT document. */
export function instanceConfig(changes: Partial<VrrpInstanceConfig> = {}): VrrpInstanceConfig {
  return { ...DEFAULT_INSTANCE, ...changes };
}

/** A configuration of these instances, in the default group, without delay. */
export function vrrpConfig(
  instances: readonly VrrpInstanceConfig[],
  changes: Partial<Together> = {},
): Together {
  return {
    instances,
    groups: [],
    scripts: [],
    mcastGroup4: "224.0.0.18",
    firewall: { table: "holdfast_vrrp", priority: -1, byIndex: false, counters: false },
    linkbeat: { interfaces: [], all: false },
    pace: {},
    garpGroups: [],
    mcastGroup6: "ff02::12",
    startupDelay: 0,
    handover: true,
    staticAddresses: [],
    staticRoutes: [],
    staticRules: [],
    trackGroups: [],
    ...changes,
  };
}

/** An interface that is followed; without a weight its failure is a fault. */
export function tracksInterface(name: string, weight = 0): FollowedThing {
  return { tracker: { kind: "interface", name }, weight, reverse: false };
}

/** A script that is followed; without a weight its failure is a fault. */
export function tracksScript(name: string, weight?: number): FollowedThing {
  const tracker = { kind: "script", name } as const;
  return weight === undefined
    ? { tracker, weight: 0, reverse: false, inherited: true }
    : { tracker, weight, reverse: false };
}

/** `instances` with `addresses` each, on eth0. */
export function manyAddresses(instances: number, addresses: number): VrrpConfig {
  return vrrpConfig(Array.from({ length: instances }, (_, at) =>
    instanceConfig({
      name: `VI_${at}`,
      virtualRouterId: at + 1,
      virtualAddresses: Array.from({ length: addresses }, (_, each) => ({
        address: `10.9.${at}.${each + 1}`,
        prefixLength: 32,
      })),
    })));
}

/** A sync group without trackers and commands. */
export function syncGroup(
  members: readonly string[],
  changes: Partial<SyncGroupConfig> = {},
): SyncGroupConfig {
  return {
    name: "VG1",
    members,
    tracks: [],
    syncGroupTrackingWeight: false,
    notify: {},
    ...changes,
  };
}

/** An Ethernet interface that is up. */
export function ethernet(ifindex: number, ifname: string, changes: Partial<Link> = {}): Link {
  return {
    ifindex,
    ifname,
    up: true,
    running: true,
    loopback: false,
    arp: true,
    multicast: true,
    mac: `02:00:00:00:00:${ifindex.toString(16).padStart(2, "0")}`,
    mtu: 1500,
    ...changes,
  };
}

/** A global /24 address of an interface. */
export function addressOn(ifindex: number, address: Ip, prefixLength = 24): Address {
  return { ifindex, address, prefixLength, scope: 0 };
}

const DEFAULT_INSTANCE: VrrpInstanceConfig = {
  name: "VI_1",
  interface: "eth0",
  family: "inet",
  version: 2,
  virtualRouterId: 51,
  priority: 100,
  advertInt: SECOND,
  wantState: "backup",
  nopreempt: false,
  preemptDelay: 0,
  authentication: { kind: "pass", key: passKey("GU6hbFS4") },
  virtualAddresses: [{ address: "172.16.1.99", prefixLength: 32 }],
  excludedAddresses: [],
  unicastPeers: [],
  checkUnicastSrc: false,
  unicastTtl: 255,
  dontTrackPrimary: false,
  strict: false,
  accept: true,
  skipCheckAdvAddr: false,
  v3ChecksumAsV2: false,
  lowerPrioNoAdvert: false,
  higherPrioSendAdvert: false,
  ownerIgnoreAdverts: false,
  downTimerAdverts: 3,
  garp: {
    masterDelay: 5 * SECOND,
    masterRepeat: 5,
    masterRefresh: 0,
    masterRefreshRepeat: 1,
    lowerPrioDelay: 5 * SECOND,
    lowerPrioRepeat: 5,
  },
  tracks: [],
  virtualRoutes: [],
  virtualRules: [],
  routeInterfaces: [],
  notify: {},
};

/** What happened, by the effects of it. */
export function newsOf(
  effects: readonly (VrrpEffect | TrackEffect)[],
): readonly (VrrpNews | TrackNews)[] {
  return effects.flatMap((effect) => effect.kind === "news" ? [effect.news] : []);
}

/** The pair of interfaces of the LVS-NAT document, and what they have. */
export const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
export const ADDRESSES = [addressOn(2, "172.16.1.134"), addressOn(3, "192.168.1.131")];

/** When the masters of {@linkcode masters} are told something. */
export const NOW = 10 * SECOND;

/** The inner one of the pair. */
export const VI_2 = instanceConfig({
  name: "VI_2",
  interface: "eth1",
  virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
});

/** A part whose instances are all master. */
export function masters(config: VrrpConfig): Tracking {
  let part = startTracking(config, 0);
  [part] = stepTracking(part, { kind: "start", links: LINKS, addresses: ADDRESSES }, 0);
  for (const { order, seq } of part.instances) {
    [part] = stepTracking(part, { kind: "expired", order, seq }, 4 * SECOND);
  }
  return part;
}

/** What a new configuration makes of it. */
export function reloaded(
  part: Tracking,
  config: VrrpConfig,
): readonly [Tracking, readonly TogetherEffect[]] {
  return stepTracking(part, { kind: "reload", config }, NOW);
}

/** An advert with everything the core puts into it, a checksum in keepalived's form. */
export function encodeAdvert(
  advert: Advert,
  { source, destination, key, checksumAsV2 }: {
    readonly source: Ip;
    readonly destination: Ip;
    readonly key?: Secret;
    readonly checksumAsV2: boolean;
  },
): Uint8Array<ArrayBuffer> {
  const authType = key === undefined ? AUTH_NONE : AUTH_PASS;
  const family = familyOf(source);
  const pdu = encodePdu(advert, family, { authType, ...(key === undefined ? {} : { key }) });
  const plain = (advert.version === 2 && family === "inet") || checksumAsV2;
  const kind = plain ? "plain" : "pseudo";
  new DataView(pdu.buffer).setUint16(
    CHECKSUM_AT,
    pduChecksum(pdu, { kind }, { source, destination }),
  );
  return pdu;
}

/** One byte string after another. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
