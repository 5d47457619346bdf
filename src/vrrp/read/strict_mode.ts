/** What strict mode, and owning the addresses, do to settings of an instance. */

import { lastUse, lastValue, tell, type Use } from "../../language/mod.ts";
import type { GarpSchedule } from "../../global/config.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import type { Subject } from "./subject.ts";

/** Adverts of the master that may be missed. */
const DOWN_TIMER_ADVERTS = 3;

type Advertising = Pick<
  VrrpInstanceConfig,
  "lowerPrioNoAdvert" | "higherPrioSendAdvert" | "ownerIgnoreAdverts" | "downTimerAdverts"
>;

/** How an instance answers adverts. */
export function advertising(
  subject: Subject,
  { priority }: Pick<VrrpInstanceConfig, "priority">,
): Advertising {
  const { bound, strict, context: { global } } = subject;
  const lower = lastUse(bound.lower_prio_no_advert);
  if (strict && lower?.value === false) forbid(subject, lower);
  const higher = lastUse(bound.higher_prio_send_advert);
  if (strict && higher?.value === true) forbid(subject, higher);
  return {
    lowerPrioNoAdvert: strict || (lower?.value ?? global.vrrpLowerPrioNoAdvert),
    higherPrioSendAdvert: !strict && (higher?.value ?? global.vrrpHigherPrioSendAdvert),
    ownerIgnoreAdverts: ownerIgnoreAdverts(subject, priority),
    downTimerAdverts: downTimerAdverts(subject),
  };
}

function forbid({ name }: Subject, use: Use<unknown>): void {
  tell(use, "strict", `Cannot use ${use.name} in ${name}: strict mode forbids it`, {
    keyword: true,
  });
}

function downTimerAdverts({ bound, name, self, strict, context }: Subject): number {
  const use = lastUse(bound.down_timer_adverts);
  const adverts = use?.value ?? context.global.vrrpDownTimerAdverts;
  if (!strict || adverts === DOWN_TIMER_ADVERTS) return adverts;
  tell(
    use ?? self,
    "strict",
    `Cannot miss ${adverts} adverts in ${name}: strict mode allows ${DOWN_TIMER_ADVERTS}, which is used`,
  );
  return DOWN_TIMER_ADVERTS;
}

/** keepalived: only the owner of the addresses may ignore adverts, and it may not be told to heed them. */
function ownerIgnoreAdverts({ bound, name, strict, context }: Subject, priority: number): boolean {
  const use = lastUse(bound.owner_ignore_adverts);
  const owns = priority === 255;
  if (use !== undefined && use.value !== owns) {
    if (!owns) {
      tell(use, "conflict", `Cannot use owner_ignore_adverts in ${name}: its priority is not 255`, {
        keyword: true,
      });
    } else {
      tell(use, "conflict", `Cannot have the owner heed adverts in ${name}: it ignores them`);
    }
  }
  if (!owns) return false;
  return use !== undefined || strict || context.global.vrrpOwnerIgnoreAdverts;
}

/**
 * The owner of the addresses takes traffic to them. keepalived: in strict mode nobody else does, but in VRRPv3 who says accept; without it
 * all do, but who says no_accept.
 */
export function acceptsTraffic(
  { bound, name, strict }: Subject,
  { version, priority }: Pick<VrrpInstanceConfig, "version" | "priority">,
): boolean {
  if (priority === 255) return true;
  if (!strict) return lastValue(bound.no_accept) !== true;
  const accept = lastUse(bound.accept);
  if (accept !== undefined && version === 2) {
    tell(accept, "strict", `Cannot use accept in ${name}: strict VRRPv2 forbids it`);
  }
  return accept !== undefined && version === 3;
}

/** The instance's schedule over the global one. keepalived: strict mode sends one burst on hearing a weaker master. */
export function garpSchedule(subject: Subject): GarpSchedule {
  const { bound, strict, context: { global: { garp } } } = subject;
  for (const use of [lastUse(bound.garp_lower_prio_repeat), lastUse(bound.garp_lower_prio_delay)]) {
    if (strict && use !== undefined && use.value !== 0) forbid(subject, use);
  }
  const extra = lastValue(bound.garp_extra_if) ?? garp.extra;
  return {
    // keepalived: 0 s switches off what is global.
    ...(extra !== undefined && extra.interval > 0 && { extra }),
    masterDelay: lastValue(bound.garp_master_delay) ?? garp.masterDelay,
    masterRepeat: lastValue(bound.garp_master_repeat) ?? garp.masterRepeat,
    masterRefresh: lastValue(bound.garp_master_refresh) ?? garp.masterRefresh,
    masterRefreshRepeat: lastValue(bound.garp_master_refresh_repeat) ?? garp.masterRefreshRepeat,
    lowerPrioDelay: strict ? 0 : lastValue(bound.garp_lower_prio_delay) ?? garp.lowerPrioDelay,
    lowerPrioRepeat: strict ? 0 : lastValue(bound.garp_lower_prio_repeat) ?? garp.lowerPrioRepeat,
  };
}
