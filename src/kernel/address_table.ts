/** Addresses by what identifies them: those of one interface stand together. */

import { firstOf, type Sorted } from "../persistent/mod.ts";
import type { Address } from "./address.ts";

/** By `addressKey`. */
export type AddressesByKey = Sorted<string, Address>;

/** What an interface carries, in the order of its keys. */
export function addressesOn(
  table: AddressesByKey,
  ifindex: number,
): readonly (readonly [key: string, Address])[] {
  const found: (readonly [string, Address])[] = [];
  const prefix = `${ifindex} `;
  for (
    let entry = firstOf(table, prefix);
    entry?.[0].startsWith(prefix);
    entry = firstOf(table, `${entry[0]}\0`)
  ) found.push(entry);
  return found;
}
