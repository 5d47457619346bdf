/** What the parts of a configuration follow. */

import type { Followed } from "../track/mod.ts";
import { followedBy, linkNamed, type VrrpPart } from "../vrrp/mod.ts";
import { followedByServers } from "../lvs/mod.ts";
import type { WorldConfig } from "./event.ts";

/** Everything that is followed; of links what is known by now. */
export function followedIn(
  { vrrp, lvs, track }: WorldConfig,
  { kernel }: Pick<VrrpPart, "kernel">,
): Followed {
  return {
    trackers: [...followedBy(vrrp), ...followedByServers(lvs)],
    declared: track,
    link: (name) => linkNamed(kernel, name),
  };
}
