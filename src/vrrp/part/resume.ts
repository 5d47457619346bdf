/**
 * States of instances and groups, kept for the next run of the daemon, and taken over by it. What this node is master of is told by
 * the guardian, which speaks for it until then; all else by what was kept.
 */

import type { VrrpInstanceConfig } from "../config.ts";
import type { Resumption } from "../fsm/fsm_resume.ts";
import { statisticsFrom } from "../fsm/statistics.ts";
import type { HeldRouter, RoutersBefore, SavedInstance, SavedRouters } from "../saved.ts";
import type { VrrpPart } from "./part_state.ts";
import { healths } from "./health/refresh.ts";
import { tell, type Turn } from "./turn.ts";

/** What there is to keep. */
export function savedRouters({ instances, groups }: VrrpPart): SavedRouters {
  return {
    instances: instances.map(({ config, state, since, yielded, forms, statistics }) => ({
      name: config.name,
      vrid: config.virtualRouterId,
      ipv6: config.family === "inet6",
      state: state.kind,
      since,
      ...(state.kind === "backup" && { interval: state.activeAdverInterval }),
      ...(yielded && { yielded }),
      ...(forms.size > 0 && { forms: [...forms].map(([peer, cover]) => ({ peer, cover })) }),
      statistics,
    })),
    groups: [...groups].map(([name, state]) => ({ name, state })),
  };
}

/** Virtual routers this node is master of, as a guardian names them. */
export function heldRouters({ instances }: VrrpPart): readonly HeldRouter[] {
  return instances.flatMap((self) => {
    const { config, state, health: { ifindex } } = self;
    if (state.kind !== "master" || ifindex === undefined) return [];
    return [{ ifindex, vrid: config.virtualRouterId, ipv6: config.family === "inet6" }];
  });
}

/** Every instance goes on with what it was; one that is new, or another virtual router by now, begins. */
export function resume(turn: Turn, { saved, held }: RoutersBefore): void {
  const groups = new Map(turn.part.groups);
  for (const { name, state } of saved.groups) if (groups.has(name)) groups.set(name, state);
  // Whatever was to be waited for at the start was waited for.
  turn.part = { ...turn.part, groups, takesPartAt: undefined };
  const known = new Map(saved.instances.map((each) => [each.name, each]));
  for (const [at, health] of healths(turn.part, [...turn.part.instances.keys()])) {
    const config = turn.part.instances[at]?.config;
    const was = config && known.get(config.name);
    if (config === undefined) continue;
    const so = was === undefined || !isSame(was, config) ? undefined : resumption(
      was,
      held.some((each) => each.ifindex === health.ifindex && isSame(each, config)),
    );
    tell(turn, at, so === undefined ? { kind: "health", health } : { ...so, health });
  }
}

function isSame(
  { vrid, ipv6 }: Pick<HeldRouter, "vrid" | "ipv6">,
  { virtualRouterId, family }: VrrpInstanceConfig,
): boolean {
  return vrid === virtualRouterId && ipv6 === (family === "inet6");
}

/** Absent: it has lost what it was, or was nothing yet. */
function resumption(was: SavedInstance, isHeld: boolean): Omit<Resumption, "health"> | undefined {
  const { state, since, interval, yielded = false, forms = [] } = was;
  const as = isHeld ? "master" : state;
  if (as === "init" || (as === "master" && !isHeld)) return undefined;
  return {
    kind: "resumed",
    as,
    since,
    yielded,
    forms: new Map(forms.map(({ peer, cover }) => [peer, cover])),
    statistics: statisticsFrom(was.statistics),
    ...(interval !== undefined && { interval }),
  };
}
