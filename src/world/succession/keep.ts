/** A world as it is kept for the next run, and that of the next run with what was kept. */

import { resumedServers, savedServers } from "../../lvs/mod.ts";
import { resumedTrackers, savedTrackers } from "../../track/mod.ts";
import { savedRouters } from "../../vrrp/mod.ts";
import type { World } from "../world.ts";
import type { Before, Saved } from "./saved.ts";

/** What there is to keep of a world. */
export function savedOf({ vrrp, track, lvs }: World): Saved {
  return {
    routers: savedRouters(vrrp),
    trackers: savedTrackers(track),
    servers: savedServers(lvs),
  };
}

/** Whether there may be other things to keep than there were. */
export function keepsOther(a: World, b: World): boolean {
  return a.vrrp.instances !== b.vrrp.instances || a.vrrp.groups !== b.vrrp.groups ||
    a.track.states !== b.track.states || a.lvs.checkers !== b.lvs.checkers ||
    a.lvs.virtualServers !== b.lvs.virtualServers;
}

/** The world before its start, with what is known of trackers and servers; virtual routers go on with the start itself. */
export function resumed(world: World, { saved }: Before): World {
  const { track, lvs } = world;
  return {
    ...world,
    track: resumedTrackers(track, saved.trackers),
    lvs: resumedServers(lvs, saved.servers),
  };
}
