/**
 * A virtual core: sockets and standing orders as `core-rs` obeys them, in virtual time. It holds no
 * policy and mirrors the semantics of `core-rs/src/protocol.rs`, but verifies nothing: whatever is not expected is told of.
 */

import type { Address } from "../kernel/address.ts";
import { equalBytes, type Ip, type Micros } from "../net/mod.ts";
import type { OrderCount, ReceivedPacket, Template, WatchCount } from "../vrrp/mod.ts";
import type { WorldEffect, WorldEvent } from "../world/mod.ts";
import type { LanPacket } from "./lan.ts";
import type { Cancel, Timeline } from "./timeline.ts";

/** As in the core (`UNSEEN`): a deadline that is looked at later than this passed unseen. */
const UNSEEN: Micros = 20_000;

/** Packets a socket keeps while nobody reads. */
const SOCKET_ROOM = 256;

/** Effects that are orders to the core. */
export type CoreOrder = Extract<
  WorldEffect,
  {
    readonly kind:
      | "listen"
      | "unlisten"
      | "transmit"
      | "cease"
      | "renew"
      | "send"
      | "watch"
      | "unwatch"
      | "prepare"
      | "withhold";
  }
>;

/** What the core reports by itself. */
export type CoreReport =
  | ReceivedPacket
  | { readonly kind: "expired"; readonly order: number; readonly seq: number }
  | { readonly kind: "lapsed"; readonly order: number };

/** What surrounds a core. */
export interface CoreOutside {
  readonly timeline: Pick<Timeline, "now" | "at">;
  send(ifindex: number, template: Template): void;
  report(report: CoreReport): void;
  /** Tells of a takeover, and adds and announces its addresses before anything comes of that. */
  takeOver(event: Extract<WorldEvent, { readonly kind: "taken-over" }>): void;
  /** Deletes addresses whose lease lapsed. */
  withdraw(addresses: readonly Address[]): void;
}

/** A virtual core. */
export interface Core {
  obey(order: CoreOrder): void;
  /** Takes a packet from the wire. */
  receive(ifindex: number, packet: LanPacket): void;
  /** Groups joined on an interface; absent: no socket. */
  groupsOf(ifindex: number): readonly Ip[] | undefined;
  counters(): {
    readonly transmissions: readonly OrderCount[];
    readonly watches: readonly WatchCount[];
  };
  /** Whoever gives orders has been told that this one lapsed: from now on it may be given anew. */
  knows(lapsed: number): void;
  /** The process is gone: nothing is said any more. */
  kill(): void;
  /** The process is about to be gone: its guardian says every farewell, and withdraws these addresses. */
  bequeath(): readonly Address[];
  /** The process stands still: what comes waits in the sockets, what is due is late. */
  freeze(): void;
  /** It goes on: first with what has come, then with what is due, then with what nobody said. */
  thaw(): void;
}

type Transmit = Extract<CoreOrder, { readonly kind: "transmit" }>;
type Prepare = Extract<CoreOrder, { readonly kind: "prepare" }>;
type Watch = Extract<CoreOrder, { readonly kind: "watch" }>;

interface Transmission {
  readonly order: Transmit;
  readonly dueAt: Micros;
  readonly lapsesAt: Micros;
  readonly cancel: Cancel;
  /** Somebody else has spoken for the virtual router since the last transmission. */
  readonly contested: boolean;
  /** A transmission was put off once because of that. */
  readonly hushed: boolean;
}

interface Watching {
  readonly order: Watch;
  /** Time nobody listened was granted in this silence. */
  readonly granted: boolean;
  /** Absent until the first expected advert, when it was given without a deadline. */
  readonly deadline: Micros | undefined;
  readonly cancel: Cancel;
}

