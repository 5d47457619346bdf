/** What the configuration before did not speak of and the next does: it is told just before the reload. */

import type { Address } from "../kernel/address.ts";
import type { Link } from "../kernel/link.ts";
import { linkAt } from "../vrrp/mod.ts";
import type { WorldEvent } from "./event.ts";
import type { World } from "./world.ts";

/** Links and addresses of what a configuration speaks of, as they are now. */
export interface Found {
  readonly links: readonly Link[];
  readonly addresses: readonly Address[];
}

/** Of links that are known everything has been told, and more than was true when this was read: only the others are news. */
export function freshEvents(world: World, { links, addresses }: Found): readonly WorldEvent[] {
  const { kernel } = world.vrrp;
  const fresh = links.filter(({ ifindex }) => linkAt(kernel, ifindex) === undefined);
  const indexes = new Set(fresh.map(({ ifindex }) => ifindex));
  return [
    ...fresh.map((link) => ({ kind: "link", link, removed: false }) as const),
    ...addresses.filter(({ ifindex }) => indexes.has(ifindex))
      .map((address) => ({ kind: "address", address, removed: false }) as const),
  ];
}
