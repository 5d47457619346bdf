/** Who is concerned by what: indices over a configuration, built once per start or reload. */

import { trackerKey } from "../../track/tracker.ts";
import type { Family, Ip } from "../../net/mod.ts";
import type { Linkbeat, SyncGroupConfig, VrrpConfig } from "../config.ts";
import type { Meaning } from "../kernel_facts.ts";
import { configuredSource } from "../router_identity.ts";
import { linksOf, senderOf } from "../vmac.ts";
import { type Following, followingOf, trackGroupsOf } from "./health/following.ts";
import { allAddresses, carrierKey, deviceOf } from "../virtual_address.ts";

/** Positions in `VrrpPart.instances`. */
type Positions = readonly number[];

/** The indices. */
export interface Directory {
  /** What each instance follows, by position. */
  readonly following: readonly Following[];
  /** Instances by {@linkcode vridKey}. */
  readonly byVrid: ReadonlyMap<string, Positions>;
  /** Instances whose health depends on an interface, with the rest of their groups. */
  readonly byInterface: ReadonlyMap<string, Positions>;
  /** Instances whose interface it is. */
  readonly bySender: ReadonlyMap<string, Positions>;
  /** Instances that are configured to send from an address, with the rest of their groups. */
  readonly bySource: ReadonlyMap<Ip, Positions>;
  /** Instances without interface: theirs is that which has their source. */
  readonly roaming: Positions;
  /** Instances whose addresses an interface carries; none of one with static addresses only. */
  readonly byDevice: ReadonlyMap<string, Positions>;
  /** By interface, {@linkcode carriersOf} an address. */
  readonly carriers: ReadonlyMap<string, ReadonlyMap<Ip, Positions>>;
  /** {@linkcode carrierKey} of each that an instance of priority 255 lists. */
  readonly owned: ReadonlySet<string>;
  /** Instances that follow something, by {@linkcode trackerKey}, with the rest of their groups. */
  readonly byTracker: ReadonlyMap<string, Positions>;
  /** Members of each sync group, by its name. */
  readonly members: ReadonlyMap<string, Positions>;
  /** The group each member belongs to, by the instance's name. */
  readonly groupOf: ReadonlyMap<string, SyncGroupConfig>;
  /** Sync groups by name. */
  readonly groups: ReadonlyMap<string, SyncGroupConfig>;
  /** Instances with links that have addresses of their own. */
  readonly linked: Positions;
  /** Names of interfaces through which routes lead, and of VRFs. */
  readonly ways: ReadonlySet<string>;
  /** Every address that could be ours; none of them is a source of adverts. */
  readonly virtual: ReadonlySet<Ip>;
}

/** What addresses mean to the configuration that was indexed. */
export function meaningIn({ bySource, virtual }: Directory): Meaning {
  return { sources: new Set(bySource.keys()), virtual };
}

/** Instances that list an address on an interface; none of a static one, absent where nobody speaks of it. */
export function carriersOf(
  { carriers }: Directory,
  ifname: string,
  address: Ip,
): Positions | undefined {
  return carriers.get(ifname)?.get(address);
}

/** Links, by name, and addresses, wherever they are, that a configuration speaks of; all others concern nobody. */
export interface Interest {
  readonly interfaces: readonly string[];
  readonly addresses: readonly Ip[];
  /** Interfaces that are asked for their carrier. */
  readonly polled: readonly Linkbeat[];
}

/** What the configuration that was indexed speaks of. */
export function interestIn(
  { bySender, byInterface, byDevice, bySource, ways }: Directory,
  linkbeat: VrrpConfig["linkbeat"],
): Interest {
  const interfaces = new Set([
    ...bySender.keys(),
    ...byInterface.keys(),
    ...byDevice.keys(),
    ...ways,
  ]);
  const named = new Set(linkbeat.interfaces.map(({ ifname }) => ifname));
  const others = linkbeat.all ? [...interfaces].filter((ifname) => !named.has(ifname)) : [];
  return {
    interfaces: [...interfaces, ...named],
    addresses: [...bySource.keys()],
    polled: [...linkbeat.interfaces, ...others.map((ifname) => ({ ifname }))],
  };
}

/** What a configuration speaks of. */
export function interestOf(config: VrrpConfig): Interest {
  return interestIn(buildDirectory(config), config.linkbeat);
}

/** Key of `byVrid`: `eth0 51 inet`, without a name for instances without interface. */
export function vridKey(ifname: string | undefined, vrid: number, family: Family): string {
  return `${ifname ?? ""} ${vrid} ${family}`;
}

