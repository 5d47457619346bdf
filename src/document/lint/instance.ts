/**
 * A `vrrp_instance` as lint sees it: what is written, with keepalived's defaults, whether or not it
 * can run.
 */

import {
  allValues,
  fieldsOf,
  lastUse,
  lastValue,
  type Phrase,
  type Use,
} from "../../language/mod.ts";
import { type Family, familyOf } from "../../net/ip.ts";
import type { Micros } from "../../net/micros.ts";
import type { UnicastPeer, VirtualAddress, VrrpInstanceConfig } from "../../vrrp/config.ts";
import { VRRP_INSTANCE } from "../../vrrp/read/keywords.ts";
import type { BoundInstance } from "../../vrrp/read/read_instance.ts";
import type { BoundConfig } from "../config.ts";

/** One instance. */
export interface InstanceView {
  readonly name: string;
  /** The block. */
  readonly use: Phrase;
  readonly bound: BoundInstance;
  /** What runs; absent when it cannot. */
  readonly config: VrrpInstanceConfig | undefined;
  readonly interface: string | undefined;
  readonly vrid: number | undefined;
  readonly family: Family;
  readonly version: 2 | 3;
  readonly priority: number;
  readonly state: "master" | "backup";
  readonly nopreempt: boolean;
  readonly strict: boolean;
  readonly advertInt: Micros;
  readonly addresses: readonly Use<VirtualAddress>[];
  readonly excluded: readonly Use<VirtualAddress>[];
  readonly peers: readonly Use<UnicastPeer>[];
}

/** All instances of a file, in its order. */
export function instancesOf({ root, config }: BoundConfig): readonly InstanceView[] {
  const running = new Map(config.vrrp.instances.map((instance) => [instance.name, instance]));
  return (root.vrrp_instance ?? []).map((use) => {
    const { header: name, body: bound } = use.value;
    const own = running.get(name);
    const addresses = entriesOf(bound.virtual_ipaddress);
    const peers = entriesOf(bound.unicast_peer);
    const first = addresses[0]?.value.address ?? lastValue(bound.unicast_src_ip) ??
      lastValue(bound.mcast_src_ip) ?? peers[0]?.value.address;
    const family = first === undefined ? "inet" : familyOf(first);
    const written = lastValue(bound.state);
    const priority = own?.priority ?? lastValue(bound.priority) ??
      (written === "master" ? 255 : 100);
    return {
      name,
      use,
      bound,
      config: own,
      interface: lastValue(bound.interface),
      vrid: lastValue(bound.virtual_router_id),
      family,
      version: own?.version ?? versionOf(bound, family, config.global.vrrpVersion),
      priority,
      state: own?.wantState ?? written ?? (priority === 255 ? "master" : "backup"),
      nopreempt: own?.nopreempt ?? bound.nopreempt !== undefined,
      strict: own?.strict ?? lastValue(bound.strict_mode) ?? config.global.vrrpStrict,
      advertInt: own?.advertInt ?? fieldsOf(VRRP_INSTANCE, bound).advertInt,
      addresses,
      excluded: entriesOf(bound.virtual_ipaddress_excluded),
      peers,
    };
  });
}

/** The same virtual router in another file: same VRID and family, by name where several have it. */
export function counterpartOf(
  self: InstanceView,
  others: readonly InstanceView[],
): InstanceView | undefined {
  const same = others.filter(({ vrid, family }) => vrid === self.vrid && family === self.family);
  return same.find(({ name }) => name === self.name) ?? same[0];
}

/** Entries of all uses of a list. */
export function entriesOf<E>(
  lists: readonly Use<{ readonly entries: readonly Use<E>[] }>[] | undefined,
): readonly Use<E>[] {
  return allValues(lists).flatMap(({ entries }) => entries);
}

/** The last use of a keyword, else the block. */
export function useOrBlock(
  uses: readonly Use<unknown>[] | undefined,
  block: Phrase,
): Phrase {
  return lastUse(uses) ?? block;
}

function versionOf(bound: BoundInstance, family: Family, global: 2 | 3): 2 | 3 {
  const written = lastValue(bound.version);
  if (written !== undefined) return written === 3 ? 3 : 2;
  return family === "inet6" ? 3 : global;
}
