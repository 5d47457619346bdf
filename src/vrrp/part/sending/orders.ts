/** Actions of an instance as effects: packets, interface numbers and commands filled in. */

import { type Micros, unreachable } from "../../../net/mod.ts";
import type { Action } from "../../fsm/action.ts";
import type { VrrpConfig } from "../../config.ts";
import { announcements } from "./announcements.ts";
import { desiredAt } from "../wanted/desired.ts";
import type { Directory } from "../directory.ts";
import { hearsOf } from "../hearing/hearing.ts";
import { advertsOf } from "./advertising.ts";
import { tagsOf, verifyOf } from "../hearing/verifying.ts";
import type { VrrpEffect } from "../../effect.ts";
import type { ExpectedAdvert } from "../../wire.ts";
import type { KernelFacts } from "../../kernel_facts.ts";
import { effectivePriority, type Heard, type Instance } from "../../fsm/state.ts";
import { masterDownInterval, successionTime } from "../../fsm/timers.ts";

/** What the translation needs besides the instance. */
export interface Surroundings {
  readonly config: VrrpConfig;
  readonly directory: Directory;
  readonly kernel: KernelFacts;
}

/** Effects of one action. An instance without interface has none to send. */
export function toEffects(
  action: Action,
  self: Instance,
  around: Surroundings,
): readonly VrrpEffect[] {
  const { order } = self;
  const { ifindex } = self.health;
  switch (action.kind) {
    case "transmit":
      return ifindex === undefined ? [] : [{
        kind: "transmit",
        order,
        ifindex,
        packets: advertsOf(self, effectivePriority(self), around),
        interval: self.config.advertInt,
        immediately: action.immediately,
        ...patienceOf(self),
        farewell: advertsOf(self, 0, around),
        withdraw: [...desiredAt(self.config, around.kernel).values()],
        keep: successionTime(self.config.version, self.config.advertInt),
      }];
    case "cease":
      return [{
        kind: "cease",
        order,
        farewell: action.farewell,
        ...(action.handover && mayHandOver(self, around) && {
          handover: {
            addresses: [...desiredAt(self.config, around.kernel).values()],
            within: successionTime(self.config.version, self.config.advertInt),
          },
        }),
      }];
    case "advert": {
      const packets = advertsOf(self, effectivePriority(self), around);
      return ifindex === undefined ? [] : [{ kind: "send", order, ifindex, packets }];
    }
    case "watch": {
      const hears = hearsOf(self, around);
      return ifindex === undefined ? [] : [{
        kind: "watch",
        order,
        seq: action.seq,
        ifindex,
        tags: tagsOf(self),
        verify: verifyOf(self, around),
        ...(action.expect === undefined ? {} : { expect: expected(action.expect) }),
        ...(hears === undefined ? {} : { hears }),
        ...(action.timeout === undefined ? {} : { timeout: action.timeout }),
        ...(action.rearm === undefined ? {} : { rearm: action.rearm }),
      }];
    }
    case "unwatch":
      return [{ kind: "unwatch", order }];
    case "news":
      return [action];
    case "announce":
      return [{ kind: "announce", places: announcements(self, around, action) }];
    case "hook": {
      const { config: { name } } = self;
      const { hook, run, command, timeout } = action;
      return [{ kind: "hook", order, name, hook, run, command, timeout }];
    }
    // Of the part as a whole.
    case "reconcile":
    case "reassert-group":
      return [];
    default:
      return unreachable(action);
  }
}

/** `timer_expired_backup`: one advert is missed when the next is late by an interval less than the others wait. */
function patienceOf({ config }: Instance): { readonly patience?: Micros } {
  const { timerExpiredBackup: priority, advertInt: interval, version, downTimerAdverts } = config;
  if (priority === undefined) return {};
  return {
    patience: masterDownInterval({ version, priority, interval, downTimerAdverts }) - interval,
  };
}

/** RFC 9568 §6.4.3 says nothing of what stays after the farewell; who wants it strictly keeps nothing. */
function mayHandOver({ config }: Instance, around: Surroundings): boolean {
  return around.config.handover && !config.strict;
}

function expected({ source, destination, ttl, bytes }: Heard): ExpectedAdvert {
  return { source, destination, ttl, bytes };
}
