/**
 * Things of the kernel that one driver keeps as they should be, whatever their kind. A kind is added by a line in {@linkcode Kinds}
 * and its {@linkcode Resource}, by who wants it, and by an arm in the core that obeys.
 */

import { type IpvsTimeouts, TIMEOUTS } from "./ipvs/ipvs_timeouts.ts";
import type { NftTable, NftTableId } from "./nft.ts";
import { NFT, nftSpot } from "./nft_resource.ts";
import { OWN_LINK, type OwnLink } from "./own_link.ts";
import type { Change, Resource } from "./resource.ts";
import type { Route } from "./route.ts";
import { ROUTE, type RouteSpot, routeSpot } from "./route_resource.ts";
import type { Rule } from "./rule.ts";
import { RULE, type RuleSpot, ruleSpot } from "./rule_resource.ts";
import { SYNC_DAEMON, type SyncDaemon } from "./ipvs/sync_daemon.ts";
import { SYSCTL, type Sysctl } from "./sysctl.ts";

/** What things are, by kind. */
export interface Kinds {
  readonly route: Route;
  readonly rule: Rule;
  readonly nft: NftTable;
  readonly sysctl: Sysctl;
  readonly "own-link": OwnLink;
  readonly "sync-daemon": SyncDaemon;
  readonly "ipvs-timeouts": IpvsTimeouts;
}

/** The name of a kind. */
export type Kind = keyof Kinds;

/** A thing of one kind, or of any. */
export type Thing<K extends Kind = Kind> = {
  [P in K]: { readonly kind: P; readonly value: Kinds[P] };
}[K];

/** A change of the kernel. Adding what exists and deleting what is absent succeed. */
export type KernelOperation = Thing & { readonly op: "add" | "delete" };

/** What the driver knows of each kind. */
export const RESOURCES: { readonly [K in Kind]: Resource<Kinds[K]> } = {
  route: ROUTE,
  rule: RULE,
  nft: NFT,
  sysctl: SYSCTL,
  "own-link": OWN_LINK,
  "sync-daemon": SYNC_DAEMON,
  "ipvs-timeouts": TIMEOUTS,
};

/** What identifies a thing among those of all kinds. */
export function thingKey<K extends Kind>({ kind, value }: Thing<K>): string {
  return `${kind} ${RESOURCES[kind].key(value)}`;
}

/** A place that things may share, as what is told of the kernel names it. */
export type Spot =
  | { readonly kind: "route"; readonly value: RouteSpot }
  | { readonly kind: "rule"; readonly value: RuleSpot }
  | { readonly kind: "nft"; readonly value: NftTableId };

/** The place of a thing; `undefined` for kinds of which the kernel tells nothing. */
export function spotOf(thing: Thing): Spot | undefined {
  switch (thing.kind) {
    case "route":
    case "rule":
    case "nft":
      return thing;
    case "sysctl":
    case "own-link":
    case "sync-daemon":
    case "ipvs-timeouts":
      return undefined;
  }
}

/** What the keys of all things in the place of one begin with. */
export function spotPrefix<K extends Kind>({ kind, value }: Thing<K>): string {
  return `${kind} ${RESOURCES[kind].spot(value)} `;
}

/** What the keys of all things in a place begin with. */
export function spotPrefixOf(spot: Spot): string {
  switch (spot.kind) {
    case "route":
      return `route ${routeSpot(spot.value)} `;
    case "rule":
      return `rule ${ruleSpot(spot.value)} `;
    case "nft":
      return `nft ${nftSpot(spot.value)} `;
  }
}

/** Whether adding `want` where `held` was added would change nothing. */
export function sameThing(want: Thing, held: Thing): boolean {
  if (want === held) return true;
  switch (want.kind) {
    case "route":
      return held.kind === "route" && ROUTE.same(want.value, held.value);
    case "rule":
      return held.kind === "rule" && RULE.same(want.value, held.value);
    case "nft":
      return held.kind === "nft" && NFT.same(want.value, held.value);
    case "sysctl":
      return held.kind === "sysctl" && SYSCTL.same(want.value, held.value);
    case "own-link":
      return held.kind === "own-link" && OWN_LINK.same(want.value, held.value);
    case "sync-daemon":
      return held.kind === "sync-daemon" && SYNC_DAEMON.same(want.value, held.value);
    case "ipvs-timeouts":
      return held.kind === "ipvs-timeouts" && TIMEOUTS.same(want.value, held.value);
  }
}

/** How a thing is changed that is there with the same key. */
export function changeOf<K extends Kind>({ kind, value }: Thing<K>): Change {
  return RESOURCES[kind].change(value);
}

/** When things of its kind come, see {@linkcode Resource.phase}. */
export function phaseOf({ kind }: Thing): number {
  return RESOURCES[kind].phase;
}