/** Builds the indices. */
export function buildDirectory(config: VrrpConfig): Directory {
  const position = new Map(config.instances.map((each, at) => [each.name, at]));
  const groupOf = new Map(
    config.groups.flatMap((group) => group.members.map((name) => [name, group] as const)),
  );
  const members = new Map(config.groups.map((group) => [
    group.name,
    group.members.flatMap((name) => position.get(name) ?? []),
  ]));
  const statics = trackGroupsOf(config);
  const following: Following[] = [];
  const byVrid = new Map<string, number[]>();
  const byInterface = new Map<string, Set<number>>();
  const bySender = new Map<string, Set<number>>();
  const bySource = new Map<Ip, Set<number>>();
  const roaming: number[] = [];
  const linked: number[] = [];
  const byDevice = new Map<string, Set<number>>();
  const carriers = new Map<string, Map<Ip, Set<number>>>();
  const owned = new Set<string>();
  const byTracker = new Map<string, Set<number>>();
  for (const [at, instance] of config.instances.entries()) {
    const group = groupOf.get(instance.name);
    const concerned = members.get(group?.name ?? "") ?? [at];
    const sender = senderOf(instance);
    const key = vridKey(sender, instance.virtualRouterId, instance.family);
    byVrid.set(key, [...byVrid.get(key) ?? [], at]);
    const followed = followingOf(instance, group, statics.get(instance.name));
    following.push(followed);
    if (sender === undefined) roaming.push(at);
    else addAll(bySender, sender, [at]);
    const links = linksOf(instance);
    for (const name of [sender, instance.interface, ...links.map(({ base }) => base)]) {
      if (name !== undefined) addAll(byInterface, name, concerned);
    }
    for (const { name } of links) addAll(byDevice, name, []);
    if (links.some(({ family, ipvlan }) => family === "inet6" || ipvlan !== undefined)) {
      linked.push(at);
    }
    const source = configuredSource(instance);
    if (source !== undefined) addAll(bySource, source, concerned);
    for (const { tracker } of followed) {
      addAll(byTracker, trackerKey(tracker), concerned);
      if (tracker.kind === "interface") addAll(byInterface, tracker.name, concerned);
    }
    for (const each of allAddresses(instance)) {
      const device = deviceOf(each, instance);
      if (device === undefined) continue;
      addAll(byDevice, device, [at]);
      addCarrier(carriers, device, { address: each.address, positions: [at] });
      if (instance.priority === 255) owned.add(carrierKey(device, each.address));
    }
  }
  for (const { dev, address } of config.staticAddresses) {
    addAll(byDevice, dev, []);
    addCarrier(carriers, dev, { address, positions: [] });
  }
  const virtual = new Set(config.instances.flatMap(allAddresses).map((each) => each.address));
  return {
    following,
    byVrid,
    byInterface: listed(byInterface),
    bySender: listed(bySender),
    bySource: listed(bySource),
    roaming,
    linked,
    byDevice: listed(byDevice),
    carriers: new Map([...carriers].map(([ifname, each]) => [ifname, listed(each)])),
    owned,
    byTracker: listed(byTracker),
    members,
    groupOf,
    groups: new Map(config.groups.map((group) => [group.name, group])),
    ways: new Set(devicesOfRoutes(config)),
    virtual,
  };
}

function devicesOfRoutes({ instances, staticRoutes }: VrrpConfig): readonly string[] {
  const routes = [...staticRoutes, ...instances.flatMap(({ virtualRoutes }) => virtualRoutes)];
  return [
    ...instances.flatMap(({ vrf }) => vrf ?? []),
    ...routes.flatMap(({ route }) => route.vrf ?? []),
    ...routes.flatMap(({ route }) => route.nextHops.flatMap(({ device }) => device ?? [])),
  ];
}

function addAll(map: Map<string, Set<number>>, key: string, positions: Positions): void {
  const set = map.get(key) ?? new Set();
  for (const at of positions) set.add(at);
  map.set(key, set);
}

function addCarrier(
  carriers: Map<string, Map<Ip, Set<number>>>,
  ifname: string,
  { address, positions }: { readonly address: Ip; readonly positions: Positions },
): void {
  const on = carriers.get(ifname) ?? new Map<Ip, Set<number>>();
  addAll(on, address, positions);
  carriers.set(ifname, on);
}

function listed(map: ReadonlyMap<string, ReadonlySet<number>>): ReadonlyMap<string, Positions> {
  return new Map([...map].map(([key, set]) => [key, [...set]]));
}
