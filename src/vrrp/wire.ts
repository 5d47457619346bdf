/**
 * What goes over the wire, as the core is ordered: templates of what is sent, tags and proofs of what is heard. Headers, checksums and
 * seals are the core's.
 */

import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { Secret } from "../net/secret.ts";

/** A raw socket of an interface: IP version and protocol (112, or 51 for an authentication header). */
export type Channel = "vrrp4" | "ah4" | "vrrp6";

/** What a checksum covers besides the payload: nothing, the pseudo-header (RFC 8200 §8.1), or one with another destination. */
export type Cover =
  | { readonly kind: "plain" }
  | { readonly kind: "pseudo" }
  | { readonly kind: "pseudo-to"; readonly destination: Ip };

/** What the core adds to every transmission: a number that never repeats, and proof of the sender. */
export type Seal =
  /** An authentication header in front of the payload (wire.md §1.4). */
  | { readonly kind: "ah"; readonly key: Secret; readonly coversTtl: boolean }
  /** 28 bytes behind it (wire.md §1.5). */
  | { readonly kind: "trailer"; readonly id: number; readonly key: Secret };

/** One payload to one or several destinations. */
export interface Template {
  readonly channel: Channel;
  readonly source: Ip;
  readonly destinations: readonly Ip[];
  readonly ttl: number;
  /** The PDU, with a checksum of 0. */
  readonly payload: Uint8Array;
  /** Where the checksum is put. */
  readonly checksum: { readonly at: number; readonly cover: Cover };
  readonly seal?: Seal;
}

/** Which datagrams of a socket an order is about: those with a value of `size` bytes at an offset behind the IP header. */
export interface Tag {
  readonly channel: Channel;
  readonly at: number;
  readonly size: number;
  readonly value: number;
}

/** The advert that re-arms a watch without being reported. */
export interface ExpectedAdvert {
  readonly source: Ip;
  readonly destination: Ip;
  readonly ttl: number;
  /** The PDU, without what seals it. */
  readonly bytes: Uint8Array;
}

/** Adverts that are for one of several instances with one VRID on one interface. */
export interface Hears {
  /** Its group, or the address it sends from. */
  readonly destination: Ip;
  /** Peers; none: anybody. */
  readonly sources: readonly Ip[];
}

/** How an advert proves who sent it. */
export type Proof =
  | { readonly kind: "none" }
  | { readonly kind: "pass"; readonly key: Secret }
  | { readonly kind: "ah"; readonly key: Secret; readonly coversTtl: boolean }
  | {
    readonly kind: "trailer";
    readonly keys: readonly { readonly id: number; readonly key: Secret }[];
    /** Largest difference of the clocks, s; absent: not looked at. */
    readonly window?: number;
    /** Whether an advert without a trailer is accepted. */
    readonly lenient: boolean;
  };

/** How adverts are verified, in keepalived's order (wire.md §1.6). */
export interface Verify {
  readonly kind: "vrrp";
  readonly version: 2 | 3;
  /** VRRPv2: the interval they must have, s. */
  readonly interval?: number;
  /** Absent: any. */
  readonly ttl?: number;
  readonly proof: Proof;
  /** Checksums that are right; none: any is. */
  readonly covers: readonly Cover[];
  /** Group they must be sent to; absent: no group at all. */
  readonly group?: Ip;
  /** The owner of the addresses heeds none. */
  readonly deaf: boolean;
  /** Who may send; absent: anybody. */
  readonly peers?: readonly {
    readonly address: Ip;
    readonly minTtl: number;
    readonly maxTtl: number;
  }[];
  /** Adverts that are told of once in a while: all have the same answer. */
  readonly lesser?: Lesser;
}

/** Adverts of weaker routers. */
export interface Lesser {
  /** Priorities from this on. */
  readonly from: number;
  /** To below this, and this one from a smaller address than `source`. */
  readonly below: number;
  readonly source?: Ip;
  readonly every: Micros;
}
