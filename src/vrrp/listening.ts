/** Which raw sockets are needed: one per interface with an instance, in the groups of all of them. */

import { unreachable } from "../net/mod.ts";
import { multicastGroup } from "./directory.ts";
import type { Listening, VrrpPart } from "./part_state.ts";
import type { Turn } from "./turn.ts";

/** Opens and closes sockets until they are those needed. Opening comes first, closing last. */
export function listenWhereNeeded(turn: Turn): void {
  const { part } = turn;
  const needed = neededSockets(part);
  let changed = false;
  for (const [ifindex, socket] of needed) {
    if (sameSocket(part.listening.get(ifindex), socket)) continue;
    changed = true;
    turn.before.push({ kind: "listen", ifindex, ...socket });
  }
  for (const ifindex of part.listening.keys()) {
    if (needed.has(ifindex)) continue;
    changed = true;
    turn.after.push({ kind: "unlisten", ifindex });
  }
  if (changed) turn.part = { ...part, listening: needed };
}

function neededSockets(part: VrrpPart): ReadonlyMap<number, Listening> {
  switch (part.phase) {
    case "waiting":
    case "stopped":
      return part.listening;
    case "running":
      break;
    default:
      return unreachable(part.phase);
  }
  const sockets = new Map<number, Listening>();
  for (const { config } of part.instances) {
    const link = part.kernel.byName.get(config.interface);
    if (link === undefined || config.family !== "inet") continue;
    const { groups } = sockets.get(link.ifindex) ?? { groups: [] };
    const group = config.unicastPeers.length > 0 ? [] : [multicastGroup(config, part.config)];
    const all = [...new Set([...groups, ...group])].toSorted();
    sockets.set(link.ifindex, { ifname: link.ifname, groups: all });
  }
  return sockets;
}

function sameSocket(a: Listening | undefined, b: Listening): boolean {
  return a !== undefined && a.ifname === b.ifname && a.groups.length === b.groups.length &&
    a.groups.every((group, index) => group === b.groups[index]);
}
