/** The commands a configuration may run, and a configuration without some of them. */

import type { CheckerConfig } from "../../check/config.ts";
import type { ScriptCommand } from "../../global/config.ts";
import type { RealServerConfig, VirtualServerConfig } from "../../lvs/config.ts";
import type { LvsConfig } from "../../lvs/config.ts";
import type { NotifyScripts } from "../../notify/news.ts";
import type { TrackConfig } from "../../track/config.ts";
import type { FollowedThing } from "../../track/influence.ts";
import type { VrrpConfig } from "../../vrrp/config.ts";

/** The parts that run commands. */
export interface Parts {
  readonly vrrp: VrrpConfig;
  readonly lvs: LvsConfig;
  readonly track: TrackConfig;
}

/** Every command that may be run, in no particular order. */
export function commandsOf({ vrrp, lvs, track }: Parts): readonly ScriptCommand[] {
  return [
    ...track.scripts.map(({ script }) => script),
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
  { vrrp, lvs, track }: Parts,
  forbidden: ReadonlySet<ScriptCommand>,
): Parts {
  if (forbidden.size === 0) return { vrrp, lvs, track };
  const lost = new Set(
    track.scripts.filter(({ script }) => forbidden.has(script)).map(({ name }) => name),
  );
  const tracked = ({ tracker }: FollowedThing) =>
    tracker.kind !== "script" || !lost.has(tracker.name);
  const instances = vrrp.instances.map((instance) => ({
    ...instance,
    notify: kept(instance.notify, forbidden),
    tracks: instance.tracks.filter(tracked),
  }));
  const groups = vrrp.groups.map((group) => ({
    ...group,
    notify: kept(group.notify, forbidden),
    tracks: group.tracks.filter(tracked),
  }));
  const scripts = track.scripts.filter(({ name }) => !lost.has(name));
  const virtualServers = lvs.virtualServers.map((server) => ({
    ...kept(server, forbidden),
    realServers: server.realServers.map((real) => withoutRealCommands(real, forbidden)),
  }));
  return {
    vrrp: { ...vrrp, instances, groups },
    lvs: { ...lvs, virtualServers },
    track: { ...track, scripts },
  };
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
