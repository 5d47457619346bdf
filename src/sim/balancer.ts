/**
 * A load balancer in virtual time: a world with virtual servers only, whose probes look at servers that are up or down as the test
 * says, and whose kernel is a plain table that others may change as well.
 */

import type { ServiceId, ServiceTable } from "../kernel/ipvs/ipvs.ts";
import { destinationKey, type IpvsOperation, serviceKey } from "../kernel/ipvs/ipvs.ts";
import type { LvsConfig } from "../lvs/config.ts";
import { type Micros, SECOND } from "../net/mod.ts";
import { NOBODY_TOLD } from "../notify/mod.ts";
import { NOTHING_DECLARED } from "../track/mod.ts";
import { vrrpConfig } from "../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  nextDeadline,
  type ProbeOrder,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../world/mod.ts";
import { type Cancel, createTimeline } from "./timeline.ts";

/** The balancer. */
export interface Balancer {
  /** Whether a server answers, by address. */
  readonly good: Map<string, boolean>;
  /** Connections of a destination that leaves, by address; absent: none. */
  readonly connections: Map<string, number>;
  /** Orders of probes and commands that are out. */
  readonly asked: ReadonlyMap<number, unknown>;
  /** How often each address was looked at. */
  readonly looks: ReadonlyMap<string, number>;
  /** The table of the kernel. */
  table(): readonly ServiceTable[];
  /** Somebody else does this to the table. */
  meddle(operations: readonly IpvsOperation[]): void;
  reload(config: LvsConfig): void;
  shutdown(): void;
  pass(time: Micros): void;
  world(): World;
}

type Probe = Extract<ProbeOrder, { readonly kind: "probe" }>;

/** How long the kernel takes to answer, and a probe. */
const ANSWER: Micros = 0.001 * SECOND;

/** A balancer that has started. */
export function createBalancer(lvs: LvsConfig, left: readonly ServiceTable[] = []): Balancer {
  const timeline = createTimeline();
  const good = new Map<string, boolean>();
  const connections = new Map<string, number>();
  const looks = new Map<string, number>();
  const asked = new Map<number, { readonly probe: Probe; cancel: Cancel }>();
  const kernel = new Map<
    string,
    {
      readonly service: ServiceTable["service"];
      readonly destinations: Map<string, ServiceTable["destinations"][number]>;
    }
  >();
  const configOf = (next: LvsConfig) => ({
    vrrp: vrrpConfig([]),
    lvs: next,
    track: NOTHING_DECLARED,
    notify: NOBODY_TOLD,
  });
  let world = newWorld(configOf(lvs), DEFAULT_OPTIONS, timeline.now());
  let wake: Cancel = () => {};
  /** Services of the last dump. */
  let told: readonly ServiceId[] = [];

  function dispatch(event: WorldEvent): void {
    const [next, effects] = update(world, event, timeline.now());
    world = next;
    for (const effect of effects) carryOut(effect);
    wake();
    const at = nextDeadline(world);
    if (at !== undefined) wake = timeline.at(at, () => dispatch({ kind: "deadline" }));
  }

  function carryOut(effect: WorldEffect): void {
    switch (effect.kind) {
      case "probes":
        for (const order of effect.orders) probe(order);
        return;
      case "ipvs-dump": {
        const services = table();
        const there = new Set(services.map(({ service: { id } }) => serviceKey(id)));
        const gone = effect.afresh ? [] : told.filter((id) => !there.has(serviceKey(id)));
        told = services.map(({ service: { id } }) => id);
        timeline.at(
          timeline.now() + ANSWER,
          () => dispatch({ kind: "ipvs-table", services, ...(gone.length > 0 && { gone }) }),
        );
        return;
      }
      case "ipvs-apply": {
        const { operations } = effect;
        const errnos = operations.map((operation) => apply(operation));
        timeline.at(
          timeline.now() + ANSWER,
          () => dispatch({ kind: "ipvs-applied", operations, errnos }),
        );
        return;
      }
      case "count-connections": {
        const counts = effect.services.map((service) => ({
          service,
          destinations: [...kernel.get(serviceKey(service))?.destinations.values() ?? []].map((
            one,
          ) => ({
            address: one.address,
            port: one.port,
            connections: connections.get(one.address) ?? 0,
          })),
        }));
        timeline.at(timeline.now() + ANSWER, () => dispatch({ kind: "connections", counts }));
        return;
      }
      default:
        return;
    }
  }

  function probe(effect: ProbeOrder): void {
    asked.get(effect.order)?.cancel();
    if (effect.kind === "unprobe") {
      asked.delete(effect.order);
      return;
    }
    const cancel = timeline.at(timeline.now() + effect.delay, () => look(effect));
    asked.set(effect.order, { probe: effect, cancel });
  }

  /** One attempt of a probe, and the next. */
  function look(probe: Probe): void {
    const { order, seq, interval, expect, probe: { address } } = probe;
    looks.set(address, (looks.get(address) ?? 0) + 1);
    const standing = asked.get(order);
    if (standing === undefined) return;
    const begun = timeline.now();
    if (interval > 0) standing.cancel = timeline.at(begun + interval, () => look(probe));
    const isGood = good.get(address) ?? true;
    if (isGood ? expect?.kind === "connected" : expect?.kind === "failed") return;
    timeline.at(begun + ANSWER, () => {
      const outcome = isGood
        ? { kind: "connected" } as const
        : { kind: "failed", request: 0, failure: "connect", errno: 111 } as const;
      dispatch({ kind: "outcome", order, seq, outcome });
    });
  }

  /** As the core does it: setting the absent adds it, deleting the absent succeeds. */
  function apply(operation: IpvsOperation): number {
    switch (operation.op) {
      case "flush":
        kernel.clear();
        return 0;
      case "new-service":
      case "set-service": {
        const { service } = operation;
        const key = serviceKey(service.id);
        kernel.set(key, { service, destinations: kernel.get(key)?.destinations ?? new Map() });
        return 0;
      }
      case "delete-service":
        kernel.delete(serviceKey(operation.id));
        return 0;
      default: {
        const destinations = kernel.get(serviceKey(operation.id))?.destinations;
        if (destinations === undefined) return ESRCH;
        const key = destinationKey(operation.destination);
        if (operation.op === "delete-destination") destinations.delete(key);
        else destinations.set(key, operation.destination);
        return 0;
      }
    }
  }

  function table(): readonly ServiceTable[] {
    return [...kernel.values()].map(({ service, destinations }) => ({
      service,
      destinations: [...destinations.values()],
    }));
  }

  for (const { service, destinations } of left) {
    apply({ op: "new-service", service });
    for (const destination of destinations) {
      apply({ op: "new-destination", id: service.id, destination });
    }
  }
  dispatch({ kind: "start", links: [], addresses: [] });
  return {
    good,
    connections,
    asked,
    looks,
    table,
    meddle(operations) {
      for (const operation of operations) apply(operation);
      timeline.at(timeline.now() + SECOND / 2, () => dispatch({ kind: "ipvs-changed" }));
    },
    reload: (config) => dispatch({ kind: "reload", config: configOf(config) }),
    shutdown: () => dispatch({ kind: "shutdown" }),
    pass: (time) => timeline.runUntil(timeline.now() + time),
    world: () => world,
  };
}

/** No such service (`asm-generic/errno-base.h`). */
const ESRCH = 3;
