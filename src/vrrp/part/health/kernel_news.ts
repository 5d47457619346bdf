/** What the kernel tells of links and addresses, and whom it concerns. What concerns nobody ends here at once. */

import { type Address, addressKey, isMarked, VIRTUAL_ROUTER } from "../../../kernel/address.ts";
import type { Link } from "../../../kernel/link.ts";
import { familyOf, type Ip } from "../../../net/mod.ts";
import { sortedValues } from "../../../persistent/mod.ts";
import { kindOf } from "../../carried.ts";
import type { AddressEvent, VrrpEvent } from "../../event.ts";
import { carriedBy, type KernelFacts, linkAt, linkNamed, ownKey } from "../../kernel_facts.ts";
import { withAddress, withLink } from "../../kernel_facts.ts";
import { withOwnOfAddress, withOwnOfLink } from "../../own_address.ts";
import { linksAbove } from "../../vmac.ts";
import { carriersOf } from "../directory.ts";
import { desiredAt, staticsAt } from "../wanted/desired.ts";
import { firstSource, footingOf } from "./footing.ts";
import { listenWhereNeeded } from "../hearing/listening.ts";
import { concernedBy, refresh } from "./refresh.ts";
import { restAddress, restedBy, restsNot, restSource } from "./rest.ts";
import { speaksOfThings } from "../wanted/things.ts";
import { change, tell, type Turn } from "../turn.ts";

/** A link appeared, changed or vanished. */
export function onLink(turn: Turn, event: VrrpEvent & { readonly kind: "link" }): void {
  const before = turn.part.kernel;
  const { link, removed } = event;
  const linked = withLink(before, link, removed);
  if (linked === before) return;
  const { directory } = turn.part;
  const old = linkAt(before, link.ifindex);
  const names = [...new Set([link.ifname, ...(old === undefined ? [] : [old.ifname])])];
  const known = names.filter((name) =>
    directory.byInterface.has(name) || directory.byDevice.has(name)
  );
  const kernel = removed || old?.ifname !== link.ifname
    ? known.reduce((so, name) => withOwnOfLink(so, directory, name), linked)
    : linked;
  turn.part = { ...turn.part, kernel };
  if (turn.part.phase !== "running") return;
  // What goes this way comes and goes with it.
  if (speaksOfThings(turn.part.config)) turn.changedThings = "all";
  const { ifindex } = link;
  // Another interface may have got the index of one that went unseen, or it is in another VRF.
  const another = old !== undefined &&
    (old.loopback !== link.loopback || old.master !== link.master);
  const sources = kernel.held === before.held && !another
    ? []
    : sortedValues(carriedBy(before, ifindex).all).map(({ address }) => address.address);
  const concerned = [
    ...names.flatMap((ifname) => concernedBy(turn.part, { ifindex, ifname })),
    ...sources.flatMap((source) => directory.bySource.get(source) ?? []),
    ...(kernel.own === linked.own
      ? []
      : known.flatMap((name) => directory.byDevice.get(name) ?? [])),
  ];
  if (concerned.some((at) => directory.roaming.includes(at))) listenWhereNeeded(turn);
  else if (concerned.length > 0) listenWhereNeeded(turn, placesOf(names, before, kernel));
  refresh(turn, concerned);
  for (const name of known) {
    // Its number and what it speaks are in what was prepared.
    for (const at of directory.byDevice.get(name) ?? []) turn.stale.add(at);
    const [from, to] = [linkNamed(before, name), linkNamed(kernel, name)];
    if (from?.ifindex !== to?.ifindex) {
      const places = placesOf([name], before, kernel);
      placeAnew(turn, directory.byDevice.get(name) ?? [], places);
      if (
        directory.linked.length > 0 ||
        turn.part.config.staticAddresses.some(({ dev }) => dev === name)
      ) change(turn, places.map((ifindex) => ({ ifindex })));
    }
    if (
      from !== undefined && to?.ifindex === from.ifindex && isAudible(to) && !sameWire(from, to)
    ) {
      for (const at of directory.byDevice.get(name) ?? []) {
        tell(turn, at, { kind: "audible", on: to.ifindex });
      }
    }
    // Down, an interface has no IPv6 addresses.
    if (from?.up === false && to?.up === true) change(turn, [{ ifindex: to.ifindex }]);
  }
}

function isAudible({ up, running }: Link): boolean {
  return up && running;
}

/** Whether who heard the one before knows where to reach this one. */
function sameWire(before: Link, after: Link): boolean {
  return isAudible(before) && before.mac === after.mac;
}

/** Indexes of the interfaces that have or had these names. */
function placesOf(names: readonly string[], ...facts: readonly KernelFacts[]): readonly number[] {
  const links = names.flatMap((name) => facts.map((each) => linkNamed(each, name)));
  return [...new Set(links.flatMap((link: Link | undefined) => link?.ifindex ?? []))];
}

