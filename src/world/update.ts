/**
 * The whole daemon as one reducer: `(world, event, now) → [world, effects]`. Deterministic: no clock, no I/O, no chance.
 *
 * An event goes to the part it concerns; the parts' effects pass through in order; where a part asks for reconciliation, the difference
 * between what it wants and what the kernel holds takes the place of the request.
 */

import { type Address, addressKey } from "../kernel/address.ts";
import type { LvsEffect, ServerChange } from "../lvs/part/effect.ts";
import type { LvsConfig } from "../lvs/config.ts";
import {
  type HostAddress,
  type LvsEvent,
  nextLvsDeadline,
  stepLvs,
  suspendingAddresses,
} from "../lvs/mod.ts";
import { errnoText } from "../net/errno.ts";
import type { Micros } from "../net/micros.ts";
import { unreachable } from "../net/unreachable.ts";
import {
  beginTrack,
  nextTrackDeadline,
  reloadTrack,
  stepDueTrackers,
  stepTrack,
  toldOfGroups,
  toldOfInterface,
  type TrackEvent,
  type TrackStep,
  withInterfaces,
} from "../track/mod.ts";
import { sizeOf, sortedValues, valueOf, withEntry, withoutKey } from "../persistent/mod.ts";
import type { AddressPlace, VrrpEffect } from "../vrrp/effect.ts";
import {
  type AddressEvent,
  completeGroups,
  configuredAddresses,
  followedBy,
  kernelFacts,
  linkAt,
  linkNamed,
  nextVrrpDeadline,
  stepVrrp,
  type VrrpEvent,
} from "../vrrp/mod.ts";
import { duePrecedence, precedenceOf, withBehind } from "./kernel/address_precedence.ts";
import {
  addressesApplied,
  addressesArrived,
  addressesOrdered,
  addressesWithin,
  addressNotified,
  adopted,
  isManaged,
  knownAddresses,
  lostAddresses,
  retried,
  type Where,
  withManaged,
} from "./kernel/addresses.ts";
import { chain, type Update } from "./chain.ts";
import { NO_CLAIMS } from "./claims/claims.ts";
import { claimsOfConfig, withLeft } from "./claims/claims_state.ts";
import type { WorldEffect } from "./effect.ts";
import type { WorldEvent } from "./event.ts";
import { spread, statesAgain } from "./news.ts";
import { followedIn } from "./followed.ts";
import { begun, gone, over, unexpired } from "./handover.ts";
import { leftOver, withClaimed } from "./claims/left_over.ts";
import {
  contested,
  driftOf,
  servicesApplied,
  servicesChanged,
  servicesDue,
  servicesDumped,
  withOwned,
} from "./kernel/services.ts";
import { lvsThings, SYNC_KEYS } from "./kernel/lvs_things.ts";
import type { VrrpNews } from "../notify/mod.ts";
import { settle } from "./settle.ts";
import { summed } from "./talk.ts";
import { resumed } from "./succession/keep.ts";
import {
  type Lost,
  withAppliedThings,
  withChangedThings,
  withDueThings,
  withLostAddress,
  withoutThingsOn,
  withTakenThings,
  withThingsLeft,
} from "./kernel/things.ts";
import { behindAddresses, withAddresses, withServices } from "./unsettled.ts";
import type { World } from "./world.ts";

/** Moves the world by one event that comes alone. Reads no clock, does no I/O; effects run in order. */
export function update(world: World, event: WorldEvent, now: Micros): Update {
  return chain(take(world, event, now), settle);
}

/**
 * Moves the world by one event of several that come together; {@linkcode settle} follows the last. What the kernel's tables should
 * be is compared with what they are only there, so effects that must come behind that wait for it.
 */
