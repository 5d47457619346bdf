/** What becomes of virtual routers: by the states the world gives them at once, and by what this node can know of later. */

import { type Ip, type Micros, SECOND } from "../net/mod.ts";
import { effectivePriority, type Instance, type VrrpPart } from "../vrrp/mod.ts";
import type { InstanceMove } from "./plan.ts";

/** Every virtual router that comes, goes or changes its state, priority or prospects. The same are those of the same orders. */
export function instanceMoves(before: VrrpPart, after: VrrpPart): readonly InstanceMove[] {
  if (before.instances === after.instances) return [];
  const old = new Map(before.instances.map((each) => [each.order, each]));
  const next = new Map(after.instances.map((each) => [each.order, each]));
  const gone = before.instances.filter(({ order }) => !next.has(order));
  const goneByName = new Map(gone.map((each) => [each.config.name, each]));
  const moves = after.instances.flatMap((is): readonly InstanceMove[] => {
    const was = old.get(is.order);
    if (was !== undefined) return kept(was, is);
    const { name } = is.config;
    const other = goneByName.get(name);
    goneByName.delete(name);
    const to = is.state.kind;
    if (other === undefined) return [{ name, change: "added", to }];
    const from = other.state.kind;
    return [{ name, change: "recreated", from, to, ...(from === "master" && LOST) }];
  });
  const removed = [...goneByName.values()].map((each): InstanceMove => {
    const from = each.state.kind;
    return { name: each.config.name, change: "removed", from, ...(from === "master" && LOST) };
  });
  return [...moves, ...removed];
}

const LOST = { mastership: "lost" } as const;

function kept(was: Instance, is: Instance): readonly InstanceMove[] {
  if (was === is) return [];
  const [from, to] = [was.state.kind, is.state.kind];
  const [old, next] = [effectivePriority(was), effectivePriority(is)];
  const prospects = prospectsOf(was, is);
  if (from === to && old === next && prospects === undefined) return [];
  return [{
    name: is.config.name,
    change: "kept",
    from,
    to,
    ...(old !== next && { priority: { from: old, to: next } }),
    ...prospects,
  }];
}

function prospectsOf(
  was: Instance,
  is: Instance,
): Pick<InstanceMove, "mastership" | "why"> | undefined {
  const [old, next] = [effectivePriority(was), effectivePriority(is)];
  if (was.state.kind === "master") {
    if (is.state.kind !== "master") return LOST;
    if (next >= old) return undefined;
    return { mastership: "at-risk", why: `a backup of more than ${next} takes over` };
  }
  const preempts = preemptedBy(is);
  if (preempts === undefined || preemptedBy(was) !== undefined) return undefined;
  const { source, priority, delay } = preempts;
  const after = delay > 0 ? `, after ${delay / SECOND} s` : "";
  return { mastership: "to-come", why: `takes over from ${source} of ${priority}${after}` };
}

/** The weaker master that a backup hears and will not leave alone. */
function preemptedBy(
  { config, state, ...rest }: Instance,
): { readonly source: Ip; readonly priority: number; readonly delay: Micros } | undefined {
  if (state.kind !== "backup" || config.nopreempt || state.heard === undefined) return undefined;
  const { source, priority } = state.heard;
  if (effectivePriority({ config, state, ...rest }) <= priority) return undefined;
  return { source, priority, delay: config.preemptDelay };
}
