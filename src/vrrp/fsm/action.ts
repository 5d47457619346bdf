/**
 * What the machine of one instance wants done. `orders.ts` turns it into effects with packets and
 * interface numbers; the machine itself knows neither.
 */

import type { ScriptCommand } from "../../global/config.ts";
import type { Ip, Micros } from "../../net/mod.ts";
import type { Remark, VrrpNews } from "../../notify/mod.ts";
import type { Heard, Instance } from "./state.ts";

/** What comes of an event. */
export type Step = readonly [Instance, readonly Action[]];

/** One action. */
export type Action =
  /** Send adverts from now on, the first at once or when the last order would have. */
  | { readonly kind: "transmit"; readonly immediately: boolean }
  /**
   * Stop sending, with an advert of priority 0 or silently. With a handover the addresses stay until the successor has
   * announced itself: nothing is wrong here.
   */
  | { readonly kind: "cease"; readonly farewell: boolean; readonly handover: boolean }
  /** Send one advert outside the order. */
  | { readonly kind: "advert" }
  | { readonly kind: "news"; readonly news: VrrpNews }
  | { readonly kind: "reconcile" }
  /** Gratuitous ARP and NA for all addresses, or for some only. */
  | {
    readonly kind: "announce";
    readonly repeat: number;
    /** These; absent: all. */
    readonly only?: readonly Ip[];
    /** Only on the interface of this index, or where `garp_extra_if` wants it; absent: everywhere. */
    readonly on?: number | "extra";
  }
  | {
    readonly kind: "watch";
    readonly seq: number;
    readonly expect: Heard | undefined;
    /** Absent: the deadline stays what it is. */
    readonly timeout: Micros | undefined;
    /** Absent: there is no deadline, as for a master, who hears whoever else speaks. */
    readonly rearm: Micros | undefined;
  }
  | { readonly kind: "unwatch" }
  /** Run a command the instance waits for; `hook-over` when it has ended. */
  | {
    readonly kind: "hook";
    readonly run: number;
    readonly hook: "pre-master" | "pre-backup";
    readonly command: ScriptCommand;
    readonly timeout: Micros;
  }
  /** The other masters of the sync group answer a weaker master too. */
  | { readonly kind: "reassert-group" };

/**
 * The order of operations (keepalived): adverts, then what is said about it, addresses, gratuitous
 * ARP, timers. (Programs are told of news only when the kernel has its orders.) It holds within a step, so also across the members of a sync group.
 */
const RANK: Readonly<Record<Action["kind"], number>> = {
  "advert": 0,
  "transmit": 1,
  "cease": 1,
  "news": 2,
  "reconcile": 3,
  "announce": 4,
  "unwatch": 5,
  "watch": 5,
  "hook": 5,
  "reassert-group": 6,
};

/** Position of an action in the order of operations. */
export function rankOf(action: Action): number {
  return RANK[action.kind];
}

/** Actions in the order of operations; those of equal rank stay as they came. */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  return actions.length < 2 ? actions : actions.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Says what is remarkable about an instance. */
export function remarkOn({ config: { name } }: Instance, remark: Remark): Action {
  return { kind: "news", news: { kind: "remark", name, remark } };
}
