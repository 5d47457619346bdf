/** Which raw sockets are needed: one per interface with instances, in the groups of them all. */

import { earlier, type Micros, SECOND, unreachable } from "../../net/mod.ts";
import { multicastGroup } from "../router_identity.ts";
import type { Listening, SocketFailure, VrrpPart } from "./part_state.ts";
import { linkOf } from "./footing.ts";
import { concernedBy, refresh } from "./refresh.ts";
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
  if (!changed) return;
  // A socket asked for in another way, or no more, is not the one that failed.
  const kept = [...part.socketFailures].filter(([ifindex]) => {
    const socket = needed.get(ifindex);
    return socket !== undefined && sameSocket(part.listening.get(ifindex), socket);
  });
  turn.part = { ...part, listening: needed, socketFailures: new Map(kept) };
}

/** Pauses between tries to open a socket: doubled from the first to the last. */
const [FIRST_WAIT, LAST_WAIT]: readonly [Micros, Micros] = [SECOND, 60 * SECOND];

/** Takes the answer to `listen`. Instances without a socket are in fault until it opens. */
export function onListenResult(turn: Turn, ifindex: number, failure: string | undefined): void {
  const { part, now } = turn;
  const before = part.socketFailures.get(ifindex);
  const socket = part.listening.get(ifindex);
  if (socket === undefined) return;
  const failures = new Map(part.socketFailures);
  if (failure !== undefined) {
    const wait = before?.nextWait ?? FIRST_WAIT;
    const nextWait = Math.min(2 * wait, LAST_WAIT);
    failures.set(ifindex, { reason: failure, retryAt: now + wait, nextWait });
  }
  const opened = failure === undefined && failures.delete(ifindex);
  if (failure !== undefined || opened) turn.part = { ...part, socketFailures: failures };
  refresh(turn, concernedBy(part, { ifindex, ifname: socket.ifname }));
}

/** Asks again for sockets whose pause is over. */
export function retryListening(turn: Turn): void {
  const due = [...turn.part.socketFailures].filter(([, failure]) => failure.retryAt <= turn.now);
  if (due.length === 0) return;
  const failures = new Map(turn.part.socketFailures);
  for (const [ifindex, failure] of due) {
    const socket = turn.part.listening.get(ifindex);
    if (socket !== undefined) turn.before.push({ kind: "listen", ifindex, ...socket });
    failures.set(ifindex, { ...failure, retryAt: turn.now + failure.nextWait });
  }
  turn.part = { ...turn.part, socketFailures: failures };
}

/** When the next socket is to be asked for again. */
export function nextListenRetry(part: VrrpPart): Micros | undefined {
  return [...part.socketFailures.values()]
    .map((failure: SocketFailure) => failure.retryAt)
    .reduce<Micros | undefined>(earlier, undefined);
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
    const link = linkOf(config, part.kernel);
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