export function take(world: World, event: WorldEvent, now: Micros): Update {
  switch (event.kind) {
    case "start":
      return onStart(world, event, now);
    case "packet":
    case "expired":
    case "lapsed":
    case "sending":
    case "claimed":
    case "listen-result":
    case "counters":
    case "clear-statistics":
      return vrrpStep(released(world, event), event, now);
    case "outcome":
    case "check-result":
    case "check-not-begun":
      return lvsStep(world, event, now);
    case "script-result":
    case "script-gone":
    case "script-not-begun":
    case "file-changed":
    case "process-count":
      return onTrackEvent(world, event, now);
    case "link":
      return chain(
        losing(withoutThingsOn(world, event), now),
        (next) => onLink(next, event, now),
      );
    case "address":
      return chain(
        onAddress(world, event, now),
        (next) => toldOfAddress(next, event, now),
      );
    case "addresses-applied":
      return onAddressesApplied(world, event, now);
    case "kernel-applied":
      return losing(withAppliedThings(world, event, now), now);
    case "things-shaken":
      return withTakenThings(world, event, now);
    case "ipvs-table": {
      const dumped = servicesDumped(world.services, event.services, now);
      const drift = driftOf(world.services, dumped);
      const services = contested(dumped, drift !== undefined, now);
      const { actual, owned } = world.services;
      const next = { ...world, services };
      // A table that is as it was known to be asks for nothing.
      return [
        services.actual === actual && services.owned === owned
          ? next
          : withChangedServices(next, "all"),
        drift === undefined ? [] : [{ kind: "log", level: "warning", from: "check", text: drift }],
      ];
    }
    case "ipvs-changed": {
      const [services, orders] = servicesChanged(world.services, now);
      return [services === world.services ? world : { ...world, services }, orders];
    }
    case "ipvs-applied":
      return [{ ...world, services: servicesApplied(world.services, event.errnos, now) }, []];
    case "deadline":
      return onDeadline(world, now);
    case "renew":
      return onRenew(world, now);
    case "reload":
      return onReload(world, event, now);
    case "shutdown":
      return onShutdown(world, now);
    default:
      return unreachable(event);
  }
}

/** With everything the LVS part wanted before, or wants now, to be looked at. */
function withLvsThings(world: World, before: ReturnType<typeof lvsThings>): World {
  const keys = [...before.keys(), ...lvsThings(world).keys()];
  return keys.length === 0 ? world : withChangedThings(world, keys);
}

/** Addresses of this host that a configuration's virtual servers wait for. */
function presentIn({ addresses }: World, config: LvsConfig): readonly HostAddress[] {
  const awaited = suspendingAddresses(config);
  if (awaited.size === 0) return [];
  return sortedValues(addresses.actual).filter(({ address }) => awaited.has(address));
}

/** Whoever waits for an address hears of it. */
function toldOfAddress(
  world: World,
  { address, removed }: AddressEvent,
  now: Micros,
): Update {
  if (!suspendingAddresses(world.lvs.config).has(address.address)) return [world, []];
  return lvsStep(world, { kind: "address", address, present: !removed }, now);
}

/** Left-over addresses go first, then elections begin, then the checkers. */
function onStart(
  fresh: World,
  event: Extract<WorldEvent, { readonly kind: "start" }>,
  now: Micros,
): Update {
  const { links, left = NO_CLAIMS, before } = event;
  const world = before === undefined ? fresh : resumed(fresh, before);
  const dump = withClaimed(event, left);
  const addresses = withManaged(
    knownAddresses(dump),
    leftOver({ ...event, addresses: dump }, left),
  );
  const claims = { ...withLeft(world.claims, left), said: left };
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
    (next) => [withChangedAddresses(withLeftovers(next), "all"), []],
    (next) => [withThingsLeft(next, left), []],
    (next) => trackStep(next, stepDueTrackers(next.track, now), now),
    (next) => lvsStep(next, { kind: "start", present: presentIn(next, world.lvs.config) }, now),
    (next) => tellServers(next, now),
    (next) => [withChangedServices(withLvsThings(next, new Map()), "all"), []],
  );
}

function withLeftovers(world: World): World {
  return { ...world, addresses: adopted(world.addresses, configuredAddresses(world.vrrp)) };
}

