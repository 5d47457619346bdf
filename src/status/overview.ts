/**
 * How a daemon is, in one screenful: what `holdfast status` shows, and programs read. Drawn from the one
 * look; what needs somebody's attention is a warning of its own.
 */

import { MILLISECOND } from "../net/micros.ts";
import type { RealServerStatus, Snapshot, StateName } from "./snapshot.ts";
import { isoText } from "./wall_time.ts";

/** Who carries out the last will of a daemon that dies. */
export type GuardianState =
  /** It is there. */
  | "runs"
  /** It is not: a crash leaves the addresses here. */
  | "missing"
  /** Nothing runs that would need one. */
  | "not-needed";

/** What only the shell knows. */
export interface OverviewAbout {
  readonly guardian: GuardianState;
  /** ISO 8601: a reload waits until then to be confirmed. */
  readonly rollsBackAt?: string;
  /** Why the last reload was refused, if it was. */
  readonly refused?: readonly string[];
}

/** The whole. Fields may be added. */
export interface Overview {
  readonly instances: readonly InstanceOverview[];
  readonly groups: readonly { readonly name: string; readonly state: StateName }[];
  readonly services: ServicesOverview;
  readonly guardian: GuardianState;
  /** Absent where the core was not asked. */
  readonly lateness?: LatenessOverview;
  /** Sentences for a person, the worst first. */
  readonly warnings: readonly string[];
}

/** An instance. */
export interface InstanceOverview {
  readonly name: string;
  readonly group?: string;
  readonly state: StateName;
  /** ISO 8601. */
  readonly since: string;
  /** Absent for a unicast instance that stands where its source is. */
  readonly interface?: string;
  readonly vrid: number;
  readonly family: "inet" | "inet6";
  /** Priority in force, and the configured one. */
  readonly priority: number;
  readonly basePriority: number;
  /** How many virtual addresses it has, excluded ones too. */
  readonly addresses: number;
  /** The master it hears. */
  readonly master?: { readonly address: string; readonly priority: number };
  /** How long after it was due its latest advert left, ms; absent where the core was not asked, or sent none. */
  readonly latestAdvertMs?: number;
  /** Why it is in fault. */
  readonly faults: readonly string[];
  /** Another master beside this one (split brain); `since` in ISO 8601. */
  readonly rival?: { readonly peer: string; readonly by: string; readonly since: string };
}

/** How late the daemon was at what was due, since its start, in ms. */
export interface LatenessOverview {
  readonly worstMs: number;
  /** How often it was more than 20 ms. */
  readonly times: number;
  /** How long the machine slept meanwhile. */
  readonly asleepMs: number;
}

/** All virtual servers. */
export interface ServicesOverview {
  readonly virtualServers: number;
  /** How many have no quorum. */
  readonly withoutQuorum: number;
  readonly realServers: number;
  /** How many of them are down. */
  readonly down: number;
}

/** Most servers named in one warning. */
const MOST_NAMED = 3;

/** How it is. */
export function overviewOf(snapshot: Snapshot, about: OverviewAbout): Overview {
  const { groups, virtualServers, lateness } = snapshot;
  const instances = snapshot.instances.map((status): InstanceOverview => {
    const { config, group, rival, masterRouter } = status;
    const link = config.vmac?.name ?? config.interface;
    return {
      name: config.name,
      ...(group !== undefined && { group }),
      state: status.state,
      since: isoText(status.since),
      ...(link !== undefined && { interface: link }),
      vrid: config.virtualRouterId,
      family: config.family,
      priority: status.effectivePriority,
      basePriority: config.priority,
      addresses: config.virtualAddresses.length + config.excludedAddresses.length,
      ...(masterRouter !== undefined && {
        master: { address: masterRouter, priority: status.masterPriority },
      }),
      ...(status.latestAdvert !== undefined && {
        latestAdvertMs: status.latestAdvert / MILLISECOND,
      }),
      faults: status.faults,
      ...(rival && { rival: { ...rival, since: isoText(rival.since) } }),
    };
  });
  const servers = virtualServers.flatMap((one) => one.servers);
  const services = {
    virtualServers: virtualServers.length,
    withoutQuorum: virtualServers.filter(({ quorate }) => !quorate).length,
    realServers: servers.length,
    down: servers.filter(({ alive }) => !alive).length,
  };
  return {
    instances,
    groups: groups.map(({ config: { name }, state }) => ({ name, state })),
    services,
    guardian: about.guardian,
    ...(lateness !== undefined && {
      lateness: {
        worstMs: lateness.worst / MILLISECOND,
        times: lateness.times,
        asleepMs: lateness.asleep / MILLISECOND,
      },
    }),
    warnings: [...warningsOf(snapshot, instances, about)],
  };
}

function* warningsOf(
  { virtualServers }: Snapshot,
  instances: readonly InstanceOverview[],
  { guardian, rollsBackAt, refused }: OverviewAbout,
): Iterable<string> {
  for (const { name, rival } of instances) {
    if (rival === undefined) continue;
    yield `Split brain: ${name} is master, and so is ${rival.peer} (by ${rival.by}) since ${rival.since}`;
  }
  for (const { name, state, faults } of instances) {
    if (state === "FAULT") yield `${name} is in FAULT: ${faults.join(", ") || "no reason known"}`;
  }
  const lost = virtualServers.filter(({ quorate }) => !quorate);
  if (lost.length > 0) yield `Without quorum: ${named(lost)}`;
  const down = virtualServers.filter(({ quorate }) => quorate)
    .flatMap(({ label, servers }) => downOf(servers).map((one) => `${one.label} of ${label}`));
  if (down.length > 0) yield `Down: ${named(down.map((label) => ({ label })))}`;
  if (guardian === "missing") {
    yield "There is no guardian: a crash leaves the addresses here";
  }
  if (rollsBackAt !== undefined) {
    yield `The last reload rolls back at ${rollsBackAt} unless: holdfast reload --confirmed`;
  }
  if (refused !== undefined) {
    yield `Runs with the configuration before a reload that was refused: ${refused.join("; ")}`;
  }
}

function downOf(servers: readonly RealServerStatus[]): readonly RealServerStatus[] {
  return servers.filter(({ alive }) => !alive);
}

function named(all: readonly { readonly label: string }[]): string {
  const more = all.length - MOST_NAMED;
  const names = all.slice(0, MOST_NAMED).map(({ label }) => label).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}
