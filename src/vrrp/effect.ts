/** What the VRRP part wants done. Effects are carried out in order. */

import type { Announcement, Pace } from "../core/protocol.ts";
import type { Said } from "../core/said.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { Address } from "../kernel/address.ts";
import type { Micros } from "../net/micros.ts";
import type { VrrpNews } from "../notify/news.ts";
import type { ExpectedAdvert, Template, Verify } from "./wire.ts";

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
  | { readonly kind: "listen" } & Said<"listen">
  | { readonly kind: "unlisten" } & Said<"unlisten">
  /** Standing order of a master. Replaces that of the same number. The world adds the lease. */
  | { readonly kind: "transmit" } & Omit<Said<"transmit">, "packets" | "farewell" | "lease"> & {
    readonly packets: readonly Template[];
    readonly farewell: readonly Template[];
  }
  | {
    readonly kind: "cease";
    readonly order: number;
    readonly farewell: boolean;
    /** What stays until the successor has announced itself, by the guardian, and how long at most; absent: nothing. */
    readonly handover?: { readonly addresses: readonly Address[]; readonly within: Micros };
  }
  /** Send once. */
  | { readonly kind: "send" } & Omit<Said<"send">, "packets"> & {
    readonly packets: readonly Template[];
  }
  /** Standing order to listen, of a backup and of a master. */
  | { readonly kind: "watch" } & Omit<Said<"watch">, "verify" | "expect"> & {
    readonly verify: Verify;
    /** Absent: nothing re-arms, every advert is reported. */
    readonly expect?: ExpectedAdvert;
  }
  | { readonly kind: "unwatch" } & Said<"unwatch">
  /** Bring the kernel's addresses to `desiredAddresses`, before the effects that follow: where they may have changed. */
  | { readonly kind: "reconcile-addresses"; readonly changed: "all" | readonly AddressPlace[] }
  /** Bring other things of the kernel to what `desiredThing` says, around the addresses: by key, where they may have changed. */
  | { readonly kind: "reconcile-things"; readonly changed: "all" | readonly string[] }
  /** Gratuitous ARP and unsolicited neighbour advertisements, after the addresses are there. */
  | { readonly kind: "announce" } & Said<"announce">
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
  /** What these would do on their expiry may be other than it was, or is to be said once more. */
  | { readonly kind: "foresee"; readonly orders: readonly number[] }
  /** Something happened: people are told at once, programs when the addresses are there. */
  | { readonly kind: "news"; readonly news: VrrpNews };
