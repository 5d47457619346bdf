/**
 * What is known of servers, kept for the next run of the daemon, and taken over by it: a server that was found bad is not used
 * until it is found good, one that was good is not doubted before its retries are over, and nobody is told again of either.
 */

import { type Checker, isUp } from "../../check/checker/checker.ts";
import { chunkedFrom, elementsOf } from "../../persistent/mod.ts";
import { checkersOf, type LvsPart } from "./part.ts";
import { hasQuorum } from "../servers/quorum.ts";
import {
  isAlive,
  liveWeightOf,
  type RealServer,
  type VirtualServer,
  weightOf,
} from "../servers/virtual_server.ts";

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
export function savedServers(part: LvsPart): readonly SavedVirtualServer[] {
  return elementsOf(part.virtualServers).map(({ label, quorate, servers }) => ({
    name: label,
    quorate,
    servers: elementsOf(servers).map((server) => ({
      name: server.label,
      checkers: checkersOf(part, server).map(savedChecker),
    })),
  }));
}

function savedChecker(checker: Checker): SavedChecker {
  const { weight, added } = checker;
  return {
    up: isUp(checker),
    ...(weight !== undefined && { weight }),
    ...(added !== undefined && { added }),
  };
}

/** The part before its start, with what was known of servers that are configured as they were. */
export function resumedServers(part: LvsPart, saved: readonly SavedVirtualServer[]): LvsPart {
  const known = new Map(saved.map((each) => [each.name, each]));
  const told = new Set<number>();
  const slots = [...elementsOf(part.checkers)];
  const taken = new Set<number>();
  for (const [at, { label, servers }] of elementsOf(part.virtualServers).entries()) {
    const was = known.get(label);
    if (was === undefined) continue;
    told.add(at);
    const left = Map.groupBy(was.servers, ({ name }) => name);
    for (const server of elementsOf(servers)) {
      const before = left.get(server.label)?.shift();
      if (before === undefined || before.checkers.length !== server.checkers.length) continue;
      for (const [index, number] of server.checkers.entries()) {
        const [slot, found] = [slots[number], before.checkers[index]];
        // Of servers that shared no checker before and do now the first says what is known.
        if (slot === undefined || found === undefined || taken.has(number)) continue;
        taken.add(number);
        const { up, ...given } = found;
        const phase = { kind: "first", up, patient: true } as const;
        slots[number] = { ...slot, checker: { ...slot.checker, ...given, phase } };
      }
    }
  }
  const checkers = chunkedFrom(slots);
  const virtualServers = elementsOf(part.virtualServers).map((self) =>
    judgedAnew(self, { checkers, hadQuorum: known.get(self.label)?.quorate ?? self.quorate })
  );
  return { ...part, checkers, virtualServers: chunkedFrom(virtualServers), told };
}

/** A virtual server as these checkers say. */
function judgedAnew(
  self: VirtualServer,
  { checkers, hadQuorum }: Pick<LvsPart, "checkers"> & { readonly hadQuorum: boolean },
): VirtualServer {
  const servers = chunkedFrom(
    elementsOf(self.servers).map((server): RealServer => {
      const its = checkersOf({ checkers }, server);
      return { ...server, alive: isAlive(its), weight: weightOf(server.config, its) };
    }),
  );
  const liveWeight = liveWeightOf(servers);
  return { ...self, servers, liveWeight, quorate: hasQuorum(hadQuorum, liveWeight, self.config) };
}
