/** Servers made from their configuration, and the order numbers of their checkers. */

import { type Checker, newChecker } from "../../check/checker/checker.ts";
import type { CheckerConfig } from "../../check/config.ts";
import { chunkedFrom } from "../../persistent/mod.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import type { Slot } from "./part.ts";
import { hasQuorum } from "./quorum.ts";
import {
  isAlive,
  liveWeightOf,
  type RealServer,
  type VirtualServer,
  weightOf,
} from "./virtual_server.ts";
import { realServerLabel, virtualServerLabel } from "./words.ts";

/** Order numbers being given out. Changed in place, inside one call. */
export interface Places {
  readonly slots: (Slot | undefined)[];
  readonly free: number[];
}

/** Where a real server stands. */
export interface Position {
  readonly virtualServer: number;
  readonly realServer: number;
}

/** Gives a checker an order number that is free. Sequence number 0 is never out: it has no order yet. */
export function placeChecker(places: Places, checker: Checker, position: Position): number {
  const order = places.free.pop() ?? places.slots.length;
  places.slots[order] = { checker, seq: 0, ...position };
  return order;
}

/** A real server with checkers at their first attempt; `patient` as in {@linkcode newChecker}. */
export function newRealServer(
  places: Places,
  config: RealServerConfig,
  at: Position & { readonly of: VirtualServerConfig; readonly patient: boolean },
): RealServer {
  const { virtualServer, realServer, of, patient } = at;
  const checkers = config.checkers.map((checker) => initialChecker(checker, patient));
  return {
    config,
    label: realServerLabel(config, of),
    orders: checkers.map((checker) => placeChecker(places, checker, { virtualServer, realServer })),
    alive: isAlive(checkers),
    weight: weightOf(config, checkers),
  };
}

function initialChecker(config: CheckerConfig, patient: boolean): Checker {
  return newChecker(config, { up: !config.timing.alpha, patient });
}

/** A virtual server at its beginning. */
export function newVirtualServer(
  places: Places,
  config: VirtualServerConfig,
  at: { readonly index: number; readonly label: string; readonly patient: boolean },
): VirtualServer {
  const { index, label, patient } = at;
  const servers = chunkedFrom(
    config.realServers.map((server, realServer) =>
      newRealServer(places, server, { virtualServer: index, realServer, of: config, patient })
    ),
  );
  const liveWeight = liveWeightOf(servers);
  return { config, label, servers, liveWeight, quorate: hasQuorum(false, liveWeight, config) };
}

/** The names of virtual servers, in order. Those of one group are numbered. */
export function labelsOf(virtualServers: readonly VirtualServerConfig[]): readonly string[] {
  const seen = new Map<string, number>();
  return virtualServers.map((config) => {
    if (config.name.kind !== "group") return virtualServerLabel(config, 0);
    const sequence = seen.get(config.name.group) ?? 0;
    seen.set(config.name.group, sequence + 1);
    return virtualServerLabel(config, sequence);
  });
}
