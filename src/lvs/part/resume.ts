/**
 * What is known of servers, kept for the next run of the daemon, and taken over by it: a server that was found bad is not used
 * until it is found good, one that was good is not doubted before its retries are over, and nobody is told again of either.
 */

import { type Checker, isUp } from "../../check/checker/checker.ts";
import { chunkedFrom, elementAt, elementsOf, withElement } from "../../persistent/mod.ts";
import type { LvsPart } from "./part.ts";
import { hasQuorum } from "./quorum.ts";
import { isAlive, liveWeightOf, type RealServer, weightOf } from "./virtual_server.ts";

/** A virtual server. */
export interface SavedVirtualServer {
  /** As logs name it; no two have the same. */
  readonly name: string;
  readonly quorate: boolean;
  /** In the order of the configuration. */
  readonly servers: readonly SavedRealServer[];
}

/** A real server. */
export interface SavedRealServer {
  /** As logs name it. */
  readonly name: string;
  /** In the order of the configuration. */
  readonly checkers: readonly SavedChecker[];
}

/** A checker. */
export interface SavedChecker {
  readonly up: boolean;
  /** As those of {@linkcode Checker}. */
  readonly weight?: number;
  readonly added?: number;
}

/** What there is to keep. */
export function savedServers({ virtualServers, slots }: LvsPart): readonly SavedVirtualServer[] {
  const checker = (order: number): readonly SavedChecker[] => {
    const self = elementAt(slots, order)?.checker;
    if (self === undefined) return [];
    const { weight, added } = self;
    return [{
      up: isUp(self),
      ...(weight !== undefined && { weight }),
      ...(added !== undefined && { added }),
    }];
  };
  return elementsOf(virtualServers).map(({ label, quorate, servers }) => ({
    name: label,
    quorate,
    servers: elementsOf(servers).map(({ label: name, orders }) => ({
      name,
      checkers: orders.flatMap(checker),
    })),
  }));
}

/** The part before its start, with what was known of servers that are configured as they were. */
export function resumedServers(part: LvsPart, saved: readonly SavedVirtualServer[]): LvsPart {
  const known = new Map(saved.map((each) => [each.name, each]));
  const told = new Set<number>();
  let { slots } = part;
  const virtualServers = elementsOf(part.virtualServers).map((self, at) => {
    const was = known.get(self.label);
    if (was === undefined) return self;
    told.add(at);
    const left = Map.groupBy(was.servers, ({ name }) => name);
    const servers = chunkedFrom(
      elementsOf(self.servers).map((server): RealServer => {
        const before = left.get(server.label)?.shift();
        if (before === undefined || before.checkers.length !== server.orders.length) return server;
        const checkers: Checker[] = [];
        for (const [index, order] of server.orders.entries()) {
          const slot = elementAt(slots, order);
          const found = before.checkers[index];
          if (slot === undefined || found === undefined) return server;
          const { up, ...given } = found;
          const phase = { kind: "first", up, patient: true } as const;
          const checker = { ...slot.checker, ...given, phase };
          checkers.push(checker);
          slots = withElement(slots, order, { ...slot, checker });
        }
        return { ...server, alive: isAlive(checkers), weight: weightOf(server.config, checkers) };
      }),
    );
    const liveWeight = liveWeightOf(servers);
    const quorate = hasQuorum(was.quorate, liveWeight, self.config);
    return { ...self, servers, liveWeight, quorate };
  });
  return { ...part, slots, virtualServers: chunkedFrom(virtualServers), told };
}
