/** What can happen to the LVS part. */

import type { Outcome } from "../../check/probe.ts";
import type { Tracker, TrackerStates } from "../../track/tracker.ts";
import type { IpvsTable } from "../../kernel/ipvs/ipvs_model.ts";
import type { LvsConfig } from "../config.ts";
import type { ConnectionCount } from "../slowly/leaving.ts";
import type { PortUse } from "../beside/ports.ts";
import type { HostAddress } from "../beside/presence.ts";

/** One event. `start` is the first. */
export type LvsEvent =
  | { readonly kind: "start"; readonly present?: readonly HostAddress[] }
  /** This host has an address now, or has it no more. */
  | { readonly kind: "address"; readonly address: HostAddress; readonly present: boolean }
  /** A probe found something other than expected. */
  | {
    readonly kind: "outcome";
    readonly order: number;
    readonly seq: number;
    readonly outcome: Outcome;
  }
  /** A MISC_CHECK command ended; absent code: ended by a signal or its timeout, or it cannot be run. */
  | {
    readonly kind: "check-result";
    readonly order: number;
    readonly seq: number;
    readonly code?: number;
  }
  /** This host lacked what it takes to start a MISC_CHECK command. */
  | {
    readonly kind: "check-not-begun";
    readonly order: number;
    readonly seq: number;
    /** For a person: `too many open files`. */
    readonly why: string;
  }
  /** Trackers are otherwise than before; `trackers` is what is known of all. */
  | {
    readonly kind: "tracked";
    readonly trackers: TrackerStates;
    readonly changed: "all" | readonly Tracker[];
  }
  /** Connections of some services, as far as they could be counted. */
  | { readonly kind: "connections"; readonly counts: readonly ConnectionCount[] }
  /** The kernel's table was read for the first time. */
  | { readonly kind: "found"; readonly table: IpvsTable }
  /** Ports of local addresses that are in use: nothing of those that have fewer connections than matter. */
  | { readonly kind: "ports"; readonly uses: readonly PortUse[] }
  /** `now` has reached `nextDeadline`. */
  | { readonly kind: "deadline" }
  | {
    readonly kind: "reload";
    readonly config: LvsConfig;
    /** Addresses of this host, of those that {@linkcode suspendingAddresses} names. */
    readonly present?: readonly HostAddress[];
  }
  | { readonly kind: "shutdown" };
