/** What decides the election of an instance: version, priority, preemption, interval. */

import { fieldsOf, lastUse, lastValue, tell, valueIn } from "../../language/mod.ts";
import type { Family } from "../../net/ip.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import type { Subject } from "./subject.ts";
import { VRRP_INSTANCE } from "./keywords.ts";
import type { VrrpInstanceConfig } from "../config.ts";

export function versionOf({ bound, context }: Subject, family: Family): 2 | 3 {
  const written = lastValue(bound.version);
  if (written !== undefined) return written === 3 ? 3 : 2;
  return family === "inet6" ? 3 : context.global.vrrpVersion;
}

/** keepalived: strict mode wants MASTER exactly with priority 255. */
export function priorityAndState(
  { bound, name, strict, self }: Subject,
): Pick<VrrpInstanceConfig, "priority" | "wantState"> {
  const written = lastUse(bound.state);
  const given = bound.priority !== undefined;
  const priority = lastValue(bound.priority) ?? (written?.value === "master" && !given ? 255 : 100);
  const owner = priority === 255 ? "master" : "backup";
  const wantState = written?.value ?? owner;
  if (!strict || wantState === owner) return { priority, wantState };
  tell(
    written ?? self,
    "strict",
    `Cannot begin vrrp_instance ${name} as ${wantState} in strict mode: MASTER goes with priority 255 only`,
  );
  return { priority, wantState: owner };
}

export function preemptionOf(
  { bound, name, strict }: Subject,
  { priority, wantState }: Pick<VrrpInstanceConfig, "priority" | "wantState">,
): Pick<VrrpInstanceConfig, "nopreempt" | "preemptDelay"> {
  const nopreemptUse = lastUse(bound.nopreempt);
  const delayUse = lastUse(bound.preempt_delay);
  let nopreempt = nopreemptUse !== undefined;
  let preemptDelay: Micros = valueIn(VRRP_INSTANCE, bound, "preempt_delay");
  if (nopreemptUse !== undefined) {
    if (wantState === "master") {
      tell(
        nopreemptUse,
        "conflict",
        `Cannot use nopreempt in ${name}: it needs state BACKUP, it is left out`,
      );
      nopreempt = false;
    } else if (priority === 255) {
      tell(
        nopreemptUse,
        "conflict",
        `Cannot use nopreempt in ${name}: priority 255 always takes over`,
      );
      nopreempt = false;
    }
  }
  if (delayUse !== undefined && preemptDelay > 0) {
    const why = strict
      ? "strict mode forbids it"
      : nopreempt
      ? "there is nopreempt"
      : wantState === "master"
      ? "it needs state BACKUP"
      : undefined;
    if (why !== undefined) {
      tell(
        delayUse,
        strict ? "strict" : "conflict",
        `Cannot use preempt_delay in ${name}: ${why}, it is left out`,
      );
      preemptDelay = 0;
    }
  }
  return { nopreempt, preemptDelay };
}

export function advertInterval({ bound, name }: Subject, version: 2 | 3): Micros {
  const use = lastUse(bound.advert_int);
  if (use === undefined) return fieldsOf(VRRP_INSTANCE, bound).advertInt;
  const step = version === 2 ? SECOND : SECOND / 100;
  const max = version === 2 ? 255 * SECOND : 40.95 * SECOND;
  const rounded = Math.max(step, Math.round(use.value / step) * step);
  if (rounded > max) {
    tell(
      use,
      "out-of-range",
      `Cannot advertise every ${use.value / SECOND} s in VRRPv3: 40.95 s is used in ${name}`,
    );
    return max;
  }
  if (rounded !== use.value) {
    const what = version === 2 ? "VRRPv2 counts whole seconds" : "VRRPv3 counts steps of 10 ms";
    tell(
      use,
      "rounded",
      `Cannot advertise every ${use.value / SECOND} s: ${what}, ${
        rounded / SECOND
      } s is used in ${name}`,
    );
  }
  return rounded;
}