/** A core without sockets and orders. */
export function createCore(outside: CoreOutside): Core {
  const { timeline } = outside;
  const sockets = new Map<number, readonly Ip[]>();
  const transmissions = new Map<number, Transmission>();
  const watches = new Map<number, Watching>();
  /** By each of its watches: what is prepared, and which of them have expired. */
  const takeovers = new Map<number, { readonly order: Prepare; readonly expired: Set<number> }>();
  const sent = new Map<number, number>();
  const seen = new Map<number, number>();
  let alive = true;
  let frozen = false;
  /** What lapsed and is not known to have: whatever is asked for without knowing of it revives no order. */
  const lapsed = new Set<number>();
  /** What has come while the process stands still. */
  let unread: (readonly [ifindex: number, packet: LanPacket])[] = [];

  function schedule(order: Transmit, dueAt: Micros, lapsesAt: Micros, hushed = false): void {
    const before = transmissions.get(order.order);
    before?.cancel();
    const cancel = timeline.at(Math.min(dueAt, lapsesAt), () => advance(order.order));
    const contested = before?.contested ?? false;
    transmissions.set(order.order, { order, dueAt, lapsesAt, cancel, contested, hushed });
  }

  function contest(number: number): void {
    const standing = transmissions.get(number);
    if (standing !== undefined) transmissions.set(number, { ...standing, contested: true });
  }

  function advance(number: number): void {
    const standing = transmissions.get(number);
    if (standing === undefined || frozen) return;
    const { order, dueAt, lapsesAt, contested, hushed } = standing;
    const now = timeline.now();
    const isTooLate = order.patience !== undefined && dueAt + order.patience <= now;
    if (isTooLate || lapsesAt <= now) {
      standing.cancel();
      transmissions.delete(number);
      const silent = isTooLate || (contested && lapsesAt + UNSEEN < now);
      if (!silent) { for (const template of order.farewell) outside.send(order.ifindex, template); }
      lapsed.add(number);
      // Told before the kernel deletes: else the loop would see addresses vanish and restore them.
      outside.report({ kind: "lapsed", order: number });
      outside.withdraw(order.withdraw);
      return;
    }
    if (dueAt > now) return schedule(order, dueAt, lapsesAt, hushed);
    // Who did not run while another spoke waits once: whoever decides is to hear of that first.
    const hush = contested && !hushed && dueAt + UNSEEN < now;
    transmissions.set(number, { ...standing, contested: false });
    if (!hush) {
      for (const template of order.packets) outside.send(order.ifindex, template);
      sent.set(number, (sent.get(number) ?? 0) + 1);
    }
    const missed = Math.floor((now - dueAt) / order.interval);
    schedule(order, dueAt + (missed + 1) * order.interval, lapsesAt, hush);
  }

  function transmit(order: Transmit): void {
    const now = timeline.now();
    const replaced = transmissions.get(order.order);
    const grid = Math.min(replaced?.dueAt ?? now + order.interval, now + order.interval);
    schedule(order, order.immediately ? now : grid, now + order.lease);
    // The engine thread is awake already: what is due now goes out before the next order.
    if (order.immediately) {
      transmissions.get(order.order)?.cancel();
      advance(order.order);
    }
  }

  function cease(number: number, farewell: boolean): void {
    const standing = transmissions.get(number);
    if (standing === undefined) return;
    standing.cancel();
    transmissions.delete(number);
    if (!farewell) return;
    for (const template of standing.order.farewell) outside.send(standing.order.ifindex, template);
  }

  function watch(order: Watch, deadline: Micros | undefined, granted = false): void {
    watches.get(order.order)?.cancel();
    const cancel = deadline === undefined ? () => {} : timeline.at(deadline, () => silent(order));
    watches.set(order.order, { order, deadline, cancel, granted });
  }

  /** Silence counts only while somebody listens: a deadline that passed unseen moves on once by as much. */
  function silent(order: Watch): void {
    const standing = watches.get(order.order);
    if (frozen || standing?.deadline === undefined || standing.order !== order) return;
    const unseen = timeline.now() - standing.deadline;
    const { rearm = 0 } = order;
    if (unseen < 0) return;
    if (unseen > UNSEEN && !standing.granted && rearm > 0) {
      return watch(order, timeline.now() + Math.min(unseen, rearm), true);
    }
    const { expect: _, rearm: __, ...deaf } = order;
    watch(deaf, undefined);
    expire(order);
  }

  function expire({ order, seq }: Watch): void {
    const takeover = takeovers.get(order);
    const all = takeover?.order.watches ?? [];
    if (all.find((each) => each.order === order)?.seq === seq) takeover?.expired.add(order);
    else withhold(order);
    if (takeover === undefined || takeover.expired.size < all.length) {
      return outside.report({ kind: "expired", order, seq });
    }
    withhold(order);
    const { transmissions, operations, places } = takeover.order;
    const orders = transmissions.map((each) => each.order);
    for (const each of transmissions) transmit({ kind: "transmit", ...each });
    outside.takeOver({
      kind: "taken-over",
      watches: takeover.order.watches,
      orders,
      operations,
      places,
    });
  }

  function prepare(order: Prepare): void {
    for (const each of order.watches) withhold(each.order);
    // What has expired already is on its way to whoever decides.
    const isReady = order.watches.every((each) => {
      const standing = watches.get(each.order);
      return standing?.order.seq === each.seq && standing.order.rearm !== undefined;
    });
    if (!isReady) return;
    const takeover = { order, expired: new Set<number>() };
    for (const each of order.watches) takeovers.set(each.order, takeover);
  }

  function withhold(number: number): void {
    for (const { order } of takeovers.get(number)?.order.watches ?? []) takeovers.delete(order);
  }

  function unwatch(number: number): void {
    watches.get(number)?.cancel();
    watches.delete(number);
  }

  function unlisten(ifindex: number): void {
    for (const [number, { order, cancel }] of transmissions) {
      if (order.ifindex !== ifindex) continue;
      cancel();
      transmissions.delete(number);
    }
    for (const [number, { order }] of watches) if (order.ifindex === ifindex) unwatch(number);
    sockets.delete(ifindex);
  }

  function obey(order: CoreOrder): void {
    if (!alive) return;
    switch (order.kind) {
      case "listen":
        sockets.set(order.ifindex, order.groups);
        return;
      case "unlisten":
        return unlisten(order.ifindex);
      case "transmit":
        withhold(order.order);
        if (sockets.has(order.ifindex) && !lapsed.has(order.order)) transmit(order);
        return;
      case "cease":
        withhold(order.order);
        return cease(order.order, order.farewell);
      case "renew":
        for (const { order: each, dueAt } of transmissions.values()) {
          schedule(each, dueAt, timeline.now() + each.lease);
        }
        return;
      case "send":
        for (const template of order.packets) outside.send(order.ifindex, template);
        return;
      case "watch": {
        withhold(order.order);
        if (!sockets.has(order.ifindex)) return;
        const kept = watches.get(order.order)?.deadline;
        const { rearm, timeout } = order;
        watch(order, rearm && (timeout === undefined ? kept : timeline.now() + timeout));
        return;
      }
      case "unwatch":
        withhold(order.order);
        return unwatch(order.order);
      case "prepare":
        return prepare(order);
      case "withhold":
        return withhold(order.order);
    }
  }

  /** True when every watch the packet is for expected it. */
  function expected(ifindex: number, packet: LanPacket): boolean {
    const concerned = [...watches.values()].filter(({ order }) =>
      order.ifindex === ifindex && order.tags.some((tag) => tag.value === packet.payload[tag.at]) &&
      isFor(order, packet)
    );
    let all = concerned.length > 0;
    for (const { order } of concerned) {
      if (!matches(order, packet)) {
        withhold(order.order);
        all = false;
        contest(order.order);
        continue;
      }
      seen.set(order.order, (seen.get(order.order) ?? 0) + 1);
      watch(order, order.rearm && timeline.now() + order.rearm);
    }
    return all;
  }

  function receive(ifindex: number, packet: LanPacket): void {
    if (frozen) {
      if (unread.length < SOCKET_ROOM) unread.push([ifindex, packet]);
      return;
    }
    if (!alive || !sockets.has(ifindex) || expected(ifindex, packet)) return;
    outside.report({ kind: "packet", ifindex, ...packet, judgement: "unjudged" });
  }

  function thaw(): void {
    frozen = false;
    const heard = unread;
    unread = [];
    for (const [ifindex, packet] of heard) receive(ifindex, packet);
    for (const [number, { dueAt, lapsesAt }] of [...transmissions]) {
      if (Math.min(dueAt, lapsesAt) <= timeline.now()) advance(number);
    }
    for (const { order } of [...watches.values()]) silent(order);
  }

  function bequeath(): readonly Address[] {
    const wills = [...transmissions.values()].map(({ order }) => order);
    for (const { ifindex, farewell } of wills) {
      for (const template of farewell) outside.send(ifindex, template);
    }
    return wills.flatMap(({ withdraw }) => withdraw);
  }

  function kill(): void {
    alive = false;
    frozen = false;
    unread = [];
    for (const ifindex of [...sockets.keys()]) unlisten(ifindex);
  }

  const counts = (map: ReadonlyMap<number, number>) =>
    [...map].map(([order, count]) => ({ order, count }));
  return {
    obey,
    receive,
    groupsOf: (ifindex) => sockets.get(ifindex),
    counters: () => ({
      transmissions: counts(sent),
      watches: counts(seen).map((each) => ({ ...each, lesser: 0, resigned: 0, dropped: [] })),
    }),
    kill,
    bequeath,
    knows: (number) => void lapsed.delete(number),
    freeze: () => void (frozen = true),
    thaw,
  };
}

function isFor({ hears }: Watch, { source, destination }: LanPacket): boolean {
  if (hears === undefined) return true;
  const { sources } = hears;
  return destination === hears.destination && (sources.length === 0 || sources.includes(source));
}

function matches({ expect }: Watch, packet: LanPacket): boolean {
  return expect !== undefined && expect.source === packet.source &&
    expect.destination === packet.destination && expect.ttl === packet.ttl &&
    equalBytes(expect.bytes, packet.payload);
}
