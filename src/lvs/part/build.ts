/** Servers made from their configuration. */

import { chunkedFrom } from "../../persistent/mod.ts";
import { join, type Places, type Position } from "../asking/mod.ts";
import { waitsFor } from "../beside/presence.ts";
import type { RealServerConfig, VirtualServerConfig } from "../config.ts";
import { hasQuorum } from "../servers/quorum.ts";
import {
  isAlive,
  liveWeightOf,
  type RealServer,
  type VirtualServer,
  weightOf,
} from "../servers/virtual_server.ts";
import { realServerLabel, virtualServerLabel } from "../servers/words.ts";

/** A real server with checkers at their first attempt; `patient` as in {@linkcode newChecker}. */
export function newRealServer(
  places: Places,
  config: RealServerConfig,
  { at, of, patient }: {
    readonly at: Position;
    readonly of: VirtualServerConfig;
    readonly patient: boolean;
  },
): RealServer {
  const waiting = waitsFor(of);
  const checkers = config.checkers.map((checker) =>
    join(places, checker, { at, waitsFor: waiting, up: !checker.timing.alpha, patient })
  );
  return judged(places, { config, label: realServerLabel(config, of), checkers });
}

/** A real server as its checkers say. */
export function judged(
  places: Places,
  server: Pick<RealServer, "config" | "label" | "checkers">,
): RealServer {
  const checkers = server.checkers.flatMap((number) => places.checkers[number]?.checker ?? []);
  return { ...server, alive: isAlive(checkers), weight: weightOf(server.config, checkers) };
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
      newRealServer(places, server, {
        at: { virtualServer: index, realServer },
        of: config,
        patient,
      })
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
