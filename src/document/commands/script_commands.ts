/** The commands a configuration may run, and a configuration without some of them. */

import type { CheckerConfig } from "../../check/config.ts";
import type { ScriptCommand } from "../../global/config.ts";
import type { RealServerConfig, VirtualServerConfig } from "../../lvs/config.ts";
import type { LvsConfig } from "../../lvs/config.ts";
import type { NotifyScripts } from "../../notify/news.ts";
import type { VrrpConfig } from "../../vrrp/config.ts";

/** The parts that run commands. */
export interface Parts {
  readonly vrrp: VrrpConfig;
  readonly lvs: LvsConfig;
}

/** Every command that may be run, in no particular order. */
export function commandsOf({ vrrp, lvs }: Parts): readonly ScriptCommand[] {
  return [
    ...vrrp.scripts.map(({ script }) => script),
    ...[...vrrp.instances, ...vrrp.groups].flatMap(({ notify }) => notifyCommands(notify)),
    ...lvs.virtualServers.flatMap(serverCommands),
  ];
}

function notifyCommands(notify: NotifyScripts): readonly ScriptCommand[] {
  return Object.values(notify).filter((command) => command !== undefined && command !== true);
}

function serverCommands(server: VirtualServerConfig): readonly ScriptCommand[] {
  const real = server.realServers.flatMap(({ notifyUp, notifyDown, checkers }) => [
    notifyUp,
    notifyDown,
    ...checkers.map((checker) => checker.kind === "misc" ? checker.command : undefined),
  ]);
  return [server.quorumUp, server.quorumDown, ...real].filter((command) => command !== undefined);
}

/**
 * The configuration without the commands that are forbidden. A tracked script goes with everybody's tracking of it, as a lost one
 * does in keepalived; a checker goes as a whole.
 */
export function withoutCommands(
  { vrrp, lvs }: Parts,
  forbidden: ReadonlySet<ScriptCommand>,
): Parts {
  if (forbidden.size === 0) return { vrrp, lvs };
  const lost = new Set(
    vrrp.scripts.filter(({ script }) => forbidden.has(script)).map(({ name }) => name),
  );
  const tracked = (entry: { readonly name: string }) => !lost.has(entry.name);
  const instances = vrrp.instances.map((instance) => ({
    ...instance,
    notify: kept(instance.notify, forbidden),
    trackScripts: instance.trackScripts.filter(tracked),
  }));
  const groups = vrrp.groups.map((group) => ({
    ...group,
    notify: kept(group.notify, forbidden),
    trackScripts: group.trackScripts.filter(tracked),
  }));
  const scripts = vrrp.scripts.filter(tracked);
  const virtualServers = lvs.virtualServers.map((server) => ({
    ...kept(server, forbidden),
    realServers: server.realServers.map((real) => withoutRealCommands(real, forbidden)),
  }));
  return { vrrp: { ...vrrp, instances, groups, scripts }, lvs: { ...lvs, virtualServers } };
}

function withoutRealCommands(
  real: RealServerConfig,
  forbidden: ReadonlySet<ScriptCommand>,
): RealServerConfig {
  const runs = (checker: CheckerConfig) =>
    checker.kind !== "misc" || !forbidden.has(checker.command);
  return { ...kept(real, forbidden), checkers: real.checkers.filter(runs) };
}

/** A record without the fields that hold a forbidden command. */
function kept<T extends object>(record: T, forbidden: ReadonlySet<unknown>): T {
  const copy = { ...record };
  for (const [field, value] of Object.entries(record)) {
    if (forbidden.has(value)) Reflect.deleteProperty(copy, field);
  }
  return copy;
}
