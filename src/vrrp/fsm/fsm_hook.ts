/**
 * Transitions that wait for a command (ours): mastership for `hook_pre_master`, giving way for `hook_pre_backup`. What happens meanwhile
 * is heeded: a backup that hears a master waits for nothing any more, and a fault or the end waits for no command at all.
 */

import type { Micros } from "../../net/mod.ts";
import type { Cause } from "../../notify/mod.ts";
import type { Action, Step } from "./action.ts";
import { becomeMaster, enterBackup, type WayToBackup } from "./fsm_move.ts";
import type { BackupState, Heard, HookRun, Instance, MasterState } from "./state.ts";

/** Why a backup becomes master. */
export type CauseOf = (self: Instance, state: BackupState) => Cause;

/** Whether a backup that is willing may not be master yet. */
export function isHeld({ state }: Instance): boolean {
  return state.kind === "backup" && state.hook?.until !== undefined;
}

/** A backup whose time has come: it is master at once, or willing until its command has ended and its group agrees. */
export function comeToPower(
  self: Instance,
  state: BackupState,
  { cause, now }: { readonly cause: Cause; readonly now: Micros },
): Step {
  const command = self.config.hooks?.preMaster;
  if (command === undefined || self.config.hooks === undefined) {
    return self.group === undefined
      ? becomeMaster(self, cause, now)
      : [{ ...self, state: { ...state, willing: true } }, []];
  }
  const { timeout } = self.config.hooks;
  const [next, hook] = begun(self, now + timeout);
  const waiting: Instance = { ...next, state: { ...state, willing: true, hook } };
  return [waiting, [{ kind: "hook", run: hook.run, hook: "pre-master", command, timeout }]];
}

/** A master gives way: to backup at once, or when its command has ended. It sends nothing any more. */
export function giveWay(
  self: Instance,
  state: MasterState,
  { way, now }: { readonly way: WayToBackup; readonly now: Micros },
): Step {
  const { hooks } = self.config;
  if (hooks?.preBackup === undefined || way.cause.kind === "lease-lapsed") {
    return enterBackup(self, way, now);
  }
  if (state.leaving !== undefined) return [self, []];
  const { timeout, preBackup: command } = hooks;
  const [next, hook] = begun(self, now + timeout);
  const { cause, heard } = way;
  const leaving = { ...hook, cause, ...(heard && { heard }) };
  const actions: readonly Action[] = [
    { kind: "cease", farewell: false, handover: false },
    { kind: "hook", run: hook.run, hook: "pre-backup", command, timeout },
  ];
  return [{ ...next, state: { ...state, leaving } }, actions];
}

/** A command that was waited for has ended. */
export function onHookOver(
  self: Instance,
  { run, causeOf }: { readonly run: number; readonly causeOf: CauseOf },
  now: Micros,
): Step {
  const { state } = self;
  const awaited = state.kind === "backup"
    ? state.hook
    : state.kind === "master"
    ? state.leaving
    : undefined;
  return awaited?.run === run ? goOn(self, causeOf, now) : [self, []];
}

/** When a command that is waited for is given up. */
export function hookDeadline({ state }: Instance): Micros | undefined {
  if (state.kind === "master") return state.leaving?.until;
  return state.kind === "backup" ? state.hook?.until : undefined;
}

/** Nothing is waited for any longer: what was to happen does; of a group when all agree. */
export function goOn(self: Instance, causeOf: CauseOf, now: Micros): Step {
  const { state } = self;
  if (state.kind === "master" && state.leaving !== undefined) {
    const { cause, heard } = state.leaving;
    return enterBackup(self, { cause, ...wayOf(heard) }, now);
  }
  if (state.kind !== "backup" || state.hook?.until === undefined) return [self, []];
  const { run } = state.hook;
  const ready: Instance = { ...self, state: { ...state, hook: { run } } };
  return self.group === undefined ? becomeMaster(ready, causeOf(self, state), now) : [ready, []];
}

function wayOf(heard: Heard | undefined): Pick<WayToBackup, "heard"> {
  return heard === undefined ? {} : { heard };
}

function begun(self: Instance, until: Micros): readonly [Instance, Required<HookRun>] {
  const run = self.lastHook + 1;
  return [{ ...self, lastHook: run }, { run, until }];
}
