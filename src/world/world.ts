/** The daemon as data. */

import { type LvsPart, nextLvsDeadline, startLvs } from "../lvs/mod.ts";
import { earlier, type Micros, SECOND } from "../net/micros.ts";
import { byNumber, emptySorted, type Sorted } from "../persistent/mod.ts";
import type { NotifyConfig } from "../notify/config.ts";
import { nextTrackDeadline, startTrack, type TrackPart } from "../track/mod.ts";
import { nextVrrpDeadline, startVrrp, type VrrpPart } from "../vrrp/mod.ts";
import { type AddressTable, knownAddresses } from "./kernel/addresses.ts";
import { nextThingDeadline, NO_THINGS, type ThingTable } from "../kernel/thing_table.ts";
import { claimsOfConfig, type ClaimsState } from "./claims/claims_state.ts";
import { type Dropped, NOTHING_DROPPED } from "./dropped.ts";
import { followedIn } from "./followed.ts";
import { nextPrecedenceDeadline } from "./kernel/address_precedence.ts";
import type { WorldConfig } from "./event.ts";
import { type Handover, nextHandoverDeadline } from "./handover.ts";
import { type Journal, NO_JOURNAL } from "./journal.ts";
import { nextTalkDeadline, NO_TALK, type Talk } from "./talk.ts";
import { NO_TAKEOVERS, type Takeovers } from "./takeover/takeovers.ts";
import { SETTLED, type Unsettled } from "./unsettled.ts";
import { nextServicesDeadline, type ServicesState, unknownServices } from "./kernel/services.ts";

/** What the command line decides. */
export interface WorldOptions {
  /** How long the core keeps a master alive without hearing from the loop. */
  readonly lease: Micros;
  /** `-V`: leave addresses behind at exit. */
  readonly keepAddresses: boolean;
  /** `-I`: leave the IPVS table behind at exit. */
  readonly keepServices: boolean;
  /** `-X`: delete configured addresses whenever not master, also those this run did not add. */
  readonly releaseVips: boolean;
  /** There is a guardian, which withdraws what is handed over. */
  readonly guarded: boolean;
}

/** Options of a daemon that was told nothing. */
export const DEFAULT_OPTIONS: WorldOptions = {
  lease: 10 * SECOND,
  keepAddresses: false,
  keepServices: false,
  releaseVips: false,
  guarded: false,
};

/** Everything the daemon knows. */
export interface World {
  readonly options: WorldOptions;
  readonly phase: "starting" | "running" | "stopping" | "stopped";
  readonly vrrp: VrrpPart;
  readonly lvs: LvsPart;
  readonly notify: NotifyConfig;
  /** What the parts follow. */
  readonly track: TrackPart;
  readonly addresses: AddressTable;
  /** Links, routes, rules, settings, tables of nftables, what stands beside the services of IPVS. */
  readonly things: ThingTable;
  readonly services: ServicesState;
  readonly claims: ClaimsState;
  /** Numbers of the transmissions under way, whose leases have to be renewed. */
  readonly leased: Sorted<number, true>;
  /** When to renew; absent without transmissions. */
  readonly renewAt?: Micros;
  /** Masters that left on purpose and whose successors have not announced themselves yet. */
  readonly handovers: readonly Handover[];
  /** What the core is to do by itself when watches expire. */
  readonly takeovers: Takeovers;
  /** What was asked of the kernel's tables and is not ordered yet. */
  readonly unsettled: Unsettled;
  /** What may have gone with addresses that went. */
  readonly dropped: Dropped;
  /** How much was said of whom of late. */
  readonly talk: Talk;
  /** Causes behind the last transitions. */
  readonly journal: Journal;
}

/** The world before its first event, which must be `start`. */
export function newWorld(config: WorldConfig, options: WorldOptions, now: Micros): World {
  const vrrp = startVrrp(config.vrrp, now);
  return {
    options,
    phase: "starting",
    vrrp,
    notify: config.notify,
    track: startTrack(followedIn(config, vrrp), now),
    lvs: startLvs(config.lvs, now),
    addresses: knownAddresses([]),
    things: NO_THINGS,
    services: unknownServices(config.lvs.flush),
    claims: claimsOfConfig(config),
    leased: emptySorted(byNumber),
    handovers: [],
    takeovers: NO_TAKEOVERS,
    unsettled: SETTLED,
    dropped: NOTHING_DROPPED,
    talk: NO_TALK,
    journal: NO_JOURNAL,
  };
}

/** When the next `renew` event is due. It waits for nothing: who renews shows that the loop runs. */
export function nextRenewal({ renewAt }: World): Micros | undefined {
  return renewAt;
}

/** When the next `deadline` event is due. */
export function nextDeadline(world: World): Micros | undefined {
  return [
    nextVrrpDeadline(world.vrrp),
    nextLvsDeadline(world.lvs),
    world.phase === "running" ? nextTrackDeadline(world.track) : undefined,
    nextServicesDeadline(world.services),
    world.addresses.retry?.at,
    nextThingDeadline(world.things),
    nextHandoverDeadline(world.handovers),
    nextTalkDeadline(world.talk),
    nextPrecedenceDeadline(world.addresses.precedence),
  ].reduce(earlier, undefined);
}
