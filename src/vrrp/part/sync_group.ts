/**
 * Sync groups: members change state as one. keepalived: the group becomes master only when every
 * member wants to; one that is beaten pulls the others along. (Faults spread by `groupHealth`.)
 */

import type { Cause, GroupNews } from "../../notify/mod.ts";
import type { SyncGroupConfig } from "../config.ts";
import type { VrrpEffect } from "../effect.ts";
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
  const [at, member] = beaten;
  const why = turn.lost.get(at) ?? otherMaster(member);
  if (why === undefined) return;
  const cause = {
    kind: "sync-group",
    group: group.name,
    member: member.config.name,
    why,
  } as const;
  for (const [mate] of masters) tell(turn, mate, { kind: "demote", cause });
}

function otherMaster({ state }: Instance): Cause | undefined {
  const heard = state.kind === "backup" ? state.heard : undefined;
  return heard && { kind: "other-master", peer: heard.source, priority: heard.priority };
}

function promoteTogether(turn: Turn, group: SyncGroupConfig): void {
  const members = membersOf(turn, group);
  const agreed = members.every(([, { state }]) =>
    state.kind === "master" ||
    (state.kind === "backup" && state.willing && state.hook?.until === undefined)
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
  const from = part.groups.get(group.name) ?? "init";
  const members = membersOf(turn, group);
  const to = groupStateOf(members.map(([, member]) => member));
  if (from === to) return;
  turn.part = { ...part, groups: new Map(part.groups).set(group.name, to) };
  turn.groupNews.push(groupNews(group, { from, to, cause: causeOfMove(turn, members) }));
}

/** What moved a group: the member that moved by itself, else the first that moved. */
function causeOfMove(turn: Turn, members: readonly (readonly [number, Instance])[]): Cause {
  const places = new Map(members);
  const moved = [...turn.moved].filter(([at]) => places.has(at));
  const first = moved.find(([, cause]) => !isOfGroup(cause)) ?? moved[0];
  if (first === undefined) return { kind: "membership" };
  const [at, why] = first;
  return { kind: "member", member: places.get(at)?.config.name ?? "", why };
}

function isOfGroup(cause: Cause): boolean {
  return cause.kind === "sync-group" ||
    (cause.kind === "faults" && cause.faults.every(({ kind }) => kind === "group"));
}

/** News of a group. */
export function groupNews(
  { name, notify: scripts }: SyncGroupConfig,
  change: Pick<GroupNews, "from" | "to" | "cause">,
): VrrpEffect {
  return { kind: "news", news: { kind: "group", name, ...change, scripts } };
}
