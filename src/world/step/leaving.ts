/** The daemon ends: masters leave, addresses are handed over, services go last. */

import type { Micros } from "../../net/micros.ts";
import { chain, type Update } from "../chain.ts";
import { placeOf, withChangedAddresses, withChangedServices } from "../changed.ts";
import { withChangedThings } from "../kernel/things.ts";
import type { World } from "../world.ts";
import { lvsStep, vrrpStep } from "./parts.ts";

/** Masters say goodbye and addresses go (unless told to stay), then the services. */
export function onShutdown(world: World, now: Micros): Update {
  if (world.phase === "stopped") return [world, []];
  // Who asks twice does not want to wait for a successor.
  if (world.phase === "stopping") return handoversEnded({ ...world, handovers: [] }, world, now);
  const stopping = withChangedAddresses({ ...world, phase: "stopping" }, "all");
  const [left, effects] = vrrpStep(
    withChangedThings(stopping, "all"),
    { kind: "shutdown" },
    now,
  );
  return left.handovers.length > 0
    ? [left, effects]
    : chain([left, effects], (next) => servicesLeave(next, now));
}

/** The services go when the addresses have gone, or are left behind. */
function servicesLeave(world: World, now: Micros): Update {
  return chain(
    lvsStep(world, { kind: "shutdown" }, now),
    (next) => [withChangedThings(withChangedServices(next, "all"), "all"), []],
  );
}

/** What was held for a successor goes; at the end, what waited for that follows. */
export function handoversEnded(world: World, before: World, now: Micros): Update {
  const held = before.handovers.flatMap(({ addresses }) => addresses);
  const ended = withChangedAddresses(world, held.map(placeOf));
  const all = before.handovers.length > 0 && world.handovers.length === 0;
  return all && world.phase === "stopping" ? servicesLeave(ended, now) : [ended, []];
}
