/** One virtual address in two hands. */

import type { Use } from "../../../language/mod.ts";
import type { Ip } from "../../../net/ip.ts";
import type { VirtualAddress } from "../../../vrrp/config.ts";
import { entriesOf } from "../instance.ts";
import { type Found, keywordMark, type LintRule } from "../rule.ts";

/** Each of two instances brings and takes it by itself: when one lets go of it, the other has lost it as well. */
export const addressTwice: LintRule = {
  name: "address-twice",
  find: ({ instances, root }) => {
    const owners = new Map<Ip, string>(
      entriesOf(root.static_ipaddress).map(({ value }) => [value.address, "static_ipaddress"]),
    );
    return instances.flatMap(({ name, addresses, excluded }) => {
      const found = [...addresses, ...excluded].flatMap((use) => findingOf(use, name, owners));
      for (const { value } of [...addresses, ...excluded]) {
        if (!owners.has(value.address)) owners.set(value.address, name);
      }
      return found;
    });
  },
};

function findingOf(
  use: Use<VirtualAddress>,
  name: string,
  owners: ReadonlyMap<Ip, string>,
): readonly Found[] {
  const { address } = use.value;
  const owner = owners.get(address);
  if (owner === undefined) return [];
  return [{
    at: keywordMark(use),
    severity: "warning",
    message: `Cannot hold ${address} in ${name}: ${owner} holds it as well`,
    hint: owner === "static_ipaddress"
      ? "leave it to the instance: as a static one every node has it, all the time"
      : "give it to one of them; instances that go together stand in one vrrp_sync_group",
  }];
}
