/** `vrrp_instance` and `vrrp_sync_group` as configured, after defaults. */

import type { AnnouncePace, GarpSchedule, GlobalDefs, ScriptCommand } from "../global/config.ts";
import type { Family, Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { Secret } from "../net/secret.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../route/config.ts";
import type { NotifyScripts } from "../notify/news.ts";
import type { FollowedThing } from "../track/influence.ts";

/** An entry of `virtual_ipaddress`, `virtual_ipaddress_excluded` or `static_ipaddress`. */
export interface VirtualAddress {
  readonly address: Ip;
  /** 0 to 32 or 128; 32 or 128 when not written. */
  readonly prefixLength: number;
  /** Interface that carries it; absent: that of the instance. */
  readonly dev?: string;
  /** At most 15 bytes, IPv4 only. */
  readonly label?: string;
  /** `RT_SCOPE_*`; absent: derived (global, host for 127/8). */
  readonly scope?: number;
  readonly broadcast?: Ip | "+" | "-";
  readonly peer?: Ip;
  /** Sum of `ADDRESS_FLAG`; absent: none. IPv6 ones have `nodad`, unless `-nodad` is written. */
  readonly flags?: number;
  /** s; absent: forever. Of IPv6 ones only. */
  readonly preferredLifetime?: number;
  /** `no_track`: its interface may go without a fault. */
  readonly noTrack?: true;
  /** `use_vmac`, with the name that is written: until the instance is read. */
  readonly wantsVmac?: string;
  /** The link of its own above its interface that carries it (`use_vmac`, `use_vmac_addr`). */
  readonly vmac?: Pick<Vmac, "name"> & { readonly mac: string };
}

/** An entry of `unicast_peer`. */
export interface UnicastPeer {
  readonly address: Ip;
  /** Smallest TTL accepted, 0 to 255. */
  readonly minTtl?: number;
  /** Largest TTL accepted, 0 to 255. */
  readonly maxTtl?: number;
}

/** How adverts prove who sent them. */
export type Authentication =
  /** `authentication` (RFC 2338; not in VRRPv3): the password stands in the advert. */
  | {
    readonly kind: "pass";
    /** The 8 bytes on the wire: truncated or zero-padded UTF-8. */
    readonly key: Secret;
  }
  /** An IPsec header, with the same bytes as key. IPv4 only. */
  | { readonly kind: "ah"; readonly key: Secret }
  | HmacAuthentication;

/** `auth_hmac` (keepalived 2.4): a signed trailer. Every version and family. */
export interface HmacAuthentication {
  readonly kind: "hmac";
  /** At least that of `activeKey`; each of 32 to 64 bytes. */
  readonly keys: readonly { readonly id: number; readonly key: Secret }[];
  /** The key adverts are signed with. */
  readonly activeKey: number;
  /** Clock difference tolerated, s; absent: only rising numbers count (`anti_replay monotonic`). */
  readonly window?: number;
  /** Whether what is not signed is rejected, accepted, or accepted while not signing. */
  readonly mode: "enforce" | "permissive" | "receive-only";
}

/** A link layer of its own above the interface (`use_vmac`, `use_ipvlan`). */
export interface Vmac {
  /** At most 15 bytes; no two instances have the same. */
  readonly name: string;
  /** 6 octets in hexadecimal with colons, lower case; absent: that of the interface below. */
  readonly mac?: string;
  /** `use_ipvlan`; absent: it is a macvlan with `mac`. */
  readonly ipvlan?: {
    readonly mode: "bridge" | "private" | "vepa";
    /** Its own, from which adverts are sent; absent: the link-local one that the kernel gives it. */
    readonly address?: { readonly address: Ip; readonly prefixLength: number };
  };
  /** `vmac_xmit_base`: adverts go through the interface below all the same. */
  readonly xmitBase: boolean;
  /** Interface group; absent: that of the interface below. */
  readonly group?: number;
}

/** Ours: commands that hold a transition until they end (`hook_…`). */
export interface Hooks {
  /** Before it becomes master. */
  readonly preMaster?: ScriptCommand;
  /** Before it gives way to another master; it sends no adverts any more, its addresses are still there. */
  readonly preBackup?: ScriptCommand;
  /** How long a transition waits at most. */
  readonly timeout: Micros;
}

/** One virtual router. */
export interface VrrpInstanceConfig {
  readonly name: string;
  /** Absent: that which has the source address; only with unicast peers and a configured source. */
  readonly interface?: string;
  /** Only without interface: name of the VRF in which its source is. */
  readonly vrf?: string;
  /** Only with an interface. */
  readonly vmac?: Vmac;
  readonly family: Family;
  readonly version: 2 | 3;
  /** 1 to 255. */
  readonly virtualRouterId: number;
  /** 1 to 254, 255 for the owner of the addresses. */
  readonly priority: number;
  /** Whole seconds in v2; 10 ms to 40.95 s in steps of 10 ms in v3. */
  readonly advertInt: Micros;
  /** `state`: where it begins. Does not shorten the election but for an owner (wire.md §2). */
  readonly wantState: "master" | "backup";
  readonly nopreempt: boolean;
  readonly preemptDelay: Micros;
  readonly authentication?: Authentication;
  readonly virtualAddresses: readonly VirtualAddress[];
  readonly excludedAddresses: readonly VirtualAddress[];
  /** Present while it is master. */
  readonly virtualRoutes: readonly ConfiguredRoute[];
  /** Present while it is master. */
  readonly virtualRules: readonly ConfiguredRule[];
  readonly mcastSrcIp?: Ip;
  readonly unicastSrcIp?: Ip;
  /** Group of this instance; absent: the global one. */
  readonly mcastDstIp?: Ip;
  /** Not empty: unicast, and no group is joined. */
  readonly unicastPeers: readonly UnicastPeer[];
  readonly checkUnicastSrc: boolean;
  /** 0 to 255, default 255. */
  readonly unicastTtl: number;
  readonly dontTrackPrimary: boolean;
  readonly strict: boolean;
  /** What is for its addresses is taken; else dropped by rules of nftables, but for neighbour discovery. */
  readonly accept: boolean;
  readonly skipCheckAdvAddr: boolean;
  readonly v3ChecksumAsV2: boolean;
  /** Checksum of releases before 1.3.6 by unicast: sent always, never looked for; absent: as the peer does. */
  readonly oldUnicastChecksum?: "always" | "never";
  /** `unicast_fault_no_peer` without a peer: in fault for good. */
  readonly lacksPeers?: true;
  /** `kernel_rx_buf_size`: its share of the receive buffer, bytes; absent: by the policy for all. */
  readonly receiveBuffer?: number;
  readonly lowerPrioNoAdvert: boolean;
  readonly higherPrioSendAdvert: boolean;
  readonly ownerIgnoreAdverts: boolean;
  /** Missed adverts before the master is presumed down, 1 to 100, default 3. */
  readonly downTimerAdverts: number;
  readonly garp: GarpSchedule;
  /** What it follows by its `track_…` lists, each thing once. */
  readonly tracks: readonly FollowedThing[];
  /** The setting of that name is on for its interface, whatever its state. */
  readonly promoteSecondaries?: true;
  /** Interfaces that `virtual_routes` and `virtual_rules` name, without those under `no_track`. */
  readonly routeInterfaces: readonly string[];
  /** Commands that a transition waits for; absent: none does. */
  readonly hooks?: Hooks;
  /** `timer_expired_backup`: highest priority of the others, by which it is judged whether one has taken over from a master that is late. */
  readonly timerExpiredBackup?: number;
  readonly notify: NotifyScripts;
}

/** `vrrp_sync_group`: instances that change state as one. */
export interface SyncGroupConfig {
  readonly name: string;
  /** Names of instances that exist, no instance in two groups. */
  readonly members: readonly string[];
  /** What all members follow by the group's `track_…` lists, each thing once. */
  readonly tracks: readonly FollowedThing[];
  readonly syncGroupTrackingWeight: boolean;
  readonly notify: NotifyScripts;
}

/** An interface whose carrier is asked of its driver (`linkbeat_interfaces`). */
export interface Linkbeat {
  readonly ifname: string;
  /** What is tried first; absent: the transceiver. */
  readonly method?: "mii" | "ethtool" | "ioctl";
}

/** How the rules for virtual addresses are put into the kernel (`nftables`, `nftables_…`). */
export interface Firewall {
  /** Name of the table, of the family `inet`. */
  readonly table: string;
  /** Of its chains at their hooks; lower goes first. */
  readonly priority: number;
  /** Link-local addresses go with the index of their interface, not with its name. */
  readonly byIndex: boolean;
  /** Each rule counts what it meets. */
  readonly counters: boolean;
}

/** `garp_group`: interfaces that share a pace. */
export interface GarpGroup extends AnnouncePace {
  /** Names; none is in two groups. */
  readonly interfaces: readonly string[];
}

/** An entry of `static_ipaddress`. */
export interface StaticAddress extends VirtualAddress {
  readonly dev: string;
  /** `track_group` whose members are in fault while it is missing. */
  readonly trackGroup?: string;
}

/** `track_group`: instances that something static concerns. */
export interface TrackGroupConfig {
  readonly name: string;
  /** Names of instances that exist. */
  readonly members: readonly string[];
}

/** Everything the VRRP part is configured with. */
export interface VrrpConfig {
  /** `static_*`: there from start to end, whatever the state of instances. */
  readonly staticAddresses: readonly StaticAddress[];
  readonly staticRoutes: readonly ConfiguredRoute[];
  readonly staticRules: readonly ConfiguredRule[];
  readonly trackGroups: readonly TrackGroupConfig[];
  readonly instances: readonly VrrpInstanceConfig[];
  readonly groups: readonly SyncGroupConfig[];
  /** Group joined by IPv4 instances that name none. */
  readonly mcastGroup4: Ip;
  readonly firewall: Firewall;
  /** Interfaces that are asked for their carrier; `linkbeat_use_polling`: all that matter. */
  readonly linkbeat: { readonly interfaces: readonly Linkbeat[]; readonly all: boolean };
  /** `disable_local_igmp`: groups of 224.0.0.0/24 are not reported. */
  readonly silentIgmp?: true;
  /** Pace of announcements on interfaces without a group. */
  readonly pace: AnnouncePace;
  readonly garpGroups: readonly GarpGroup[];
  /** Group joined by IPv6 instances that name none. */
  readonly mcastGroup6: Ip;
  /** Time after the start of the program before instances take part. */
  readonly startupDelay: Micros;
  /** A master that leaves on purpose keeps its addresses until the successor has announced itself. */
  readonly handover: boolean;
  /** The same after the start of the machine, where the clock begins; absent: none. */
  readonly delayAfterBoot?: Micros;
  /** Adverts of virtual routers nobody is here are told of, the first of each. */
  readonly logUnknownVrids?: boolean;
  /** Receive buffer for each instance of a socket; absent: the kernel's. */
  readonly receiveBuffer?: GlobalDefs["vrrpReceiveBuffer"];
}
