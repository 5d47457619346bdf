/** What can happen to the VRRP part. */

import type { Judgement, OrderCount, WatchCount } from "../core/protocol.ts";
import type { Address } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import type { Ip } from "../net/ip.ts";
import type { Tracker, TrackerStates } from "../track/tracker.ts";
import type { VrrpConfig } from "./config.ts";
import type { RoutersBefore } from "./saved.ts";

/** A datagram of protocol 112 or 51 as received. */
export interface ReceivedPacket {
  readonly kind: "packet";
  readonly ifindex: number;
  readonly source: Ip;
  readonly destination: Ip;
  readonly ttl: number;
  /** 112, or 51 for an authentication header. */
  readonly protocol: number;
  /** What follows the IP header, to the end by the IP header's total length. */
  readonly payload: Uint8Array;
  /** What the core found when it verified it; `unjudged`: nobody had asked for that. */
  readonly judgement: Judgement;
}

/** An address appeared, changed or vanished. */
export interface AddressEvent {
  readonly kind: "address";
  readonly address: Address;
  readonly removed: boolean;
  /** An operation of ours did it, or the lapse of an order, or it is still what one added; else somebody else. */
  readonly ordered?: boolean;
  /** It goes again and again: it is put back later, without a word. */
  readonly tooOften?: true;
}

/** One event. Events come in order; `start` is the first. */
export type VrrpEvent =
  /** The kernel's links and addresses are known: elections begin. */
  | {
    readonly kind: "start";
    readonly links: readonly Link[];
    readonly addresses: readonly Address[];
    readonly trackers: TrackerStates;
    /** What this run takes the place of; absent: it begins. */
    readonly before?: RoutersBefore;
  }
  | ReceivedPacket
  /** A watch saw no expected advert in time. */
  | { readonly kind: "expired"; readonly order: number; readonly seq: number }
  /** The core gave up mastership for a loop that did not renew its lease. */
  | { readonly kind: "lapsed"; readonly order: number }
  /** An advert could not be sent, with its `errno`; 0: the first since then has left. */
  | { readonly kind: "sending"; readonly order: number; readonly errno: number }
  /** Somebody else announces an address that was announced on an interface; once a second for each at most. */
  | {
    readonly kind: "claimed";
    readonly ifindex: number;
    readonly address: Ip;
    /** Hardware address of the other one. */
    readonly mac: string;
  }
  /** A command that an instance waits for has ended. */
  | { readonly kind: "hook-over"; readonly order: number; readonly run: number }
  /** `now` has reached `nextDeadline`. */
  | { readonly kind: "deadline" }
  | { readonly kind: "link"; readonly link: Link; readonly removed: boolean }
  | AddressEvent
  /** Trackers are otherwise than before; `trackers` is what is known of all. */
  | {
    readonly kind: "tracked";
    readonly trackers: TrackerStates;
    readonly changed: readonly Tracker[];
  }
  /** What somebody took out of the kernel and cannot be put back, by key of the thing: why, for a person. All there is. */
  | { readonly kind: "lost"; readonly lost: ReadonlyMap<string, string> }
  /** Answer to `listen`. Without a failure the socket is open; who never answers is believed to. */
  | {
    readonly kind: "listen-result";
    readonly ifindex: number;
    /** Groups it was asked to join. An answer to another request than the last is stale; absent: to the last. */
    readonly groups?: readonly Ip[];
    readonly failure?: string;
  }
  /** How often orders were carried out, for the statistics. */
  | {
    readonly kind: "counters";
    readonly transmissions: readonly OrderCount[];
    readonly watches: readonly WatchCount[];
  }
  /** The counters of all instances begin anew. */
  | { readonly kind: "clear-statistics" }
  | { readonly kind: "reload"; readonly config: VrrpConfig; readonly trackers: TrackerStates }
  | { readonly kind: "shutdown" };

export type { OrderCount, WatchCount };