/** What the configuration does not name any more stays claimed until it has gone. */
function onReload(
  world: World,
  { config }: Extract<WorldEvent, { readonly kind: "reload" }>,
  now: Micros,
): Update {
  const { held, said } = world.claims;
  const claims = { ...withLeft(claimsOfConfig(config), held), said };
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

/** Without the addresses on links that concern nobody any more, but those to be deleted. */
function withoutStrangers(world: World): World {
  const { kernel } = world.vrrp;
  const addresses = addressesWithin(
    world.addresses,
    ({ ifindex }) => linkAt(kernel, ifindex) !== undefined,
  );
  return addresses === world.addresses ? world : { ...world, addresses };
}

function onAddress(before: World, event: AddressEvent, now: Micros): Update {
  if (!event.removed) return onAddressNews(before, event, now);
  const handovers = gone(before.handovers, event.address);
  if (handovers === before.handovers) return onAddressNews(before, event, now);
  return chain(
    onAddressNews({ ...before, handovers }, event, now),
    (next) => handoversEnded(next, before, now),
  );
}

function onAddressNews(world: World, event: AddressEvent, now: Micros): Update {
  const addresses = addressNotified(world.addresses, event, now);
  // What was ordered is news only to the VRRP part.
  if (addresses === world.addresses) return vrrpStep(withLostAddress(world, event), event, now);
  const noticed = withLostAddress(
    { ...world, addresses: withBehind(addresses, event, now) },
    event,
  );
  // Half of what is under way, such as the deletion before an addition, asks for nothing.
  const underWay = event.ordered === true && addresses.pending > 0;
  const asks = !underWay && isOurs(noticed, event.address);
  const tooOften = event.removed &&
    valueOf(addresses.waiting, addressKey(event.address)) === true;
  return vrrpStep(
    asks ? withChangedAddresses(noticed, [placeOf(event.address)]) : noticed,
    tooOften ? { ...event, tooOften } : event,
    now,
  );
}

/** What the kernel told meanwhile may be older than what it was ordered: only now it is known what came of that. */
function onAddressesApplied(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "addresses-applied" }>,
  now: Micros,
): Update {
  const applied = addressesApplied(world.addresses, event, now);
  const [addresses, arrived] = addressesArrived(applied);
  const lost = lostAddresses(world.addresses, event);
  const next = { ...world, addresses };
  if (lost.length > 0) {
    const all = new Map(world.vrrp.lost);
    for (const [address, errno] of lost) {
      all.set(`${ADDRESS}${addressKey(address)}`, errnoText(errno));
    }
    return losing([next, all], now);
  }
  return [arrived.length === 0 ? next : withChangedAddresses(next, arrived.map(placeOf)), []];
}

/** Whether an address is, was or could be ours. */
function isOurs({ addresses, vrrp }: World, address: Address): boolean {
  return vrrp.directory.virtual.has(address.address) || isManaged(addresses, addressKey(address));
}

function placeOf(address: Address): AddressPlace {
  return { ifindex: address.ifindex, address };
}

/** A virtual address lets the host's own, which came later, go before it. */
function withPrecedence(world: World, behind: Address, now: Micros): Update {
  const [precedence, operations] = precedenceOf(world.addresses, behind, now);
  const addresses = { ...world.addresses, precedence };
  if (operations.length === 0) return [{ ...world, addresses }, []];
  return [{ ...world, addresses: addressesOrdered(addresses, operations) }, [
    { kind: "address-apply", operations },
  ]];
}

function onDeadline(world: World, now: Micros): Update {
  const due = (at: Micros | undefined) => at !== undefined && at <= now;
  return chain(
    [world, []],
    (next) =>
      due(nextVrrpDeadline(next.vrrp)) ? vrrpStep(next, { kind: "deadline" }, now) : [next, []],
    (next) =>
      due(nextTrackDeadline(next.track))
        ? trackStep(next, stepDueTrackers(next.track, now), now)
        : [next, []],
    (next) =>
      due(nextLvsDeadline(next.lvs)) ? lvsStep(next, { kind: "deadline" }, now) : [next, []],
    (next) => saidMore(next, now),
    (next) => due(next.addresses.retry?.at) ? retryAddresses(next, now) : [next, []],
    (next) => losing(withDueThings(next, now), now),
    (next) => {
      const handovers = unexpired(next.handovers, now);
      return handovers === next.handovers
        ? [next, []]
        : handoversEnded({ ...next, handovers }, next, now);
    },
    ...duePrecedence(world.addresses.precedence, now).map((behind) => (next: World) =>
      withPrecedence(next, behind, now)
    ),
    (next) => {
      const [services, orders] = servicesDue(next.services, now);
      return [services === next.services ? next : { ...next, services }, orders];
    },
  );
}

