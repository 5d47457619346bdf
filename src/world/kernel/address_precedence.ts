/**
 * Who comes first in a subnet. Its first address is the primary: the host's connections come from it, and whoever deletes it deletes
 * the others too. That is not for a virtual address, which comes and goes: when one of the host's own comes after it, ours are added
 * again behind.
 */

import { type Address, addressKey, type AddressOperation, isMarked } from "../../kernel/address.ts";
import { type AddressesByKey, addressesOn } from "../../kernel/address_table.ts";
import { familyOf, networkOf } from "../../net/ip.ts";
import { earlier, type Micros, SECOND } from "../../net/micros.ts";
import { type Sorted, valueOf } from "../../persistent/mod.ts";

/** How soon a subnet is put in order again: others may want to be behind as well. */
export const PRECEDENCE_INTERVAL: Micros = 10 * SECOND;

/** What is remembered of subnets, by interface and network. */
export interface Precedence {
  /** A primary that is not ours, as last found. */
  readonly primaries: ReadonlyMap<string, string>;
  /** When a subnet was last put in order. */
  readonly ordered: ReadonlyMap<string, Micros>;
  /** When subnets are due to be looked at, and one of the addresses that came behind ours. */
  readonly due: ReadonlyMap<string, { readonly at: Micros; readonly behind: Address }>;
}

/** Before anything came behind. */
export const NO_PRECEDENCE: Precedence = {
  primaries: new Map(),
  ordered: new Map(),
  due: new Map(),
};

/** What precedence is judged by. */
export interface AddressesHeld {
  readonly actual: AddressesByKey;
  readonly managed: Sorted<string, true>;
  readonly precedence: Precedence;
}

/** When a subnet is due. */
export function nextPrecedenceDeadline({ due }: Precedence): Micros | undefined {
  let next: Micros | undefined;
  for (const { at } of due.values()) next = earlier(next, at);
  return next;
}

/** Subnets that are due, by an address that came behind. */
export function duePrecedence({ due }: Precedence, now: Micros): readonly Address[] {
  return [...due.values()].filter(({ at }) => at <= now).map(({ behind }) => behind);
}

/** The table with an address noted that came behind others in its subnet, unless those are known not to be ours. */
export function withBehind<T extends AddressesHeld>(
  table: T,
  { address, removed }: { readonly address: Address; readonly removed: boolean },
  now: Micros,
): T {
  if (removed || !comesBehind(address)) return table;
  const { actual, precedence } = table;
  const subnet = subnetOf(address);
  const primary = valueOf(actual, precedence.primaries.get(subnet) ?? "");
  if (primary !== undefined && primary.secondary !== true) return table;
  const last = precedence.ordered.get(subnet);
  const at = last === undefined ? now : Math.max(now, last + PRECEDENCE_INTERVAL);
  const due = new Map(precedence.due).set(subnet, { at, behind: address });
  return { ...table, precedence: { ...precedence, due } };
}

function comesBehind(address: Address): boolean {
  return address.secondary === true && familyOf(address.address) === "inet" && !isMarked(address);
}

/**
 * What puts the subnet of an address that came behind ours in order: every one of ours there is deleted and added again, one after
 * the other, so that each is gone for as long as the kernel takes from one message of a send to the next.
 */
export function precedenceOf(
  { actual, managed, precedence }: AddressesHeld,
  behind: Address,
  now: Micros,
): readonly [Precedence, readonly AddressOperation[]] {
  const subnet = subnetOf(behind);
  const due = new Map(precedence.due);
  due.delete(subnet);
  const here = addressesOn(actual, behind.ifindex).filter(([, each]) =>
    each.prefixLength === behind.prefixLength &&
    familyOf(each.address) === "inet" && subnetOf(each) === subnet
  );
  const ours = here.filter(([key]) => valueOf(managed, key) === true).map(([, each]) => each);
  const theirs = here.filter(([key]) => valueOf(managed, key) !== true).map(([, each]) => each);
  const first = theirs.find((each) => each.secondary !== true);
  if (first !== undefined) {
    const primaries = new Map(precedence.primaries).set(subnet, addressKey(first));
    return [{ ...precedence, due, primaries }, []];
  }
  if (ours.length === 0 || theirs.length === 0) return [{ ...precedence, due }, []];
  const operations = ours.flatMap((address): readonly AddressOperation[] => [
    { op: "delete", address },
    { op: "add", address },
  ]);
  const ordered = new Map(precedence.ordered).set(subnet, now);
  return [{ ...precedence, due, ordered }, operations];
}

/** Interface and network, as the kernel sees it: by the other end of a point-to-point link. */
function subnetOf({ ifindex, address, peer, prefixLength }: Address): string {
  return `${ifindex} ${networkOf(peer ?? address, prefixLength)}/${prefixLength}`;
}
