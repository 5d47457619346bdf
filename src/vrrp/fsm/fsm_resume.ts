/** An instance goes on with what the run of the daemon before it knew. */

import type { Micros } from "../../net/mod.ts";
import type { Step } from "./action.ts";
import { downInterval } from "./election.ts";
import { begin, ear, enterFault, periods, watchAction } from "./fsm_move.ts";
import type { BackupState, Health, Instance } from "./state.ts";
import type { Statistics } from "./statistics.ts";

/** What it was, and what the world makes of it now. */
export interface Resumption {
  readonly kind: "resumed";
  /** A master's adverts never ceased, and its addresses are there. */
  readonly as: "master" | "backup" | "fault";
  readonly since: Micros;
  /** Active_Adver_Interval of a backup; absent: its own. */
  readonly interval?: Micros;
  readonly yielded: boolean;
  readonly forms: Instance["forms"];
  readonly statistics: Statistics;
  readonly health: Health;
}

/** Nobody is told of a state that it had before. What has changed meanwhile is a change like any other. */
export function onResumed(before: Instance, was: Resumption, now: Micros): Step {
  const { as, since, yielded, forms, statistics, health } = was;
  const self: Instance = { ...before, since, yielded, forms, statistics, health, fresh: false };
  switch (as) {
    case "master":
      return resumeMaster(self, now);
    case "backup":
      return resumeBackup(self, was.interval ?? self.config.advertInt, now);
    case "fault":
      return resumeFault(self, now);
  }
}

/** The guardian is relieved by the first advert, also when the state cannot last. */
function resumeMaster(self: Instance, now: Micros): Step {
  const { garp } = self.config;
  const state = { kind: "master", burst: undefined, conflicts: 0, ...periods(garp, now) } as const;
  const master: Instance = { ...self, state };
  const speaks = { kind: "transmit", immediately: true } as const;
  if (self.health.causes.length === 0) return [master, [speaks, ear(master)]];
  const [next, actions] = enterFault(master, now);
  return [next, [speaks, ...actions]];
}

function resumeBackup(self: Instance, interval: Micros, now: Micros): Step {
  const state: BackupState = {
    kind: "backup",
    seq: self.seq + 1,
    activeAdverInterval: self.config.version === 2 ? self.config.advertInt : interval,
    heard: undefined,
    preemptAt: undefined,
    willing: false,
    hint: undefined,
  };
  const backup: Instance = { ...self, state, seq: state.seq };
  if (self.health.causes.length > 0) return enterFault(backup, now);
  const timeout = downInterval(backup, state.activeAdverInterval);
  return [backup, [watchAction(backup, state, timeout)]];
}

function resumeFault(self: Instance, now: Micros): Step {
  const { causes, ready } = self.health;
  const faulty: Instance = { ...self, state: { kind: "fault", causes } };
  return causes.length > 0 || !ready ? [faulty, []] : begin(faulty, { kind: "start" }, now);
}
