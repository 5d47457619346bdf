/** Servers that come back or leave slowly, within a step. */

import { serviceKey } from "../../kernel/ipvs/ipvs.ts";
import { elementAt, elementsOf, withElement } from "../../persistent/mod.ts";
import { withDue } from "./agenda.ts";
import type { Position } from "../asking/mod.ts";
import { weightIn } from "./desired.ts";
import type { RealServerConfig } from "../config.ts";
import { realServerLabel } from "../servers/words.ts";
import { type Draft, dueToClimb, noteChange, say } from "./draft.ts";
import { climbAt } from "../slowly/climb.ts";
import {
  type ConnectionCount,
  connectionsOf,
  leavingOf,
  type LeavingServer,
} from "../slowly/leaving.ts";
import { destinationPort, type RealServer, type VirtualServer } from "../servers/virtual_server.ts";

/** A server gets more of its weight, if it is time. */
export function climb(draft: Draft, at: Position): void {
  const virtualServer = elementAt(draft.virtualServers, at.virtualServer);
  const server = virtualServer && elementAt(virtualServer.servers, at.realServer);
  if (virtualServer === undefined || server?.climb === undefined) return;
  const { climb: before, ...rest } = server;
  const after = climbAt(before, server.config.slowStart, draft.now);
  if (after === before) return;
  const next: RealServer = { ...rest, ...(after && { climb: after }) };
  const servers = withElement(virtualServer.servers, at.realServer, next);
  draft.virtualServers = withElement(draft.virtualServers, at.virtualServer, {
    ...virtualServer,
    servers,
  });
  noteChange(draft, at);
  dueToClimb(draft, at, after);
}

/** A server that a reload takes away: what it is until it has gone, if it is in the table and may take its time. */
export function leavingServer(
  draft: Draft,
  server: RealServer,
  virtualServer: VirtualServer,
  drainTimeout: number | undefined,
): LeavingServer | undefined {
  if (drainTimeout === undefined || drainTimeout === 0) return undefined;
  if (weightIn(virtualServer, server) === undefined) return undefined;
  const { config, label } = server;
  const names = { server: label, of: virtualServer.label };
  say(draft, { kind: "real-server-leaves", step: "begins", within: drainTimeout, ...names });
  return { config, label, until: draft.now + drainTimeout };
}

/** The sorry server of a virtual server that a reload takes away while it serves alone. */
export function leavingSorryServer(
  draft: Draft,
  config: RealServerConfig,
  { label: of, config: virtualServer }: VirtualServer,
): LeavingServer | undefined {
  const { drainTimeout } = virtualServer;
  if (drainTimeout === undefined || drainTimeout === 0) return undefined;
  const label = realServerLabel(config, virtualServer);
  say(draft, {
    kind: "real-server-leaves",
    step: "begins",
    within: drainTimeout,
    server: label,
    of,
  });
  return { config, label, until: draft.now + drainTimeout };
}

/** Puts down when the servers that leave are looked at. */
export function dueToLeave(draft: Draft, at: number, { leaving }: VirtualServer): void {
  if (leaving === undefined) return;
  const task = { kind: "leave", virtualServer: at } as const;
  draft.agenda = withDue(draft.agenda, { at: leaving.lookAt, task });
}

/** Looks at the servers that leave a virtual server: those whose time is over go, the connections of the others are counted. */
export function lookAtLeaving(draft: Draft, at: number): void {
  const virtualServer = elementAt(draft.virtualServers, at);
  const leaving = virtualServer?.leaving;
  if (virtualServer === undefined || leaving === undefined || leaving.lookAt > draft.now) return;
  const left = leaving.servers.filter((one) => one.until > draft.now);
  for (const { label: server, until, connections } of leaving.servers) {
    if (until > draft.now) continue;
    const left = connections === undefined ? {} : { connections };
    const names = { server, of: virtualServer.label };
    say(draft, { kind: "real-server-leaves", step: "late", ...names, ...left });
  }
  putLeaving(draft, at, left);
  if (left.length === 0) return;
  draft.orders.push({ kind: "count-connections", services: virtualServer.config.services });
}

/** Servers that leave and have no connections go. */
export function takeCounts(draft: Draft, counts: readonly ConnectionCount[]): void {
  const byService = new Map(counts.map((one) => [serviceKey(one.service), one] as const));
  for (const [at, virtualServer] of elementsOf(draft.virtualServers).entries()) {
    const { leaving, config: { services }, label: of } = virtualServer;
    if (leaving === undefined) continue;
    const counted = leaving.servers.map((one): LeavingServer => {
      const connections = connectionsOf(
        one.config,
        services,
        byService,
        (id) => destinationPort(one.config, id.kind === "address" ? id.port : 0),
      );
      return connections === undefined ? one : { ...one, connections };
    });
    const left = counted.filter(({ connections }) => connections !== 0);
    for (const { label: server, connections } of counted) {
      if (connections === 0) say(draft, { kind: "real-server-leaves", step: "over", server, of });
    }
    putLeaving(draft, at, left);
  }
}

/** These servers of a virtual server leave from now on; others that did have gone. */
function putLeaving(draft: Draft, at: number, servers: readonly LeavingServer[]): void {
  const virtualServer = elementAt(draft.virtualServers, at);
  if (virtualServer === undefined) return;
  const { leaving: before, ...rest } = virtualServer;
  const leaving = leavingOf(servers, draft.now);
  const after = { ...rest, ...(leaving && { leaving }) };
  draft.virtualServers = withElement(draft.virtualServers, at, after);
  dueToLeave(draft, at, after);
  if (servers.length !== before?.servers.length) noteChange(draft, { virtualServer: at });
}
