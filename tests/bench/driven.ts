/** Worlds as large as they get, and a hand that drives them: events in, effects kept, the kernel's answers given. */

import type { Outcome } from "../../src/check/probe.ts";
import type { Micros } from "../../src/net/micros.ts";
import { SECOND } from "../../src/net/micros.ts";
import { addressOn, ethernet } from "../../src/vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  settleAll,
  take,
  type Update,
  type World,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
} from "../../src/world/mod.ts";
import { worldConfig } from "../../src/world/fixtures.ts";

/** A world under way. */
export interface Driven {
  world: World;
  now: Micros;
  /** Of the last events. */
  effects: WorldEffect[];
  /** Sequence number of each order that is out: of watches, and of probes. */
  readonly watches: Map<number, number>;
  readonly probes: Map<number, number>;
}

/** Addresses of the host itself. */
const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const OWN = [addressOn(2, "172.16.1.134"), addressOn(3, "192.168.1.131")];

/** A world that was started, the kernel's table empty. */
export function started(config: Partial<WorldConfig>): Driven {
  const driven = fresh(config);
  play(driven, [{ kind: "start", links: LINKS, addresses: OWN }]);
  answer(driven);
  return driven;
}

/** A world before its start. */
export function fresh(config: Partial<WorldConfig>): Driven {
  const whole = worldConfig(config);
  return {
    world: newWorld(whole, DEFAULT_OPTIONS, 0),
    now: SECOND,
    effects: [],
    watches: new Map(),
    probes: new Map(),
  };
}

/** What one drain brings. */
export function play(driven: Driven, events: readonly WorldEvent[]): void {
  const effects: WorldEffect[] = [];
  const move = ([world, more]: Update) => {
    driven.world = world;
    for (const effect of more) effects.push(effect);
  };
  for (const event of events) move(take(driven.world, event, driven.now));
  move(settleAll(driven.world));
  driven.effects = effects;
}

/** The kernel obeys, until nothing is asked of it. The core's part of it: order numbers are noted. */
export function answer(driven: Driven): void {
  const { effects } = driven;
  const answers: WorldEvent[] = [];
  for (const effect of effects) {
    if (effect.kind === "watch") driven.watches.set(effect.order, effect.seq);
    else if (effect.kind === "probes") {
      for (const order of effect.orders) {
        if (order.kind === "probe") driven.probes.set(order.order, order.seq);
      }
    } else if (effect.kind === "ipvs-dump") answers.push({ kind: "ipvs-table", services: [] });
    else if (effect.kind === "ipvs-apply") {
      const { operations } = effect;
      answers.push({ kind: "ipvs-applied", operations, errnos: operations.map(() => 0) });
    } else if (effect.kind === "kernel-apply") {
      const { operations } = effect;
      answers.push({ kind: "kernel-applied", operations, errnos: operations.map(() => 0) });
    } else if (effect.kind === "address-apply") {
      const { operations } = effect;
      answers.push({ kind: "addresses-applied", operations, errnos: operations.map(() => 0) });
      for (const { op, address } of operations) {
        answers.push({ kind: "address", address, removed: op === "delete" });
      }
    }
  }
  if (answers.length === 0) return;
  play(driven, answers);
  answer(driven);
}

/** What the probes of these orders found. */
export function outcomes(
  driven: Driven,
  orders: readonly number[],
  outcome: Outcome,
): readonly WorldEvent[] {
  return orders.map((order) => ({
    kind: "outcome",
    order,
    seq: driven.probes.get(order) ?? -1,
    outcome,
  }));
}

/** Nobody was heard on any watch. */
export function expiries(driven: Driven): readonly WorldEvent[] {
  return [...driven.watches].map(([order, seq]) => ({ kind: "expired", order, seq }));
}
