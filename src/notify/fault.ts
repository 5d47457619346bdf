/** Why an instance is in `fault`. */

import { type Ip, unreachable } from "../net/mod.ts";

/** One cause. An instance may have several and leaves `fault` with the last. */
export type FaultCause =
  /** The interface adverts go through does not exist. */
  | { readonly kind: "interface-missing"; readonly ifname: string }
  /** Something followed without weight is not as it should be; what was found of it, for a person: `is down`. */
  | {
    readonly kind: "tracker";
    readonly tracker: { readonly kind: string; readonly name: string };
    readonly found: string;
  }
  /** The interface has no address to send from. */
  | { readonly kind: "no-source-address"; readonly ifname: string }
  /** No interface has the address it is configured to send from, or that cannot be used yet. */
  | { readonly kind: "source-missing"; readonly source: Ip }
  /** By unicast, but to nobody (`unicast_fault_no_peer`). */
  | { readonly kind: "no-peer" }
  /** It shall send from an address of a loopback, and its interface is not named. */
  | { readonly kind: "source-on-loopback"; readonly source: Ip }
  /** A virtual address is an interface's own, and this is not its owner (RFC 9568 §1.6). */
  | { readonly kind: "own-address"; readonly ifname: string; readonly address: string }
  /** The socket for adverts could not be opened; it is tried again. */
  | { readonly kind: "socket"; readonly ifname: string; readonly reason: string }
  /** Something of it that somebody took out of the kernel cannot be put back; what and why, for a person. It is tried again. */
  | { readonly kind: "lost"; readonly what: string; readonly why: string }
  /** Another member of the sync group is in fault. */
  | { readonly kind: "group"; readonly member: string };

/** A cause for a person. */
export function describeFault(cause: FaultCause): string {
  switch (cause.kind) {
    case "interface-missing":
      return `interface ${cause.ifname} does not exist`;
    case "tracker":
      return `${cause.tracker.kind} ${cause.tracker.name} ${cause.found}`;
    case "no-source-address":
      return `no source address on ${cause.ifname}`;
    case "source-missing":
      return `no interface has the source address ${cause.source}`;
    case "no-peer":
      return "it has no unicast peer";
    case "source-on-loopback":
      return `only a loopback has the source address ${cause.source}, and interface is not set`;
    case "own-address":
      return `${cause.address} is the own address of ${cause.ifname}: ` +
        "with a priority below 255 it cannot be virtual";
    case "socket":
      return `no VRRP socket on ${cause.ifname}: ${cause.reason}`;
    case "lost":
      return `${cause.what} was removed by somebody else and cannot be put back: ${cause.why}`;
    case "group":
      return `${cause.member} of the same sync group is in fault`;
    default:
      return unreachable(cause);
  }
}

/** All causes for a person. */
export function describeFaults(causes: readonly FaultCause[]): string {
  return causes.map(describeFault).join(", ");
}

/** Whether both are the same causes in the same order. */
export function sameFaults(a: readonly FaultCause[], b: readonly FaultCause[]): boolean {
  return a.length === b.length && describeFaults(a) === describeFaults(b);
}
