/** Which raw sockets are needed: one per interface with instances, in the groups of them all. */

import { earlier, type Ip, type Micros, SECOND } from "../../../net/mod.ts";
import { sortedEntries, valueOf, withEntry, withoutKey } from "../../../persistent/mod.ts";
import { linkAt, linkNamed } from "../../kernel_facts.ts";
import type { Link } from "../../../kernel/link.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../../config.ts";
import { pduLength } from "../../packet/packet.ts";
import { multicastGroup } from "../../router_identity.ts";
import type { VrrpEvent } from "../../event.ts";
import type { Listening, SocketFailure, VrrpPart } from "../part_state.ts";
import { linkOf } from "../health/footing.ts";
import { concernedBy, refresh } from "../health/refresh.ts";
import type { Channel } from "../../wire.ts";
import { sameValue } from "../../../net/equal.ts";
import type { Turn } from "../turn.ts";
import { tagsOf } from "./verifying.ts";

/**
 * Opens and closes sockets until they are those needed, of these interfaces or of all. Opening comes first, closing last.
 */
export function listenWhereNeeded(turn: Turn, ifindexes?: readonly number[]): void {
  for (const ifindex of ifindexes ?? everywhere(turn.part)) {
    const { part } = turn;
    if (part.phase !== "running") return;
    const needed = neededSocket(part, ifindex);
    const before = valueOf(part.listening, ifindex);
    if (needed === undefined ? before === undefined : sameSocket(before, needed)) continue;
    if (needed !== undefined) turn.before.push({ kind: "listen", ifindex, ...needed });
    else turn.after.push({ kind: "unlisten", ifindex });
    const listening = needed === undefined
      ? withoutKey(part.listening, ifindex)
      : withEntry(part.listening, ifindex, needed);
    turn.part = { ...part, listening, socketFailures: withoutFailure(part, ifindex) };
  }
}

/** A socket asked for in another way, or no more, is not the one that failed. */
function withoutFailure(
  { socketFailures }: VrrpPart,
  ifindex: number,
): VrrpPart["socketFailures"] {
  if (!socketFailures.has(ifindex)) return socketFailures;
  const left = new Map(socketFailures);
  left.delete(ifindex);
  return left;
}

/** Interfaces that have a socket or may need one. */
function everywhere({ directory, instances, kernel, listening }: VrrpPart): ReadonlySet<number> {
  const named = [...directory.bySender.keys()].map((name) => linkNamed(kernel, name));
  const found = directory.roaming.map((at) => {
    const self = instances[at];
    return self && linkOf(self.config, kernel);
  });
  return new Set([
    ...[...named, ...found].flatMap((link) => link?.ifindex ?? []),
    ...sortedEntries(listening).map(([ifindex]) => ifindex),
  ]);
}

/** Pauses between tries to open a socket: doubled from the first to the last. */
const [FIRST_WAIT, LAST_WAIT]: readonly [Micros, Micros] = [SECOND, 60 * SECOND];

/** Takes the answer to `listen`. Instances without a socket are in fault until it opens. */
export function onListenResult(
  turn: Turn,
  { ifindex, groups, failure }: Extract<VrrpEvent, { readonly kind: "listen-result" }>,
): void {
  const { part, now } = turn;
  const before = part.socketFailures.get(ifindex);
  const socket = valueOf(part.listening, ifindex);
  if (socket === undefined) return;
  // Of a socket that was asked for in another way since, the answer is still to come.
  if (groups !== undefined && !sameSocket(socket, { ...socket, groups })) return;
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
    const socket = valueOf(turn.part.listening, ifindex);
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

function neededSocket(part: VrrpPart, ifindex: number): Listening | undefined {
  const { directory, instances, kernel } = part;
  const link = linkAt(kernel, ifindex);
  if (link === undefined) return undefined;
  const groups = new Set<Ip>();
  const channels = new Set<Channel>();
  let buffer = 0;
  for (const at of [...directory.bySender.get(link.ifname) ?? [], ...directory.roaming]) {
    const self = instances[at];
    if (self === undefined || linkOf(self.config, kernel)?.ifindex !== ifindex) continue;
    const { config } = self;
    buffer += receiveShare(config, link, part.config);
    for (const { channel } of tagsOf(self)) channels.add(channel);
    if (config.unicastPeers.length === 0) groups.add(multicastGroup(config, part.config));
  }
  if (channels.size === 0) return undefined;
  return {
    ifname: link.ifname,
    channels: [...channels].toSorted(),
    groups: [...groups].toSorted(),
    ...(buffer > 0 && { receiveBuffer: buffer }),
  };
}

/** keepalived: every instance of a socket adds what it wants, 0 when the kernel shall choose. */
function receiveShare(
  { receiveBuffer, virtualAddresses, family, version }: VrrpInstanceConfig,
  { mtu }: Link,
  { receiveBuffer: policy }: VrrpConfig,
): number {
  if (receiveBuffer !== undefined) return receiveBuffer;
  if (policy === undefined) return 0;
  if (typeof policy.policy === "number") return policy.policy;
  const header = family === "inet" ? 20 : 40;
  const advert = header + pduLength(version, family, virtualAddresses.length);
  return policy.multiplier * (policy.policy === "MTU" ? mtu : advert);
}

function sameSocket(a: Listening | undefined, b: Listening): boolean {
  return a !== undefined && sameValue(a, b);
}
