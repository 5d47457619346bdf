/** The kernel's address table as a model: what the operations make of it. For the simulator and tests. */

import { type Address, addressKey, type AddressOperation } from "./address.ts";

/** `table` after `operations`, in order. Adding what exists and deleting what is absent change nothing. */
export function applyAddressOperations(
  table: readonly Address[],
  operations: readonly AddressOperation[],
): readonly Address[] {
  const byKey = new Map(table.map((address) => [addressKey(address), address] as const));
  for (const { op, address } of operations) {
    const key = addressKey(address);
    if (op === "delete") byKey.delete(key);
    else if (!byKey.has(key)) byKey.set(key, address);
  }
  return [...byKey.values()];
}