function saidMore(world: World, now: Micros): Update {
  const [talk, lines] = summed(world.talk, world.vrrp, now);
  return [talk === world.talk ? world : { ...world, talk }, lines];
}

/** The core keeps obeying for a lease; asking for a quarter of it leaves room for a slow moment. */
function onRenew(world: World, now: Micros): Update {
  if (world.renewAt === undefined || world.renewAt > now) return [world, []];
  return [{ ...world, renewAt: now + renewInterval(world) }, [{ kind: "renew" }]];
}

function renewInterval(world: World): Micros {
  return Math.round(world.options.lease / 4);
}

/** What could not be added is tried again; who lost it may take part again. */
function retryAddresses(world: World, now: Micros): Update {
  const next = withChangedAddresses({ ...world, addresses: retried(world.addresses) }, "all");
  const { lost } = world.vrrp;
  const left = new Map([...lost].filter(([key]) => !key.startsWith(ADDRESS)));
  return losing([next, left.size === lost.size ? undefined : left], now);
}

/** Masters say goodbye and addresses go (unless told to stay), then the services. */
function onShutdown(world: World, now: Micros): Update {
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
function handoversEnded(world: World, before: World, now: Micros): Update {
  const held = before.handovers.flatMap(({ addresses }) => addresses);
  const ended = withChangedAddresses(world, held.map(placeOf));
  const all = before.handovers.length > 0 && world.handovers.length === 0;
  return all && world.phase === "stopping" ? servicesLeave(ended, now) : [ended, []];
}

function vrrpStep(world: World, event: VrrpEvent, now: Micros): Update {
  const [vrrp, effects] = stepVrrp(world.vrrp, event, now);
  const next = vrrp === world.vrrp ? world : { ...world, vrrp };
  return passed(next, effects, (at, effect) => vrrpEffect(at, effect, now));
}

/** A master leaves; with a guardian, and unless its addresses are to be left behind anyway, it hands over. */
function ceased(
  world: World,
  { handover, ...cease }: Extract<VrrpEffect, { readonly kind: "cease" }>,
  now: Micros,
): Update {
  const { order } = cease;
  const stays = world.phase === "stopping" && world.options.keepAddresses;
  if (handover === undefined || !world.options.guarded || stays) {
    return [unleased(world, order), [cease]];
  }
  const handovers = begun(world.handovers, { order, ...handover }, now);
  return [unleased({ ...world, handovers }, order), [{ ...cease, handover }]];
}

function vrrpEffect(world: World, effect: VrrpEffect, now: Micros): Update {
  switch (effect.kind) {
    case "reconcile-addresses":
      return [withChangedAddresses(world, effect.changed), []];
    case "reconcile-things":
      return [withChangedThings(world, effect.changed), []];
    case "announce": {
      const { unsettled } = world;
      if (unsettled.addresses === undefined) return [world, [effect]];
      return [{ ...world, unsettled: behindAddresses(unsettled, effect) }, []];
    }
    case "transmit": {
      const handovers = over(world.handovers, effect.order);
      return [
        leased({ ...world, handovers }, effect.order, now),
        [{ ...effect, lease: world.options.lease }],
      ];
    }
    case "cease":
      return ceased(world, effect, now);
    case "news":
      return spread(followedBySync(world, effect.news), effect.news, now);
    default:
      return [world, [effect]];
  }
}

/** The sync daemons follow the instance named. */
function followedBySync(world: World, news: VrrpNews): World {
  const { syncDaemon } = world.lvs.config;
  if (syncDaemon?.instance === undefined || news.kind !== "instance") return world;
  return news.name === syncDaemon.instance ? withChangedThings(world, SYNC_KEYS) : world;
}

/** The VRRP part hears of the link, then whoever follows the interfaces that have or had its name. */
function onLink(
  world: World,
  event: Extract<WorldEvent, { readonly kind: "link" }>,
  now: Micros,
): Update {
  const { ifname, ifindex } = event.link;
  const before = linkAt(world.vrrp.kernel, ifindex)?.ifname ?? ifname;
  return chain(
    vrrpStep(world, event, now),
    ...[...new Set([ifname, before])].map((name) => (next: World) =>
      trackStep(
        next,
        toldOfInterface(next.track, name, { link: linkNamed(next.vrrp.kernel, name), now }),
        now,
      )
    ),
    (next) => lookAtGroups(next, now),
  );
}

/** At the end nobody waits for what a tracker finds. */
function onTrackEvent(world: World, event: TrackEvent, now: Micros): Update {
  if (world.phase !== "running") return [world, []];
  return trackStep(world, stepTrack(world.track, event, now), now);
}

/** What trackers found is said, and those who follow them look. */
function trackStep(before: World, { part, effects, changed }: TrackStep, now: Micros): Update {
  const world = part === before.track ? before : { ...before, track: part };
  return chain(
    passed(
      world,
      effects,
      (at, effect) => effect.kind === "news" ? spread(at, effect.news, now) : [at, [effect]],
    ),
    (next) =>
      changed.length === 0
        ? [next, []]
        : vrrpStep(next, { kind: "tracked", trackers: part.states, changed }, now),
    (next) =>
      changed.length === 0
        ? [next, []]
        : lvsStep(next, { kind: "tracked", trackers: part.states, changed }, now),
  );
}

/** What is known of trackers by now, to servers that may be new. */
function tellServers(world: World, now: Micros): Update {
  return lvsStep(world, { kind: "tracked", trackers: world.track.states, changed: "all" }, now);
}

function lvsStep(world: World, event: LvsEvent, now: Micros): Update {
  const [lvs, effects] = stepLvs(world.lvs, event, now);
  const next = lvs === world.lvs ? world : { ...world, lvs };
  return passed(next, effects, (at, effect) => lvsEffect(at, effect, now));
}

/** Turns the effects of a part into those of the world, in order. */
function passed<E>(
  world: World,
  effects: readonly E[],
  pass: (world: World, effect: E) => Update,
): Update {
  const out: WorldEffect[] = [];
  let at = world;
  for (const effect of effects) {
    const [next, more] = pass(at, effect);
    at = next;
    out.push(...more);
  }
  return [at, out];
}

function lvsEffect(world: World, effect: LvsEffect, now: Micros): Update {
  switch (effect.kind) {
    case "reconcile-services":
      return [withChangedServices(world, effect.changed), []];
    case "news":
      return spread(world, effect.news, now);
    default:
      return [world, [effect]];
  }
}

/** Who has things of the kernel is told what of them cannot be put back, when that has changed. */
function losing([world, lost]: readonly [World, Lost | undefined], now: Micros): Update {
  if (lost === undefined) return [world, []];
  return chain(
    vrrpStep(world, { kind: "lost", lost }, now),
    (next) => lookAtGroups(next, now),
  );
}

/** Whoever depends on static objects looks whether they still are there. */
function lookAtGroups(world: World, now: Micros): Update {
  const { config, kernel, lost } = world.vrrp;
  if (config.trackGroups.length === 0) return [world, []];
  return trackStep(world, toldOfGroups(world.track, completeGroups(config, kernel, lost)), now);
}

const NOTHING_LOST: Lost = new Map();

/** What the keys of lost addresses begin with. */
const ADDRESS = "address ";

function withChangedAddresses(world: World, changed: Where): World {
  return { ...world, unsettled: withAddresses(world.unsettled, changed) };
}

function withChangedServices(world: World, changed: "all" | readonly ServerChange[]): World {
  return { ...world, unsettled: withServices(world.unsettled, changed) };
}

function leased(world: World, order: number, now: Micros): World {
  if (valueOf(world.leased, order) === true) return world;
  return {
    ...world,
    leased: withEntry(world.leased, order, true),
    renewAt: world.renewAt ?? now + renewInterval(world),
  };
}

function unleased(world: World, order: number): World {
  const left = withoutKey(world.leased, order);
  if (left === world.leased) return world;
  const { renewAt, ...rest } = world;
  return {
    ...rest,
    leased: left,
    ...(sizeOf(left) > 0 && renewAt !== undefined ? { renewAt } : {}),
  };
}

/** A lapsed order is over, and the core has deleted what it was told to withdraw: notifications will say so. */
function released(world: World, event: WorldEvent): World {
  return event.kind === "lapsed" ? unleased(world, event.order) : world;
}
