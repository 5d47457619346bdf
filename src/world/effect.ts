/** What the daemon wants done. The shell carries effects out in order and reports results as events. */

import type { LogLine } from "../global/log.ts";
import type { AddressOperation } from "../kernel/address.ts";
import type { KernelOperation } from "../kernel/thing.ts";
import type { IpvsOperation } from "../kernel/ipvs/ipvs.ts";
import type { Claims } from "./claims/claims.ts";
import type { LvsEffect } from "../lvs/part/effect.ts";
import type { Micros } from "../net/micros.ts";
import type { MailText } from "../notify/mail.ts";
import type { Telling } from "../notify/scripts.ts";
import type { TrackEffect } from "../track/effect.ts";
import type { Announcement, VrrpEffect } from "../vrrp/effect.ts";

/** Effects of the parts that the world turns into others. */
type Inner =
  | "news"
  | "reconcile-addresses"
  | "reconcile-things"
  | "reconcile-services"
  | "probe"
  | "unprobe"
  | "foresee"
  | "transmit";

/** A standing order of a master, with its lease. */
type Transmission = Omit<Extract<VrrpEffect, { readonly kind: "transmit" }>, "kind"> & {
  readonly lease: Micros;
};

/** What the core does by itself when the last of some watches has expired, and then tells of (`taken-over`). */
export interface Takeover {
  readonly watches: readonly { readonly order: number; readonly seq: number }[];
  readonly transmissions: readonly Transmission[];
  /** Behind the first adverts, then the announcements. */
  readonly operations: readonly AddressOperation[];
  readonly places: readonly Announcement[];
}

/** One order for whoever probes, given or ended. */
export type ProbeOrder = Extract<LvsEffect, { readonly kind: "probe" | "unprobe" }>;

/** One effect. */
export type WorldEffect =
  | Exclude<VrrpEffect | LvsEffect | TrackEffect, { readonly kind: Inner }>
  | { readonly kind: "transmit" } & Transmission
  /** Holds until one of the watches is given anew or ended, or something is heard for it that is told. */
  | { readonly kind: "prepare" } & Takeover
  /** Nothing is prepared for it any more. */
  | { readonly kind: "withhold"; readonly order: number }
  /** A line for the log. Parts say news, not lines. */
  | LogLine
  /** Run scripts that tell of something. */
  | { readonly kind: "tell" } & Telling
  /** Write a line to the FIFOs that are told of virtual routers, or of servers; it has no end yet. */
  | { readonly kind: "write-fifo"; readonly of: "vrrp" | "lvs"; readonly line: string }
  /** Mail this to whoever is to know. */
  | { readonly kind: "mail" } & MailText
  /** Keep this for the next run, before anything of it is put into the kernel; what was kept before is replaced. */
  | { readonly kind: "claim"; readonly claims: Claims }
  /** Standing orders to probe, one after another: all of one turn. */
  | { readonly kind: "probes"; readonly orders: readonly ProbeOrder[] }
  /** Renew the lease of every transmission. */
  | { readonly kind: "renew" }
  /** Answered by `addresses-applied`. */
  | { readonly kind: "address-apply"; readonly operations: readonly AddressOperation[] }
  /** Change other things of the kernel, in this order. Answered by `kernel-applied`. */
  | {
    readonly kind: "kernel-apply";
    readonly operations: readonly KernelOperation[];
    /** Keys of what stays when the daemon dies without a word; absent: nothing. */
    readonly stay?: readonly string[];
  }
  /** From now on `ipvs-changed` tells that somebody else has changed the IPVS table, looked at this often. */
  | { readonly kind: "ipvs-watch"; readonly interval: Micros }
  /** Answered by `ipvs-services`, and then `ipvs-table`: with what is other than was told last, or with everything. */
  | { readonly kind: "ipvs-dump"; readonly afresh: boolean }
  /** Answered by `ipvs-applied`. */
  | { readonly kind: "ipvs-apply"; readonly operations: readonly IpvsOperation[] }
  /** Everything is said and done: the process may end. */
  | { readonly kind: "exit" };
