/** What the VRRP part wants done. Effects are carried out in order. */

import type { Announcement, Pace } from "../core/protocol.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { Address } from "../kernel/address.ts";
import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { VrrpNews } from "../notify/news.ts";
import type { Channel, ExpectedAdvert, Hears, Tag, Template, Verify } from "./wire.ts";

/** Where the kernel's addresses may have to change. */
export interface AddressPlace {
  readonly ifindex: number;
  /** The only one that may be concerned, as far as its identity goes; absent: all of the interface. */
  readonly address?: Address;
}

export type { Announcement, Pace };

/** One effect. */
export type VrrpEffect =
  /** Open exactly these raw sockets of an interface in exactly these groups. Idempotent; `listen-result`. */
  | {
    readonly kind: "listen";
    readonly ifindex: number;
    readonly ifname: string;
    readonly channels: readonly Channel[];
    readonly groups: readonly Ip[];
    /** Bytes; absent: the kernel's default. */
    readonly receiveBuffer?: number;
  }
  | { readonly kind: "unlisten"; readonly ifindex: number }
  /** Standing order of a master. Replaces that of the same number. The world adds the lease. */
  | {
    readonly kind: "transmit";
    readonly order: number;
    readonly ifindex: number;
    readonly packets: readonly Template[];
    readonly interval: Micros;
    /** First transmission at once; else when the replaced order was due, or in one interval. */
    readonly immediately: boolean;
    /** When a transmission is later than this somebody else may have taken over: it lapses without farewell; absent: never. */
    readonly patience?: Micros;
    readonly farewell: readonly Template[];
    /** Deleted by the core when the lease lapses. */
    readonly withdraw: readonly Address[];
    /** How long the guardian leaves them for want of a successor when this process dies. */
    readonly keep: Micros;
  }
  | {
    readonly kind: "cease";
    readonly order: number;
    readonly farewell: boolean;
    /** What stays until the successor has announced itself, by the guardian, and how long at most; absent: nothing. */
    readonly handover?: { readonly addresses: readonly Address[]; readonly within: Micros };
  }
  /** Send once. */
  | {
    readonly kind: "send";
    readonly order: number;
    readonly ifindex: number;
    readonly packets: readonly Template[];
  }
  /** Standing order to listen, of a backup and of a master; see `Watch` in the core's protocol. */
  | {
    readonly kind: "watch";
    readonly order: number;
    readonly seq: number;
    readonly ifindex: number;
    readonly tags: readonly Tag[];
    readonly verify: Verify;
    /** Absent: nothing re-arms, every advert is reported. */
    readonly expect?: ExpectedAdvert;
    /** What of its VRID is for it, where others have that VRID on the interface; absent: all. */
    readonly hears?: Hears;
    /** New deadline from now; absent keeps that of the replaced order. */
    readonly timeout?: Micros;
    /** What an expected advert sets the deadline to, from its arrival; absent: there is none. */
    readonly rearm?: Micros;
  }
  | { readonly kind: "unwatch"; readonly order: number }
  /** Bring the kernel's addresses to `desiredAddresses`, before the effects that follow: where they may have changed. */
  | { readonly kind: "reconcile-addresses"; readonly changed: "all" | readonly AddressPlace[] }
  /** Bring other things of the kernel to what `desiredThing` says, around the addresses: by key, where they may have changed. */
  | { readonly kind: "reconcile-things"; readonly changed: "all" | readonly string[] }
  /** Gratuitous ARP and unsolicited neighbour advertisements, after the addresses are there. */
  | { readonly kind: "announce"; readonly places: readonly Announcement[] }
  /** Run a command that an instance waits for; `hook-over` when it has ended, which it is to be after `timeout`. */
  | {
    readonly kind: "hook";
    readonly order: number;
    /** Of the instance. */
    readonly name: string;
    readonly hook: "pre-master" | "pre-backup";
    readonly run: number;
    readonly command: ScriptCommand;
    readonly timeout: Micros;
  }
  /** Something happened: people are told at once, programs when the addresses are there. */
  | { readonly kind: "news"; readonly news: VrrpNews };
