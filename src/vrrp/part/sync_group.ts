/**
 * Sync groups: members change state as one. keepalived: the group becomes master only when every
 * member wants to; one that is beaten pulls the others along. (Faults spread by `groupHealth`.)
 */

import { unreachable } from "../../net/mod.ts";
import type { SyncGroupConfig } from "../config.ts";
import type { NotifyState, VrrpEffect } from "../effect.ts";
import { notification } from "./orders.ts";
import type { GroupState } from "./part_state.ts";
import type { Instance } from "../fsm/state.ts";
import { tell, type Turn } from "./turn.ts";

/** Brings the groups concerned by this turn to agreement and reports their states. */
export function settleGroups(turn: Turn): void {
  for (const name of turn.groups) {
    const group = turn.part.directory.groups.get(name);
    if (group === undefined) continue;
    demoteMates(turn, group);
    promoteTogether(turn, group);
    reportGroup(turn, group);
  }
}

/** Whether a configuration makes the group begin as backup: it takes one member to say so. */
export function beginsAsBackup(members: readonly { readonly wantState: string }[]): boolean {
  return members.some((member) => member.wantState === "backup");
}

/**
 * State of a group from those of its members. One that a reload has just brought, or given another virtual router, waits
 * for its own first timeout while the others are what they were: it counts from then on.
 */
export function groupStateOf(members: readonly Instance[]): GroupState {
  const settled = members.filter(({ fresh }) => !fresh);
  const counting = settled.length > 0 ? settled : members;
  const kinds = new Set(counting.map((member) => member.state.kind));
  if (kinds.size === 0 || kinds.has("init")) return "init";
  if (kinds.has("fault")) return "fault";
  return kinds.size === 1 && kinds.has("master") ? "master" : "backup";
}

/** Positions and values of the members as they are now. */
function membersOf(turn: Turn, group: SyncGroupConfig): readonly (readonly [number, Instance])[] {
  return (turn.part.directory.members.get(group.name) ?? []).flatMap((at) => {
    const instance = turn.part.instances[at];
    return instance === undefined ? [] : [[at, instance] as const];
  });
}

function demoteMates(turn: Turn, group: SyncGroupConfig): void {
  const members = membersOf(turn, group);
  const masters = members.filter(([, member]) => member.state.kind === "master");
  if (masters.length === 0 || masters.length === members.length) return;
  const beaten = members.find(([at, { state }]) =>
    state.kind === "backup" && (turn.lost.has(at) || state.heard !== undefined)
  );
  if (beaten === undefined) return;
  const [at, { config }] = beaten;
  const why = turn.lost.get(at) ?? "hears a master";
  const cause = `with ${config.name} of sync group ${group.name}: ${why}`;
  for (const [mate] of masters) tell(turn, mate, { kind: "demote", cause });
}

function promoteTogether(turn: Turn, group: SyncGroupConfig): void {
  const members = membersOf(turn, group);
  const agreed = members.every(([, { state }]) =>
    state.kind === "master" || (state.kind === "backup" && state.willing)
  );
  if (!agreed) return;
  // keepalived: the member that was waited for goes first, the others follow. Farewells come in the order of the file, so of a pair
  // with real servers inside it is the inner address, their gateway, that is announced before the outer one brings requests in.
  const waitedFor = new Set(turn.told);
  const order = members.map(([at]) => at)
    .toSorted((a, b) => Number(waitedFor.has(b)) - Number(waitedFor.has(a)));
  for (const at of order) tell(turn, at, { kind: "promote" });
}

function reportGroup(turn: Turn, group: SyncGroupConfig): void {
  const { part } = turn;
  const before = part.groups.get(group.name);
  const state = groupStateOf(membersOf(turn, group).map(([, member]) => member));
  if (before === state) return;
  turn.part = { ...part, groups: new Map(part.groups).set(group.name, state) };
  const notice = noticeOf(state);
  if (notice === undefined) return;
  // The words that log-based alerting knows; a start is no change.
  const text = `VRRP_Group(${group.name}) Syncing instances to ${notice} state`;
  if (before !== "init") {
    turn.groupNotices.push({ kind: "log", level: "notice", from: "vrrp", text });
  }
  turn.groupNotices.push(groupNotice(group, notice));
}

/** Notification of a group. */
export function groupNotice(group: SyncGroupConfig, state: NotifyState): VrrpEffect {
  return notification(group.notify, state, { scope: "GROUP", name: group.name, priority: 0 });
}

function noticeOf(state: GroupState): NotifyState | undefined {
  switch (state) {
    case "init":
      return undefined;
    case "backup":
      return "BACKUP";
    case "master":
      return "MASTER";
    case "fault":
      return "FAULT";
    default:
      return unreachable(state);
  }
}
