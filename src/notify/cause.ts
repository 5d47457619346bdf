/** Why something happened: data, and its words for a person. */

import { type Ip, type Micros, SECOND, unreachable } from "../net/mod.ts";
import { describeFaults, type FaultCause } from "./fault.ts";

/** What a priority may depend on, as the part of the trackers names it: `script chk`. */
export interface TrackerName {
  readonly kind: string;
  readonly name: string;
}

/** What a tracker adds to a priority; 0 for one that adds nothing any more. */
export interface TrackerWeight {
  readonly tracker: TrackerName;
  /** −254 to 254. */
  readonly amount: number;
}

/** One cause. Peers are named by the address they advertise from. */
export type Cause =
  /** The program began, or a reload brought it. */
  | { readonly kind: "start"; readonly owner?: true }
  /** What kept it in fault is over. */
  | { readonly kind: "recovery"; readonly faults: readonly FaultCause[]; readonly owner?: true }
  | { readonly kind: "faults"; readonly faults: readonly FaultCause[] }
  /** No advert in time; the peer that was heard last, if one was. */
  | { readonly kind: "silence"; readonly peer: Ip | undefined; readonly during: Micros }
  /** An advert of priority 0. */
  | { readonly kind: "resignation"; readonly peer: Ip }
  /** The master is weaker than this node, which may preempt it. */
  | {
    readonly kind: "weaker-master";
    readonly peer: Ip;
    /** The master's, 1 to 255. */
    readonly priority: number;
    /** This node's effective one, 1 to 255. */
    readonly own: number;
  }
  /** The advert that beat it. */
  | { readonly kind: "stronger-master"; readonly peer: Ip; readonly priority: number }
  /** There is a master; this node was none. */
  | { readonly kind: "other-master"; readonly peer: Ip; readonly priority: number }
  /** It follows another member of its sync group. */
  | {
    readonly kind: "sync-group";
    readonly group: string;
    readonly member: string;
    readonly why: Cause;
  }
  /** Of a sync group: this member moved it. */
  | { readonly kind: "member"; readonly member: string; readonly why: Cause }
  /** Of a sync group: other members count than before. */
  | { readonly kind: "membership" }
  /** Of a priority: what these add is another amount now. */
  | { readonly kind: "trackers"; readonly changed: readonly TrackerWeight[] }
  /** The main loop did not renew the lease of its adverts. */
  | { readonly kind: "lease-lapsed" }
  /** Of a real server: what a checker found; absent: it succeeded. */
  | { readonly kind: "checker"; readonly checker: string; readonly why?: string }
  /** Of a virtual server: this real server of its changed. */
  | { readonly kind: "real-server"; readonly server: string; readonly why: Cause }
  | { readonly kind: "reload" }
  /** A reload took it out of the configuration. */
  | { readonly kind: "removal" }
  | { readonly kind: "shutdown" };

/** A cause for a person. */
export function describeCause(cause: Cause): string {
  switch (cause.kind) {
    case "start":
      return `start${ownership(cause)}`;
    case "recovery":
      return `over: ${describeFaults(cause.faults)}${ownership(cause)}`;
    case "faults":
      return describeFaults(cause.faults);
    case "silence": {
      const from = cause.peer === undefined ? "" : ` from ${cause.peer}`;
      return `no advert${from} for ${(cause.during / SECOND).toFixed(2)} s`;
    }
    case "resignation":
      return `${cause.peer} gave up mastership (priority 0)`;
    case "weaker-master":
      return `${cause.peer} has priority ${cause.priority}, lower than ${cause.own}`;
    case "stronger-master":
      return `advert of priority ${cause.priority} from ${cause.peer}`;
    case "other-master":
      return "hears a master";
    case "sync-group":
      return `with ${cause.member} of sync group ${cause.group}: ${describeCause(cause.why)}`;
    case "member":
      return `${cause.member}: ${describeCause(cause.why)}`;
    case "membership":
      return "other members count";
    case "trackers":
      return cause.changed.map(({ tracker, amount }) =>
        `${tracker.kind} ${tracker.name} adds ${amount}`
      ).join(", ");
    case "lease-lapsed":
      return "the main loop did not renew its lease in time";
    case "checker":
      return `${cause.checker} ${cause.why === undefined ? "succeeded" : `failed: ${cause.why}`}`;
    case "real-server":
      return `${cause.server}: ${describeCause(cause.why)}`;
    case "removal":
      return "removed by reload";
    case "reload":
    case "shutdown":
      return cause.kind;
    default:
      return unreachable(cause);
  }
}

function ownership({ owner }: { readonly owner?: true }): string {
  return owner === true ? ", owner of its addresses" : "";
}
