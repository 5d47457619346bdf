/** Several virtual nodes on one virtual LAN, and the record of who held which address when. */

import type { Ip, Micros } from "../net/mod.ts";
import { createHost, type Deed, type Host, type HostSpec, type Surroundings } from "./host.ts";
import { createLan, FAIR_WEATHER, type Lan, type Weather } from "./lan.ts";
import { seededRandom } from "./random.ts";
import type { Happening } from "./tape.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

/** How a cluster is built. */
export interface ClusterSpec {
  readonly seed: number;
  readonly hosts: readonly HostSpec[];
  readonly weather?: Weather;
  /** Addresses whose holders are recorded. */
  readonly watched: readonly Ip[];
}

/** Hosts that held an address from a moment on. */
export interface Holding {
  readonly since: Micros;
  readonly hosts: readonly string[];
}

/** A running cluster. */
export interface Cluster {
  readonly timeline: Timeline;
  readonly lan: Lan;
  /** A host by its name. Throws for one that is not there. */
  host(name: string): Host;
  readonly hosts: readonly Host[];
  /** Every event a host took, in order: with its configuration, a tape. */
  happenings(host: string): readonly Happening[];
  /** Everything that was done, in order. */
  readonly deeds: readonly Deed[];
  /** Who held an address, from change to change. */
  holdings(address: Ip): readonly Holding[];
  /** Lets this much time pass. */
  run(duration: Micros): void;
}

/** A cluster whose daemons are not started yet. */
export function createCluster(spec: ClusterSpec): Cluster {
  const timeline = createTimeline();
  const lan = createLan(timeline, seededRandom(spec.seed), spec.weather ?? FAIR_WEATHER);
  const deeds: Deed[] = [];
  const record = new Map<Ip, Holding[]>(spec.watched.map((address) => [address, []]));
  const happenings = new Map<string, Happening[]>();
  const hosts: Host[] = [];

  function onChange(): void {
    for (const [address, holdings] of record) {
      const holders = hosts.filter((host) => host.holds(address)).map((host) => host.name);
      const last = holdings.at(-1);
      if (last !== undefined && last.hosts.join(" ") === holders.join(" ")) continue;
      if (last?.since === timeline.now()) holdings.pop();
      holdings.push({ since: timeline.now(), hosts: holders });
    }
  }

  const around: Surroundings = {
    timeline,
    lan,
    onEvent: (host, event, at) => {
      const list = happenings.get(host) ?? [];
      happenings.set(host, list);
      list.push({ at, event });
    },
    onDeed: (deed) => void deeds.push(deed),
    onChange,
  };
  for (const host of spec.hosts) hosts.push(createHost(host, around));
  onChange();

  return {
    timeline,
    lan,
    hosts,
    deeds,
    host: (name) => {
      const found = hosts.find((host) => host.name === name);
      if (found === undefined) throw new RangeError(`Cannot find host ${name} in the cluster`);
      return found;
    },
    happenings: (host) => happenings.get(host) ?? [],
    holdings: (address) => record.get(address) ?? [],
    run: (duration) => timeline.runUntil(timeline.now() + duration),
  };
}

/** Longest time nobody, and longest time several, held an address between two moments. */
export interface Gaps {
  readonly none: Micros;
  readonly several: Micros;
}

/** Longest stretches without exactly one holder. */
export function longestGaps(holdings: readonly Holding[], from: Micros, to: Micros): Gaps {
  let [none, several] = [0, 0];
  let run: { readonly kind: "none" | "several"; readonly since: Micros } | undefined;
  const close = (at: Micros) => {
    if (run?.kind === "none") none = Math.max(none, at - run.since);
    if (run?.kind === "several") several = Math.max(several, at - run.since);
  };
  for (const [index, { since, hosts }] of holdings.entries()) {
    const end = holdings[index + 1]?.since ?? to;
    if (end <= from || since >= to) continue;
    const kind = hosts.length === 0 ? "none" : hosts.length > 1 ? "several" : undefined;
    if (kind === run?.kind) continue;
    const at = Math.max(since, from);
    close(at);
    run = kind && { kind, since: at };
  }
  close(to);
  return { none, several };
}
