/** The daemon begins, and takes another configuration. */

import { addressKey } from "../../kernel/address.ts";
import type { LvsConfig } from "../../lvs/config.ts";
import { type HostAddress, suspendingAddresses } from "../../lvs/mod.ts";
import type { Micros } from "../../net/micros.ts";
import { sortedValues } from "../../persistent/mod.ts";
import {
  beginTrack,
  reloadTrack,
  stepDueTrackers,
  toldOfGroups,
  withInterfaces,
} from "../../track/mod.ts";
import {
  completeGroups,
  configuredAddresses,
  followedBy,
  kernelFacts,
  linkAt,
} from "../../vrrp/mod.ts";
import { chain, type Update } from "../chain.ts";
import { withChangedAddresses, withChangedServices } from "../changed.ts";
import { NO_CLAIMS } from "../claims/claims.ts";
import { claimsOfConfig, withLeft } from "../claims/claims_state.ts";
import { leftOver, withClaimed } from "../claims/left_over.ts";
import type { WorldEvent } from "../event.ts";
import { followedIn } from "../followed.ts";
import { addressesWithin, adopted, knownAddresses, withManaged } from "../kernel/addresses.ts";
import { lvsThings } from "../kernel/lvs_things.ts";
import { withOwned } from "../kernel/services.ts";
import { type Lost, withChangedThings, withThingsLeft } from "../kernel/things.ts";
import { statesAgain } from "../news.ts";
import { resumed } from "../succession/keep.ts";
import type { World } from "../world.ts";
import { lvsStep, tellServers, trackStep, vrrpStep } from "./parts.ts";

/** Left-over addresses go first, then elections begin, then the checkers. */
export function onStart(
  fresh: World,
  event: Extract<WorldEvent, { readonly kind: "start" }>,
  now: Micros,
): Update {
  const { links, left = NO_CLAIMS, before } = event;
  const world = before === undefined ? fresh : resumed(fresh, before);
  const dump = withClaimed(event, left);
  const addresses = withManaged(
    knownAddresses(dump),
    leftOver({ ...event, addresses: dump }, left).map(addressKey),
  );
  const settings = left.settings ?? [];
  const claims = { ...withLeft(world.claims, left), settings, said: left };
  const services = withOwned(world.services, left.services);
  const named = new Map(links.map((link) => [link.ifname, link]));
  const trackers = followedBy(world.vrrp.config);
  const followed = withInterfaces(world.track, { trackers, link: (name) => named.get(name) });
  const found = completeGroups(world.vrrp.config, kernelFacts(links, []), NOTHING_LOST);
  const track = toldOfGroups(followed, found).part;
  const options = { ...world.options, guarded: event.guarded ?? false };
  const running: World = {
    ...world,
    options,
    phase: "running",
    track,
    addresses,
    claims,
    services,
  };
  const start = {
    kind: "start",
    links,
    addresses: dump,
    trackers: track.states,
    ...(before && { before: { saved: before.saved.routers, held: before.held } }),
  } as const;
  return chain(
    vrrpStep(running, start, now),
    (next) => trackStep(next, beginTrack(next.track), now),
    // Only now do interface names have indexes, so only now is it known which addresses could be ours.
    (next) => [withChangedAddresses(event.neighbours ? next : withLeftovers(next), "all"), []],
    (next) => [withThingsLeft(next, left), []],
    (next) => trackStep(next, stepDueTrackers(next.track, now), now),
    (next) => lvsStep(next, { kind: "start", present: presentIn(next, world.lvs.config) }, now),
    (next) => tellServers(next, now),
    (next) => [withChangedServices(withLvsThings(next, new Map()), "all"), []],
  );
}

/** What the configuration does not name any more stays claimed until it has gone. */
export function onReload(
  world: World,
  { config }: Extract<WorldEvent, { readonly kind: "reload" }>,
  now: Micros,
): Update {
  const { held, said, settings } = world.claims;
  const claims = { ...withLeft(claimsOfConfig(config), held), settings, said };
  const told = reloadTrack(world.track, followedIn(config, world.vrrp), now);
  const { kernel, lost } = world.vrrp;
  const groups = completeGroups(config.vrrp, kernel, lost);
  const reloaded = { ...told, part: toldOfGroups(told.part, groups).part };
  const trackers = reloaded.part.states;
  return chain(
    trackStep({ ...world, claims, notify: config.notify }, reloaded, now),
    (next) => vrrpStep(next, { kind: "reload", config: config.vrrp, trackers }, now),
    (next) => [withoutStrangers(next), []],
    (next) => [next, statesAgain(next)],
    (next) => trackStep(next, stepDueTrackers(next.track, now), now),
    (next) =>
      lvsStep(
        next,
        { kind: "reload", config: config.lvs, present: presentIn(next, config.lvs) },
        now,
      ),
    (next) => tellServers(next, now),
    (next) => [withLvsThings(next, lvsThings(world)), []],
  );
}

/** Addresses of this host that a configuration's virtual servers wait for. */
function presentIn({ addresses }: World, config: LvsConfig): readonly HostAddress[] {
  const awaited = suspendingAddresses(config);
  if (awaited.size === 0) return [];
  return sortedValues(addresses.actual).filter(({ address }) => awaited.has(address));
}

/** With everything the LVS part wanted before, or wants now, to be looked at. */
function withLvsThings(world: World, before: ReturnType<typeof lvsThings>): World {
  const keys = [...before.keys(), ...lvsThings(world).keys()];
  return keys.length === 0 ? world : withChangedThings(world, keys);
}

/** What is configured and there was left by a run before, claimed or not: nobody else runs who could have put it there. */
function withLeftovers(world: World): World {
  return { ...world, addresses: adopted(world.addresses, configuredAddresses(world.vrrp).keys()) };
}

/** Without the addresses on links that concern nobody any more, but those to be deleted. */
function withoutStrangers(world: World): World {
  const { kernel } = world.vrrp;
  const addresses = addressesWithin(
    world.addresses,
    ({ ifindex }) => linkAt(kernel, ifindex) !== undefined,
  );
  return addresses === world.addresses ? world : { ...world, addresses };
}

const NOTHING_LOST: Lost = new Map();
