/** Who waits for its watch to expire: what it will do then is known beforehand. */

import { linkAt } from "../kernel_facts.ts";
import type { AddressPlace } from "../effect.ts";
import type { Instance } from "../fsm/state.ts";
import { carriersOf } from "./directory.ts";
import type { VrrpPart } from "./part_state.ts";

/** Orders of all backups. */
export function backupsOf({ instances }: VrrpPart): readonly number[] {
  return instances.flatMap(backup);
}

/** Orders of the backups at some positions. */
export function backupsAmong(
  { instances }: VrrpPart,
  positions: Iterable<number>,
): readonly number[] {
  return [...positions].flatMap((at) => {
    const self = instances[at];
    return self === undefined ? [] : backup(self);
  });
}

/** Orders of the backups that would have addresses in some places. */
export function backupsAt(part: VrrpPart, places: readonly AddressPlace[]): readonly number[] {
  const { directory, kernel } = part;
  const positions = places.flatMap(({ ifindex, address }) => {
    const ifname = linkAt(kernel, ifindex)?.ifname;
    if (ifname === undefined) return [];
    return address === undefined
      ? directory.byDevice.get(ifname) ?? []
      : carriersOf(directory, ifname, address.address) ?? [];
  });
  return backupsAmong(part, new Set(positions));
}

function backup({ state, order }: Instance): readonly number[] {
  return state.kind === "backup" ? [order] : [];
}

/** An instance and those that change their states together with it, in the order of the file. */
export function companyOf(
  { instances, directory, byOrder }: VrrpPart,
  order: number,
): readonly Instance[] {
  const at = byOrder.get(order);
  const self = at === undefined ? undefined : instances[at];
  if (self === undefined) return [];
  const members = self.group === undefined ? undefined : directory.members.get(self.group);
  return members === undefined ? [self] : members.flatMap((each) => instances[each] ?? []);
}
