/** What can happen to the daemon. Everything that comes from outside is one of these, so a run can be taped. */

import type { Address, AddressOperation } from "../kernel/address.ts";
import type { IpvsOperation, ServiceId, ServiceTable } from "../kernel/ipvs/ipvs.ts";
import type { Changed } from "../kernel/changed.ts";
import type { KernelOperation, Spot } from "../kernel/thing.ts";
import type { Link } from "../kernel/link.ts";
import type { Takeover } from "./effect.ts";
import type { Claims } from "./claims/claims.ts";
import type { Before } from "./succession/saved.ts";
import type { LvsConfig } from "../lvs/config.ts";
import type { LvsEvent } from "../lvs/part/event.ts";
import type { NotifyConfig } from "../notify/config.ts";
import type { TrackConfig } from "../track/config.ts";
import type { TrackEvent } from "../track/event.ts";
import type { VrrpConfig } from "../vrrp/config.ts";
import type { Announcement } from "../vrrp/effect.ts";
import type { AddressEvent, VrrpEvent } from "../vrrp/event.ts";

/** What the parts are configured with. Empty lists for a part that does not run (`-P`, `-C`). */
export interface WorldConfig {
  readonly vrrp: VrrpConfig;
  readonly lvs: LvsConfig;
  /** What either of them may follow. */
  readonly track: TrackConfig;
  readonly notify: NotifyConfig;
}

/** Events that go to one part unchanged. */
export type PartEvent =
  | Extract<
    VrrpEvent,
    {
      readonly kind:
        | "packet"
        | "expired"
        | "lapsed"
        | "sending"
        | "hook-over"
        | "claimed"
        | "listen-result"
        | "counters"
        | "clear-statistics";
    }
  >
  | TrackEvent
  | Extract<LvsEvent, {
    readonly kind: "outcome" | "check-result" | "check-not-begun" | "connections" | "ports";
  }>;

/** One event. `start` is the first. */
export type WorldEvent =
  | PartEvent
  /** The kernel's links and addresses, dumped once at the start; changes of them follow as events. */
  | KernelDump & {
    readonly kind: "start";
    /** What a run before has claimed and not given back. */
    readonly left?: Claims;
    /** There is a guardian; absent: there is none. */
    readonly guarded?: boolean;
    /** Other daemons run on this host: what they hold is nobody's left-over. Absent: there is none. */
    readonly neighbours?: boolean;
    /** What this run takes the place of, without a gap; absent: it begins. */
    readonly before?: Before;
  }
  | { readonly kind: "link"; readonly link: Link; readonly removed: boolean }
  | AddressEvent
  /** The last of some watches has expired, and what was prepared for that is done, or under way (`addresses-applied` follows). */
  | {
    readonly kind: "taken-over";
    readonly watches: Takeover["watches"];
    /** Whose adverts are sent. */
    readonly orders: readonly number[];
    readonly operations: readonly AddressOperation[];
    readonly places: readonly Announcement[];
  }
  /** Answer to `address-apply`: one errno per operation, 0 for success. */
  | {
    readonly kind: "addresses-applied";
    readonly operations: readonly AddressOperation[];
    readonly errnos: readonly number[];
  }
  /** Answer to `kernel-apply`: one errno per operation, 0 for success. */
  | {
    readonly kind: "kernel-applied";
    readonly operations: readonly KernelOperation[];
    readonly errnos: readonly number[];
  }
  /** A setting of the kernel is about to become other than it was. */
  | { readonly kind: "setting-was"; readonly setting: Changed }
  /** Somebody else did something where routes or rules of ours are; without a place: somewhere, and what was not heard. */
  | { readonly kind: "things-shaken"; readonly spot?: Spot }
  /** What an `ipvs-dump` has found so far, before its answer. */
  | { readonly kind: "ipvs-services"; readonly services: readonly ServiceTable[] }
  /**
   * Answer to `ipvs-dump`: the rest of it; absent services: IPVS could not be asked. With `gone` only what is other than was told
   * before was told.
   */
  | {
    readonly kind: "ipvs-table";
    readonly services?: readonly ServiceTable[];
    readonly gone?: readonly ServiceId[];
  }
  /** Somebody else has changed the IPVS table. */
  | { readonly kind: "ipvs-changed" }
  /** Answer to `ipvs-apply`. */
  | {
    readonly kind: "ipvs-applied";
    readonly operations: readonly IpvsOperation[];
    readonly errnos: readonly number[];
  }
  /** `now` has reached `nextDeadline`. */
  | { readonly kind: "deadline" }
  /** `now` has reached `nextRenewal`. */
  | { readonly kind: "renew" }
  | { readonly kind: "reload"; readonly config: WorldConfig }
  | { readonly kind: "shutdown" };

/** What the kernel holds. */
export interface KernelDump {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
  /** It remembers who added an address (Linux 5.18); absent: it does if it says so of one. */
  readonly remembers?: boolean;
}
