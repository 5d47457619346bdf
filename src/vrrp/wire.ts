/**
 * What goes over the wire, as the core is ordered: templates of what is sent, tags and proofs of what is heard. Headers, checksums and
 * seals are the core's. What is a secret or bytes here is hexadecimal text there (`daemon/core/wire_calls.ts`).
 */

import type * as core from "../core/protocol.ts";
import type { Secret } from "../net/secret.ts";

export type { Channel, Cover, Hears, Lesser, Tag } from "../core/protocol.ts";

/** `T` with secrets in place of the text of keys. */
type Keyed<T> = T extends { readonly key: core.Key } ? Omit<T, "key"> & { readonly key: Secret }
  : T extends { readonly keys: readonly core.TrailerKey[] }
    ? Omit<T, "keys"> & { readonly keys: readonly Keyed<core.TrailerKey>[] }
  : T;

/** What the core adds to every transmission: a number that never repeats, and proof of the sender (wire.md §1.4 and §1.5). */
export type Seal = Keyed<core.Seal>;

/** One payload to one or several destinations. */
export interface Template extends Omit<core.Template, "hex" | "checksum" | "seal"> {
  /** The PDU, with a checksum of 0. */
  readonly payload: Uint8Array;
  /** Where the checksum is put. */
  readonly checksum: core.Checksum;
  readonly seal?: Seal;
}

/** The advert that re-arms a watch without being reported. */
export interface ExpectedAdvert extends Omit<core.Expected, "hex"> {
  /** The PDU, without what seals it. */
  readonly bytes: Uint8Array;
}

/** How an advert proves who sent it. */
export type Proof = Keyed<core.Proof>;

/** How adverts are verified, in keepalived's order (wire.md §1.6). */
export interface Verify extends Omit<core.Verify, "proof" | "version"> {
  readonly version: 2 | 3;
  readonly proof: Proof;
}
