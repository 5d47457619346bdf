/**
 * A virtual core: sockets and standing orders as `core-rs` obeys them, in virtual time. It holds no
 * policy and mirrors the semantics of `core-rs/src/protocol.rs`, but verifies nothing: whatever is not expected is told of.
 */

import type { Address } from "../kernel/address.ts";
import { equalBytes, type Ip, type Micros } from "../net/mod.ts";
import type { OrderCount, ReceivedPacket, Template, WatchCount } from "../vrrp/mod.ts";
import type { WorldEffect } from "../world/mod.ts";
import type { LanPacket } from "./lan.ts";
import type { Cancel, Timeline } from "./timeline.ts";

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
      | "unwatch";
  }
>;

/** What the core reports by itself. */
export type CoreReport =
  | ReceivedPacket
  | { readonly kind: "expired"; readonly order: number; readonly seq: number }
  | { readonly kind: "lapsed"; readonly order: number };

/** What surrounds a core. */
export interface CoreOutside {
  readonly timeline: Timeline;
  send(ifindex: number, template: Template): void;
  report(report: CoreReport): void;
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
  /** The process is gone: nothing is said any more. */
  kill(): void;
}

type Transmit = Extract<CoreOrder, { readonly kind: "transmit" }>;
type Watch = Extract<CoreOrder, { readonly kind: "watch" }>;

interface Transmission {
  readonly order: Transmit;
  readonly dueAt: Micros;
  readonly lapsesAt: Micros;
  readonly cancel: Cancel;
}

interface Watching {
  readonly order: Watch;
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
  const sent = new Map<number, number>();
  const seen = new Map<number, number>();
  let alive = true;

  function schedule(order: Transmit, dueAt: Micros, lapsesAt: Micros): void {
    transmissions.get(order.order)?.cancel();
    const cancel = timeline.at(Math.min(dueAt, lapsesAt), () => advance(order.order));
    transmissions.set(order.order, { order, dueAt, lapsesAt, cancel });
  }

  function advance(number: number): void {
    const standing = transmissions.get(number);
    if (standing === undefined) return;
    const { order, dueAt, lapsesAt } = standing;
    if (lapsesAt <= timeline.now()) {
      transmissions.delete(number);
      for (const template of order.farewell) outside.send(order.ifindex, template);
      // Told before the kernel deletes: else the loop would see addresses vanish and restore them.
      outside.report({ kind: "lapsed", order: number });
      outside.withdraw(order.withdraw);
      return;
    }
    for (const template of order.packets) outside.send(order.ifindex, template);
    sent.set(number, (sent.get(number) ?? 0) + 1);
    schedule(order, dueAt + order.interval, lapsesAt);
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

  function watch(order: Watch, deadline: Micros | undefined): void {
    watches.get(order.order)?.cancel();
    const cancel = deadline === undefined ? () => {} : timeline.at(deadline, () => {
      const { expect: _, rearm: __, ...deaf } = order;
      watches.set(order.order, { order: deaf, deadline: undefined, cancel: () => {} });
      outside.report({ kind: "expired", order: order.order, seq: order.seq });
    });
    watches.set(order.order, { order, deadline, cancel });
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
        if (sockets.has(order.ifindex)) transmit(order);
        return;
      case "cease":
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
        if (!sockets.has(order.ifindex)) return;
        const kept = watches.get(order.order)?.deadline;
        const { rearm, timeout } = order;
        watch(order, rearm && (timeout === undefined ? kept : timeline.now() + timeout));
        return;
      }
      case "unwatch":
        return unwatch(order.order);
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
        all = false;
        continue;
      }
      seen.set(order.order, (seen.get(order.order) ?? 0) + 1);
      watch(order, order.rearm && timeline.now() + order.rearm);
    }
    return all;
  }

  function receive(ifindex: number, packet: LanPacket): void {
    if (!alive || !sockets.has(ifindex) || expected(ifindex, packet)) return;
    outside.report({ kind: "packet", ifindex, ...packet, judgement: "unjudged" });
  }

  function kill(): void {
    alive = false;
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
