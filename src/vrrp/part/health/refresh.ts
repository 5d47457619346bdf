/** Computes the health of instances anew and tells those for which it changed. */

import { type Facts, groupHealth, ownHealth } from "./health.ts";
import { sameHealth } from "../../fsm/fsm.ts";
import type { Following } from "./following.ts";
import type { Link } from "../../../kernel/link.ts";
import { restingSources, type VrrpPart } from "../part_state.ts";
import type { Health } from "../../fsm/state.ts";
import { tell, type Turn } from "../turn.ts";

/** Of every instance. */
export function refreshAll(turn: Turn): void {
  refresh(turn, [...turn.part.instances.keys()]);
}

/** Of these instances; positions of a sync group come complete from the directory. */
export function refresh(turn: Turn, positions: readonly number[]): void {
  for (const [at, health] of healths(turn.part, positions)) {
    const self = turn.part.instances[at];
    if (self !== undefined && !sameHealth(self.health, health)) {
      tell(turn, at, { kind: "health", health });
    }
  }
}

/** Instances whose health depends on an interface, with those without one that stand on it now. */
export function concernedBy(
  { directory, instances }: VrrpPart,
  { ifindex, ifname }: Pick<Link, "ifindex" | "ifname">,
): readonly number[] {
  const roaming = directory.roaming.filter((at) => instances[at]?.health.ifindex === ifindex);
  const named = directory.byInterface.get(ifname) ?? [];
  return roaming.length === 0 ? named : [...named, ...roaming];
}

/** Health of these instances and of all members of their groups. */
export function healths(
  part: VrrpPart,
  positions: readonly number[],
): ReadonlyMap<number, Health> {
  const facts: Facts = {
    kernel: part.kernel,
    trackers: part.trackers,
    directory: part.directory,
    socketFailures: part.socketFailures,
    lost: part.lost,
    awaited: part.awaited?.links ?? NO_LINKS,
    resting: restingSources(part),
    started: part.phase === "running" && part.takesPartAt === undefined,
  };
  const followingAt = (at: number) => part.directory.following[at] ?? NOTHING;
  const found = new Map<number, Health>();
  for (const at of positions) {
    const self = part.instances[at];
    if (self === undefined || found.has(at)) continue;
    const group = facts.directory.groupOf.get(self.config.name);
    const members = group && facts.directory.members.get(group.name);
    if (members === undefined) {
      found.set(at, ownHealth(self, followingAt(at), facts));
      continue;
    }
    const owns = members.flatMap((member) => {
      const mate = part.instances[member];
      return mate === undefined
        ? []
        : [[mate.config.name, ownHealth(mate, followingAt(member), facts)] as const];
    });
    for (const [index, health] of groupHealth(owns).entries()) {
      const member = members[index];
      if (member !== undefined) found.set(member, health);
    }
  }
  return found;
}

const NOTHING: Following = [];

const NO_LINKS: ReadonlySet<string> = new Set();
