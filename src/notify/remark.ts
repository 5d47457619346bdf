/** What is remarkable about an instance without being a change of it: its kinds, and their words. */

import type { LogLine } from "../global/log.ts";
import { errnoText } from "../net/errno.ts";
import { type Ip, type Micros, SECOND, unreachable } from "../net/mod.ts";

/** One remark. */
export type Remark =
  /** VRRPv3: the master adverts at another interval, which is followed. */
  | { readonly kind: "other-interval"; readonly theirs: Micros; readonly ours: Micros }
  /** Two nodes call themselves owner of the addresses. */
  | { readonly kind: "two-owners"; readonly peer: Ip }
  /** An own advert comes back. */
  | { readonly kind: "echo" }
  /** An advert was dropped; why, for a person. */
  | { readonly kind: "advert-dropped"; readonly peer: Ip; readonly detail: string }
  /** An advert has other addresses than those configured. */
  | { readonly kind: "other-addresses"; readonly peer: Ip }
  /** Somebody else announces an address of a master; `unheard`: no advert that could not be used explains it. */
  | {
    readonly kind: "claimed";
    readonly address: Ip;
    readonly mac: string;
    readonly unheard: boolean;
  }
  /** Its adverts cannot be sent, or, with `errno` 0, can again. */
  | { readonly kind: "sending"; readonly errno: number }
  /** An advert has a checksum of another form than ours; by unicast that peer gets it from now on. */
  | { readonly kind: "other-checksum"; readonly peer: Ip; readonly form: keyof typeof FORMS }
  /** Somebody took an address from a master, which puts it back. */
  | { readonly kind: "address-taken"; readonly address: Ip; readonly prefixLength: number };

/** Forms of a VRRPv3 checksum (wire.md §1.3). */
const FORMS = {
  plain: "without pseudo-header: in a group it needs v3_checksum_as_v2",
  pseudo: "with pseudo-header",
  "pseudo-to": "of releases before 1.3.6",
} as const;

/** Severity and words. */
export function remarkWords(remark: Remark): readonly [LogLine["level"], string] {
  switch (remark.kind) {
    case "other-interval": {
      const [theirs, ours] = [remark.theirs / SECOND, remark.ours / SECOND];
      return ["info", `Following the master's advert interval ${theirs} s, configured is ${ours}`];
    }
    case "two-owners":
      return ["error", `Configured as owner (priority 255), but so is ${remark.peer}`];
    case "echo":
      return ["warning", "Hears its own adverts: a loop, or another node with its address"];
    case "advert-dropped":
      return ["warning", `Cannot use advert from ${remark.peer}: ${remark.detail}`];
    case "other-addresses":
      return ["warning", `Advert from ${remark.peer} has other addresses than those configured`];
    case "claimed":
      return [
        "error",
        `Another master: ${remark.mac} announces ${remark.address} as well` +
        (remark.unheard ? "; adverts leave and none arrive: is protocol 112 accepted?" : ""),
      ];
    case "sending":
      return remark.errno === 0
        ? ["notice", "Can send adverts again: announces its addresses anew"]
        : ["error", `Cannot send adverts: ${errnoText(remark.errno)}${whyOf(remark.errno)}`];
    case "other-checksum":
      return ["warning", `Advert from ${remark.peer} has a checksum ${FORMS[remark.form]}`];
    case "address-taken": {
      const address = `${remark.address}/${remark.prefixLength}`;
      return ["warning", `Address ${address} was removed by somebody else: puts it back`];
    }
    default:
      return unreachable(remark);
  }
}

/** `EPERM`: what a packet filter answers when it drops what a host sends. */
const REFUSED = 1;

function whyOf(errno: number): string {
  return errno === REFUSED ? ", a packet filter of this host drops them" : "";
}