/**
 * Addresses of masters among these are elsewhere on these interfaces, or are not theirs any more: the kernel and the will in the
 * core are told.
 */
function placeAnew(
  turn: Turn,
  positions: readonly number[],
  ifindexes: readonly number[],
): void {
  for (const at of new Set(positions)) {
    const self = turn.part.instances[at];
    if (self?.state.kind !== "master") continue;
    change(turn, ifindexes.map((ifindex) => ({ ifindex })));
    turn.wanted.push([self, { kind: "transmit", immediately: false }]);
  }
}

/** An address appeared, changed or vanished. */
export function onAddress(turn: Turn, event: AddressEvent): void {
  const { removed, ordered = false } = event;
  // A kernel that does not remember who added it has just said so.
  const address = ordered ? { ...event.address, protocol: VIRTUAL_ROUTER } : event.address;
  const before = turn.part.kernel;
  const noticed = withAddress(before, address, removed);
  if (noticed === before) return;
  const { directory } = turn.part;
  const ifname = linkAt(noticed, address.ifindex)?.ifname ?? "";
  const isMaster = (at: number) => turn.part.instances[at]?.state.kind === "master";
  const held = (one: Ip) => carriersOf(directory, ifname, one)?.some(isMaster) ?? false;
  const kernel = isMarked(address) || !directory.byDevice.has(ifname)
    ? noticed
    : withOwnOfAddress(noticed, directory, { address, removed, held });
  turn.part = { ...turn.part, kernel };
  if (turn.part.phase !== "running") return;
  if (kernel.own !== before.own) {
    const carried = directory.byDevice.get(ifname) ?? [];
    refresh(turn, carried);
    placeAnew(turn, carried, [address.ifindex]);
    // The host's own addresses are not closed.
    if (turn.part.config.instances.some(({ accept }) => !accept)) turn.changedThings = "all";
  }
  if (directory.linked.length > 0) changeAbove(turn, address, ifname);
  const moved = kernel.held !== before.held;
  const sent = moved ? directory.bySource.get(address.address) ?? [] : [];
  const concerned = [
    ...(standsElsewhere(address, ifname, [before, kernel])
      ? directory.byInterface.get(ifname) ?? []
      : []),
    ...sent,
  ];
  if (removed && !ordered) onTaken(turn, address, { ifname, concerned, tooOften: event.tooOften });
  if (moved && directory.roaming.length > 0) listenWhereNeeded(turn);
  refresh(turn, concerned);
  if (!removed) restedBy(turn, address);
}

/** Somebody took an address: what belongs to it may still be under way. */
function onTaken(
  turn: Turn,
  address: Address,
  { ifname, concerned, tooOften }: {
    readonly ifname: string;
    readonly concerned: readonly number[];
    readonly tooOften: true | undefined;
  },
): void {
  const { directory, instances, kernel } = turn.part;
  // The kernel takes addresses from what is deleted, and those of IPv6 from what goes down.
  if (linkAt(kernel, address.ifindex)?.up !== true) return;
  const lacking = concerned.some((at) => {
    const self = instances[at];
    return self?.health.source === address.address &&
      footingOf(self.config, kernel).source === undefined;
  });
  if (lacking) restSource(turn, address, concerned);
  const carriers = carriersOf(directory, ifname, address.address);
  if (carriers === undefined) {
    // A link cannot speak without its own.
    if (directory.linked.length > 0 && tooOften !== true) {
      change(turn, [{ ifindex: address.ifindex, address }]);
    }
    return;
  }
  if (tooOften === true) return restsNot(turn, address);
  const key = addressKey(address);
  if (staticsAt(turn.part).has(key)) change(turn, [{ ifindex: address.ifindex, address }]);
  const missed = carriers.some((at) => {
    const self = instances[at];
    return self?.state.kind === "master" && desiredAt(self.config, kernel).has(key);
  });
  if (missed) restAddress(turn, address);
}

/** Links above get the link-local address of the interface below. */
function changeAbove(turn: Turn, address: Address, ifname: string): void {
  if (kindOf(address) !== "link-local") return;
  const { config, kernel } = turn.part;
  const above = linksAbove(config, ifname).flatMap((name) => linkNamed(kernel, name) ?? []);
  change(turn, above.map(({ ifindex }) => ({ ifindex })));
}

/** Whether instances that send from whatever their interface has may send from something else now. */
function standsElsewhere(
  address: Address,
  ifname: string,
  [before, after]: readonly [KernelFacts, KernelFacts],
): boolean {
  if (after.own.has(ownKey(ifname, address))) return true;
  const link = linkNamed(after, ifname);
  if (link === undefined) return false;
  const family = familyOf(address.address);
  const source = (facts: KernelFacts): Ip | undefined => firstSource(facts, link, family);
  return source(before) !== source(after);
}
