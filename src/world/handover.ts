/**
 * Handovers: a master that leaves on purpose keeps its addresses until the next one has announced them. The guardian withdraws
 * them then; here they are only let alone meanwhile, and withdrawn after all when it did not.
 */

import { type Address, addressKey } from "../kernel/address.ts";
import { earlier, type Micros, MILLISECOND } from "../net/micros.ts";
import { byText, emptySorted, type Sorted, withEntry } from "../persistent/mod.ts";

/** What the guardian may need longer than it was told. */
const GRACE: Micros = 200 * MILLISECOND;

/** One order that handed over. */
export interface Handover {
  readonly order: number;
  /** When the addresses go in any case. */
  readonly until: Micros;
  /** Not seen to be gone yet. */
  readonly addresses: readonly Address[];
}

/** Keys of all addresses that are being handed over. */
export function handedOver(handovers: readonly Handover[]): Sorted<string, true> {
  let keys: Sorted<string, true> = emptySorted(byText);
  for (const { addresses } of handovers) {
    for (const address of addresses) keys = withEntry(keys, addressKey(address), true);
  }
  return keys;
}

/** With an order that hands over from now on. */
export function begun(
  handovers: readonly Handover[],
  { order, addresses, within }: {
    readonly order: number;
    readonly addresses: readonly Address[];
    readonly within: Micros;
  },
  now: Micros,
): readonly Handover[] {
  const others = over(handovers, order);
  if (addresses.length === 0) return others;
  return [...others, { order, until: now + within + GRACE, addresses }];
}

/** Without that of an order: it speaks again. */
export function over(handovers: readonly Handover[], order: number): readonly Handover[] {
  return handovers.some((each) => each.order === order)
    ? handovers.filter((each) => each.order !== order)
    : handovers;
}

/** Without an address that has gone. */
export function gone(handovers: readonly Handover[], address: Address): readonly Handover[] {
  const key = addressKey(address);
  const holds = (each: Handover) => each.addresses.some((one) => addressKey(one) === key);
  if (!handovers.some(holds)) return handovers;
  return handovers.flatMap((each) => {
    const addresses = each.addresses.filter((one) => addressKey(one) !== key);
    return addresses.length === 0 ? [] : [{ ...each, addresses }];
  });
}

/** Those that go on at `now`; the same list when none has ended. */
export function unexpired(handovers: readonly Handover[], now: Micros): readonly Handover[] {
  const rest = handovers.filter(({ until }) => until > now);
  return rest.length === handovers.length ? handovers : rest;
}

/** When the first one ends by itself. */
export function nextHandoverDeadline(handovers: readonly Handover[]): Micros | undefined {
  return handovers.map(({ until }) => until).reduce<Micros | undefined>(earlier, undefined);
}
