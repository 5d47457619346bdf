import assert from "node:assert/strict";
import fc from "fast-check";
import { MILLISECOND, SECOND } from "../../net/mod.ts";
import type { Cause, InstanceNews, Remark, StateKind, TrackerWeight } from "../../notify/mod.ts";
import { type Action, inOrder } from "./action.ts";
import type { VrrpInstanceConfig } from "../config.ts";
import { instanceConfig } from "../fixtures.ts";
import { instanceDeadline, type InstanceEvent, step } from "./fsm.ts";
import { meet } from "./rival.ts";
import {
  type BackupState,
  effectivePriority,
  type Health,
  type Heard,
  type Instance,
  type MasterState,
  newInstance,
  type VrrpState,
} from "./state.ts";

const NOW = 100 * SECOND;
/** v2, priority 100: 3 × 1 s + (256 − 100) / 256 s. */
const DOWN = 3_609_375;
const SKEW = 609_375;
const OWN = "10.0.0.2";
const LOWER = "10.0.0.1";
const HIGHER = "10.0.0.3";

const HEALTH: Health = {
  ready: true,
  causes: [],
  priority: 100,
  weights: [],
  ifindex: 2,
  source: OWN,
};
const LINK_DOWN = {
  kind: "tracker",
  tracker: { kind: "interface", name: "eth0" },
  found: "is down",
} as const;

const START: Cause = { kind: "start" };
const DOWN_FAULT: Cause = { kind: "faults", faults: [LINK_DOWN] };
const RESIGNED: Cause = { kind: "resignation", peer: HIGHER };
const WITH_MATE: Cause = {
  kind: "sync-group",
  group: "VG1",
  member: "VI_2",
  why: { kind: "stronger-master", peer: HIGHER, priority: 150 },
};
const CHK: TrackerWeight = { tracker: { kind: "script", name: "chk" }, amount: -20 };
const FOUND: TrackerWeight = { tracker: { kind: "interface", name: "eth1" }, amount: 100 };

const BACKUP: BackupState = {
  kind: "backup",
  seq: 7,
  activeAdverInterval: SECOND,
  heard: undefined,
  preemptAt: undefined,
  willing: false,
  hint: undefined,
};
const MASTER: MasterState = {
  kind: "master",
  burst: undefined,
  refreshAt: undefined,
  conflicts: 0,
};
const FRESH_MASTER: MasterState = { ...MASTER, burst: { at: NOW + 5 * SECOND, repeat: 5 } };

function heardFrom(source: string, priority: number, interval = SECOND): Heard {
  return {
    source,
    destination: "224.0.0.18",
    ttl: 255,
    bytes: Uint8Array.of(priority),
    priority,
    interval,
    foreign: false,
  };
}

function advert(source: string, priority: number, interval = SECOND): InstanceEvent {
  const heard = heardFrom(source, priority, interval);
  const { version, virtualRouterId: vrid } = instanceConfig();
  return {
    kind: "advert",
    advert: { version, vrid, priority, interval, addresses: ["172.16.1.99"] },
    heard,
  };
}

function said(remark: Remark): Action {
  return { kind: "news", news: { kind: "remark", name: "VI_1", remark } };
}

/** News of a change of state; the priority is 100 unless said. */
function move(
  from: InstanceNews["from"],
  to: InstanceNews["to"],
  cause: Cause,
  more: Partial<InstanceNews> = {},
): Action {
  const news = { kind: "instance", name: "VI_1", from, to, priority: 100, cause, ...more } as const;
  return { kind: "news", news: { scripts: {}, ...news } };
}

function priority(
  from: number,
  to: number,
  changed: readonly TrackerWeight[],
  state: StateKind = "master",
): Action {
  const cause = { kind: "trackers", changed } as const;
  return {
    kind: "news",
    news: { kind: "priority", name: "VI_1", from, to, cause, state, scripts: {} },
  };
}

/** A master heard somebody weaker. */
function lower(priority: number): Action {
  return { kind: "news", news: { kind: "lower-priority", name: "VI_1", priority, scripts: {} } };
}

function stronger(peer: string, value: number): Cause {
  return { kind: "stronger-master", peer, priority: value };
}

function watch(seq: number, timeout: number | undefined, expect?: Heard, rearm = DOWN): Action {
  return { kind: "watch", seq, expect, timeout, rearm };
}

function weakerThan(own: number): Cause {
  return { kind: "weaker-master", peer: HIGHER, priority: 90, own };
}

const ASSERT_NOW: Action = { kind: "transmit", immediately: true };
const RECONCILE: Action = { kind: "reconcile" };
const REASSERT: Action = { kind: "reassert-group" };
const BURST: Action = { kind: "announce", repeat: 5 };

/** What a master listens with. */
const EAR: Action = {
  kind: "watch",
  seq: 7,
  expect: undefined,
  timeout: undefined,
  rearm: undefined,
};

function toMaster(cause: Cause, more: Partial<InstanceNews> = {}): readonly Action[] {
  return [
    ASSERT_NOW,
    move("backup", "master", cause, more),
    RECONCILE,
    BURST,
    EAR,
  ];
}

interface Row {
  readonly name: string;
  readonly config?: Partial<VrrpInstanceConfig>;
  readonly self?: Partial<Instance>;
  readonly state: VrrpState;
  readonly event: InstanceEvent;
  readonly next: VrrpState;
  readonly actions: readonly Action[];
}

/** The state of a master that has just met another one. */
function met(state: MasterState, peer: string): MasterState {
  return meet(state, { peer, by: "adverts", interval: SECOND }, NOW);
}

const TRANSITIONS: readonly Row[] = [
  {
    name: "init, ready, goes to backup and waits Active_Down_Interval (RFC 9568 §6.4.1)",
    state: { kind: "init" },
    event: { kind: "health", health: HEALTH },
    next: { ...BACKUP, seq: 8 },
    actions: [
      move("init", "backup", START),
      watch(8, DOWN),
    ],
  },
  {
    name: "init, state MASTER in a group that begins as backup, waits one interval and least skew",
    config: { wantState: "master" },
    self: { group: "VG1", headStart: true },
    state: { kind: "init" },
    event: { kind: "health", health: HEALTH },
    next: { ...BACKUP, seq: 8 },
    actions: [
      move("init", "backup", START),
      watch(8, SECOND + 3_906),
    ],
  },
  {
    name: "init, owner with state MASTER, is master at once (RFC 9568 §6.4.1)",
    config: { wantState: "master", priority: 255 },
    state: { kind: "init" },
    event: { kind: "health", health: { ...HEALTH, priority: 255 } },
    next: FRESH_MASTER,
    actions: toMaster({ kind: "start", owner: true }, { from: "init", priority: 255 }),
  },
  {
    name: "init, owner in a sync group, is willing after 1 µs",
    config: { wantState: "master", priority: 255 },
    self: { group: "VG1" },
    state: { kind: "init" },
    event: { kind: "health", health: { ...HEALTH, priority: 255 } },
    next: { ...BACKUP, seq: 8 },
    actions: [
      move("init", "backup", START, { priority: 255 }),
      watch(8, 1, undefined, 3_003_906),
    ],
  },
  {
    name: "init, not ready, waits",
    state: { kind: "init" },
    event: { kind: "health", health: { ...HEALTH, ready: false } },
    next: { kind: "init" },
    actions: [],
  },
  {
    name: "init, link down, goes to fault",
    state: { kind: "init" },
    event: { kind: "health", health: { ...HEALTH, causes: [LINK_DOWN] } },
    next: { kind: "fault", causes: [LINK_DOWN] },
    actions: [
      move("init", "fault", DOWN_FAULT),
    ],
  },
  {
    name: "init, advert, is not heeded",
    state: { kind: "init" },
    event: advert(HIGHER, 200),
    next: { kind: "init" },
    actions: [],
  },
  {
    name:
      "backup, timer expires, becomes master in keepalived's order of operations (RFC 9568 §6.4.2)",
    state: { ...BACKUP, heard: heardFrom(HIGHER, 150) },
    event: { kind: "expired", seq: 7 },
    next: FRESH_MASTER,
    actions: toMaster({ kind: "silence", peer: HIGHER, during: DOWN }),
  },
  {
    name: "backup, expiry of a watch before, changes nothing",
    state: BACKUP,
    event: { kind: "expired", seq: 6 },
    next: BACKUP,
    actions: [],
  },
  {
    name: "backup in a sync group, timer expires, is willing and says nothing",
    self: { group: "VG1" },
    state: BACKUP,
    event: { kind: "expired", seq: 7 },
    next: { ...BACKUP, willing: true },
    actions: [],
  },
  {
    name: "backup, willing, promoted by its group, becomes master",
    self: { group: "VG1" },
    state: { ...BACKUP, willing: true },
    event: { kind: "promote" },
    next: FRESH_MASTER,
    actions: toMaster({ kind: "silence", peer: undefined, during: DOWN }),
  },
  {
    name: "backup, not willing, is not promoted",
    self: { group: "VG1" },
    state: BACKUP,
    event: { kind: "promote" },
    next: BACKUP,
    actions: [],
  },
  {
    name: "backup, willing, hears a stronger master, is willing no longer",
    self: { group: "VG1" },
    state: { ...BACKUP, willing: true },
    event: advert(HIGHER, 150),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 150) },
    actions: [watch(8, DOWN, heardFrom(HIGHER, 150))],
  },
  {
    name: "backup, advert with priority 0, waits only Skew_Time (RFC 9568 §6.4.2)",
    state: { ...BACKUP, heard: heardFrom(HIGHER, 150) },
    event: advert(HIGHER, 0),
    next: { ...BACKUP, seq: 8, hint: RESIGNED },
    actions: [watch(8, SKEW)],
  },
  {
    name: "backup, timer expires after priority 0, says who gave up",
    state: { ...BACKUP, hint: RESIGNED },
    event: { kind: "expired", seq: 7 },
    next: { ...FRESH_MASTER, handoverUntil: NOW + DOWN },
    actions: toMaster(RESIGNED),
  },
  {
    name: "backup, stronger advert, expects its like from now on",
    state: BACKUP,
    event: advert(HIGHER, 150),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 150) },
    actions: [watch(8, DOWN, heardFrom(HIGHER, 150))],
  },
  {
    name: "backup, equal advert from a lower address, accepts it (RFC 9568 §6.4.2)",
    state: BACKUP,
    event: advert(LOWER, 100),
    next: { ...BACKUP, seq: 8, heard: heardFrom(LOWER, 100) },
    actions: [watch(8, DOWN, heardFrom(LOWER, 100))],
  },
  {
    name: "backup, weaker advert, discards it and lets the timer run (RFC 9568 §6.4.2, §6.2)",
    state: BACKUP,
    event: advert(HIGHER, 90),
    next: { ...BACKUP, hint: weakerThan(100) },
    actions: [],
  },
  {
    name: "backup with nopreempt, weaker advert, accepts it",
    config: { nopreempt: true },
    state: BACKUP,
    event: advert(HIGHER, 90),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 90) },
    actions: [watch(8, DOWN, heardFrom(HIGHER, 90))],
  },
  {
    name: "backup, owner with nopreempt, preempts all the same (RFC 9568 §6.1)",
    config: { nopreempt: true, priority: 255 },
    self: { health: { ...HEALTH, priority: 255 } },
    state: BACKUP,
    event: advert(HIGHER, 90),
    next: { ...BACKUP, hint: weakerThan(255) },
    actions: [],
  },
  {
    name: "backup with preempt_delay, first weaker advert, starts the delay and accepts",
    config: { preemptDelay: 10 * SECOND },
    state: BACKUP,
    event: advert(HIGHER, 90),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 90), preemptAt: NOW + 10 * SECOND },
    actions: [watch(8, DOWN, heardFrom(HIGHER, 90))],
  },
  {
    name: "backup with preempt_delay, delay over, expects nothing and keeps the deadline",
    config: { preemptDelay: 10 * SECOND },
    state: { ...BACKUP, heard: heardFrom(HIGHER, 90), preemptAt: NOW },
    event: { kind: "deadline" },
    next: { ...BACKUP, preemptAt: NOW },
    actions: [watch(7, undefined)],
  },
  {
    name: "backup with preempt_delay, weaker advert after the delay, discards it",
    config: { preemptDelay: 10 * SECOND },
    state: { ...BACKUP, preemptAt: NOW },
    event: advert(HIGHER, 90),
    next: { ...BACKUP, preemptAt: NOW, hint: weakerThan(100) },
    actions: [],
  },
  {
    name: "backup with preempt_delay, stronger advert, resets the delay",
    config: { preemptDelay: 10 * SECOND },
    state: { ...BACKUP, preemptAt: NOW + SECOND },
    event: advert(HIGHER, 150),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 150) },
    actions: [watch(8, DOWN, heardFrom(HIGHER, 150))],
  },
  {
    name: "backup in v3, advert with another interval, adopts it (RFC 9568 §6.4.2)",
    config: { version: 3 },
    state: BACKUP,
    event: advert(HIGHER, 150, 100 * MILLISECOND),
    next: {
      ...BACKUP,
      seq: 8,
      heard: heardFrom(HIGHER, 150, 100 * MILLISECOND),
      activeAdverInterval: 100 * MILLISECOND,
    },
    actions: [
      said({ kind: "other-interval", theirs: 100 * MILLISECOND, ours: SECOND }),
      watch(8, 360_938, heardFrom(HIGHER, 150, 100 * MILLISECOND), 360_938),
    ],
  },
  {
    name: "backup, priority falls below that of the master, keeps expecting with a new skew",
    state: { ...BACKUP, heard: heardFrom(HIGHER, 150) },
    event: { kind: "health", health: { ...HEALTH, priority: 80, weights: [CHK] } },
    next: { ...BACKUP, heard: heardFrom(HIGHER, 150) },
    actions: [
      priority(100, 80, [CHK], "backup"),
      watch(7, undefined, heardFrom(HIGHER, 150), 3_687_500),
    ],
  },
  {
    name: "backup, priority rises above that of the master, expects it no longer",
    state: { ...BACKUP, heard: heardFrom(HIGHER, 150) },
    event: { kind: "health", health: { ...HEALTH, priority: 200, weights: [FOUND] } },
    next: BACKUP,
    actions: [
      priority(100, 200, [FOUND], "backup"),
      watch(7, undefined, undefined, 3_218_750),
    ],
  },
  {
    name: "backup, link down, goes to fault and watches no longer",
    state: BACKUP,
    event: { kind: "health", health: { ...HEALTH, causes: [LINK_DOWN] } },
    next: { kind: "fault", causes: [LINK_DOWN] },
    actions: [
      move("backup", "fault", DOWN_FAULT),
      { kind: "unwatch" },
    ],
  },
  {
    name: "backup, shutdown, stops watching (RFC 9568 §6.4.2)",
    state: BACKUP,
    event: { kind: "shutdown" },
    next: { kind: "init" },
    actions: [
      move("backup", "stop", { kind: "shutdown" }),
      { kind: "unwatch" },
    ],
  },
  {
    name: "backup, lapse of an order it has no more, changes nothing",
    state: BACKUP,
    event: { kind: "lapsed" },
    next: BACKUP,
    actions: [],
  },
  {
    name: "master, advert with priority 0, sends an advert (RFC 9568 §6.4.3)",
    state: MASTER,
    event: advert(HIGHER, 0),
    next: MASTER,
    actions: [ASSERT_NOW],
  },
  {
    name:
      "master, stronger advert, goes to backup with a last advert and no farewell (RFC 9568 §6.4.3)",
    state: MASTER,
    event: advert(LOWER, 150),
    next: { ...BACKUP, seq: 8, heard: heardFrom(LOWER, 150) },
    actions: [
      { kind: "advert" },
      { kind: "cease", farewell: false, handover: true },
      move("master", "backup", stronger(LOWER, 150)),
      RECONCILE,
      watch(8, DOWN, heardFrom(LOWER, 150)),
    ],
  },
  {
    name: "master in strict mode, stronger advert, goes to backup without a word (RFC 9568 §6.4.3)",
    config: { strict: true },
    state: MASTER,
    event: advert(LOWER, 150),
    next: { ...BACKUP, seq: 8, heard: heardFrom(LOWER, 150) },
    actions: [
      { kind: "cease", farewell: false, handover: true },
      move("master", "backup", stronger(LOWER, 150)),
      RECONCILE,
      watch(8, DOWN, heardFrom(LOWER, 150)),
    ],
  },
  {
    name: "master with higher_prio_send_advert in strict mode, sends one last advert first",
    config: { higherPrioSendAdvert: true, strict: true },
    state: MASTER,
    event: advert(LOWER, 150),
    next: { ...BACKUP, seq: 8, heard: heardFrom(LOWER, 150) },
    actions: [
      { kind: "advert" },
      { kind: "cease", farewell: false, handover: true },
      move("master", "backup", stronger(LOWER, 150)),
      RECONCILE,
      watch(8, DOWN, heardFrom(LOWER, 150)),
    ],
  },
  {
    name: "master, equal advert from a higher address, goes to backup (RFC 9568 §6.4.3)",
    state: MASTER,
    event: advert(HIGHER, 100),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 100) },
    actions: [
      { kind: "advert" },
      { kind: "cease", farewell: false, handover: true },
      move("master", "backup", stronger(HIGHER, 100)),
      RECONCILE,
      watch(8, DOWN, heardFrom(HIGHER, 100)),
    ],
  },
  {
    name: "master, equal advert from a lower address, answers it at once (RFC 9568 §6.4.3)",
    state: MASTER,
    event: advert(LOWER, 100),
    next: met(FRESH_MASTER, LOWER),
    actions: [ASSERT_NOW, lower(100), BURST, REASSERT],
  },
  {
    name: "master, weaker advert, answers with advert and gratuitous ARP (RFC 9568 §6.4.3)",
    state: MASTER,
    event: advert(HIGHER, 90),
    next: met(FRESH_MASTER, HIGHER),
    actions: [ASSERT_NOW, lower(100), BURST, REASSERT],
  },
  {
    name: "master with lower_prio_no_advert, weaker advert, stays silent but announces",
    config: { lowerPrioNoAdvert: true },
    state: MASTER,
    event: advert(HIGHER, 90),
    next: met(FRESH_MASTER, HIGHER),
    actions: [lower(100), BURST, REASSERT],
  },
  {
    name: "master without garp_lower_prio_repeat, weaker advert, answers with an advert only",
    config: { garp: { ...instanceConfig().garp, lowerPrioRepeat: 0 } },
    state: MASTER,
    event: advert(HIGHER, 90),
    next: met(MASTER, HIGHER),
    actions: [ASSERT_NOW, lower(100), REASSERT],
  },
  {
    name: "master, own advert comes back, is said and changes nothing",
    state: MASTER,
    event: advert(OWN, 100),
    next: MASTER,
    actions: [
      said({ kind: "echo" }),
    ],
  },
  {
    name: "master, owner, other owner with a lower address, is called a configuration error",
    config: { priority: 255 },
    self: { health: { ...HEALTH, priority: 255 } },
    state: MASTER,
    event: advert(LOWER, 255),
    next: met({ ...FRESH_MASTER, conflicts: 1 }, LOWER),
    actions: [
      ASSERT_NOW,
      said({ kind: "two-owners", peer: LOWER }),
      lower(255),
      BURST,
      REASSERT,
    ],
  },
  {
    name: "master, owner, other owner with a higher address, steps back",
    config: { priority: 255 },
    self: { health: { ...HEALTH, priority: 255 } },
    state: MASTER,
    event: advert(HIGHER, 255),
    next: { ...BACKUP, seq: 8, heard: heardFrom(HIGHER, 255) },
    actions: [
      { kind: "advert" },
      { kind: "cease", farewell: false, handover: true },
      said({ kind: "two-owners", peer: HIGHER }),
      move("master", "backup", stronger(HIGHER, 255), { priority: 255 }),
      RECONCILE,
      watch(8, 3_003_906, heardFrom(HIGHER, 255), 3_003_906),
    ],
  },
  {
    name: "master, second burst due, announces once more",
    state: { ...MASTER, burst: { at: NOW, repeat: 5 } },
    event: { kind: "deadline" },
    next: MASTER,
    actions: [BURST],
  },
  {
    name: "master with garp_extra_if, its interval over, announces there and sets the next",
    config: { garp: { ...instanceConfig().garp, extra: { interval: 9 * SECOND, all: true } } },
    state: { ...MASTER, burst: undefined, extraAt: NOW },
    event: { kind: "deadline" },
    next: { ...MASTER, burst: undefined, extraAt: NOW + 9 * SECOND },
    actions: [{ kind: "announce", repeat: 1, on: "extra" }],
  },
  {
    name: "master, on the wire again where it was not, announces as a new one",
    state: { ...MASTER, burst: undefined },
    event: { kind: "audible", on: 9 },
    next: { ...MASTER, burst: { at: NOW + 5 * SECOND, repeat: 5 } },
    actions: [{ kind: "announce", repeat: 5, on: 9 }],
  },
  {
    name: "master with garp_master_refresh, refresh due, announces and sets the next",
    config: { garp: { ...instanceConfig().garp, masterRefresh: 30 * SECOND } },
    state: { ...MASTER, refreshAt: NOW },
    event: { kind: "deadline" },
    next: { ...MASTER, refreshAt: NOW + 30 * SECOND },
    actions: [{ kind: "announce", repeat: 1 }],
  },
  {
    name: "master, deadline before anything is due, changes nothing",
    state: FRESH_MASTER,
    event: { kind: "deadline" },
    next: FRESH_MASTER,
    actions: [],
  },
  {
    name: "master, priority falls, stays master and changes its advert in its place",
    state: MASTER,
    event: { kind: "health", health: { ...HEALTH, priority: 80, weights: [CHK] } },
    next: MASTER,
    actions: [
      { kind: "transmit", immediately: false },
      priority(100, 80, [CHK]),
      EAR,
    ],
  },
  {
    name: "master, link down, says farewell, withdraws, goes to fault",
    state: MASTER,
    event: { kind: "health", health: { ...HEALTH, causes: [LINK_DOWN] } },
    next: { kind: "fault", causes: [LINK_DOWN] },
    actions: [
      { kind: "cease", farewell: true, handover: false },
      move("master", "fault", DOWN_FAULT),
      RECONCILE,
      { kind: "unwatch" },
    ],
  },
  {
    name: "master, demoted by its group, goes to backup without farewell",
    self: { group: "VG1" },
    state: MASTER,
    event: { kind: "demote", cause: WITH_MATE },
    next: { ...BACKUP, seq: 8 },
    actions: [
      { kind: "cease", farewell: false, handover: true },
      move("master", "backup", WITH_MATE),
      RECONCILE,
      watch(8, DOWN),
    ],
  },
  {
    name: "master, weaker master met elsewhere in the group, asserts itself too",
    self: { group: "VG1" },
    state: MASTER,
    event: { kind: "reassert" },
    next: FRESH_MASTER,
    actions: [ASSERT_NOW, BURST],
  },
  {
    name: "master, lease lapsed, goes to backup and says so",
    state: MASTER,
    event: { kind: "lapsed" },
    next: { ...BACKUP, seq: 8 },
    actions: [
      { kind: "cease", farewell: false, handover: false },
      move("master", "backup", { kind: "lease-lapsed" }),
      RECONCILE,
      watch(8, DOWN),
    ],
  },
  {
    name: "master, shutdown, says farewell, withdraws, notifies (RFC 9568 §6.4.3)",
    state: MASTER,
    event: { kind: "shutdown" },
    next: { kind: "init" },
    actions: [
      { kind: "cease", farewell: true, handover: true },
      move("master", "stop", { kind: "shutdown" }),
      RECONCILE,
      { kind: "unwatch" },
    ],
  },
  {
    name: "master, removed by reload, says so once",
    state: MASTER,
    event: { kind: "delete" },
    next: { kind: "init" },
    actions: [
      { kind: "cease", farewell: true, handover: true },
      move("master", "deleted", { kind: "reload" }),
      RECONCILE,
      { kind: "unwatch" },
    ],
  },
  {
    name: "backup with notify_deleted, removed by reload, says who is told",
    config: { notify: { notifyDeleted: true } },
    state: BACKUP,
    event: { kind: "delete" },
    next: { kind: "init" },
    actions: [
      move("backup", "deleted", { kind: "reload" }, { scripts: { notifyDeleted: true } }),
      { kind: "unwatch" },
    ],
  },
  {
    name: "fault, link up, goes to backup",
    state: { kind: "fault", causes: [LINK_DOWN] },
    event: { kind: "health", health: HEALTH },
    next: { ...BACKUP, seq: 8 },
    actions: [
      move("fault", "backup", { kind: "recovery", faults: [LINK_DOWN] }),
      watch(8, DOWN),
    ],
  },
  {
    name: "fault with unicast peers, link up, announces the address it sends from",
    config: { unicastPeers: [{ address: "10.0.0.1" }] },
    state: { kind: "fault", causes: [LINK_DOWN] },
    event: { kind: "health", health: HEALTH },
    next: { ...BACKUP, seq: 8 },
    actions: [
      move("fault", "backup", { kind: "recovery", faults: [LINK_DOWN] }),
      { kind: "announce", repeat: 1, only: [OWN] },
      watch(8, DOWN),
    ],
  },
  {
    name: "fault, another cause remains, stays in fault",
    state: {
      kind: "fault",
      causes: [LINK_DOWN, {
        kind: "tracker",
        tracker: { kind: "script", name: "chk" },
        found: "failed",
      }],
    },
    event: { kind: "health", health: { ...HEALTH, causes: [LINK_DOWN] } },
    next: { kind: "fault", causes: [LINK_DOWN] },
    actions: [],
  },
  {
    name: "fault, advert, is not heeded",
    state: { kind: "fault", causes: [LINK_DOWN] },
    event: advert(HIGHER, 0),
    next: { kind: "fault", causes: [LINK_DOWN] },
    actions: [],
  },
];

for (const { name, config, self, state, event, next, actions } of TRANSITIONS) {
  Deno.test(`step() ${name}`, () => {
    const before = instance(state, config, self);
    const [after, done] = step(before, event, NOW);
    assert.deepEqual(after.state, next);
    assert.deepEqual(done, actions);
    if (actions.length === 0 && state === next) assert.equal(after.state, before.state);
  });
}

Deno.test("step() owner that keeps hearing another, calls itself 254 for the time being", () => {
  let self = instance(MASTER, { priority: 255 }, { health: { ...HEALTH, priority: 255 } });
  for (let heard = 1; heard <= 3; heard += 1) [self] = step(self, advert(LOWER, 255), NOW);
  assert.equal(self.yielded, false);
  [self] = step(self, advert(LOWER, 255), NOW);
  assert.equal(self.yielded, true);
  [self] = step(self, advert(LOWER, 255), NOW);
  assert.equal(self.state.kind, "backup");
  [self] = step(self, { kind: "expired", seq: self.seq }, NOW);
  assert.equal(self.state.kind, "master");
  assert.equal(self.yielded, false);
});

Deno.test("step() counts mastership won, left, and farewells", () => {
  let self = instance(BACKUP);
  [self] = step(self, { kind: "expired", seq: 7 }, NOW);
  [self] = step(self, { kind: "shutdown" }, NOW);
  const { become_master, release_master, pri_zero_sent } = self.statistics;
  assert.deepEqual([become_master, release_master, pri_zero_sent], [1, 1, 1]);
});

Deno.test("step() reconfigured as master, advertises first and announces what was added", () => {
  const added = { address: "172.16.1.100", prefixLength: 32 };
  const config = instanceConfig({
    virtualAddresses: [...instanceConfig().virtualAddresses, added],
  });
  const event = { kind: "reconfigured", config, group: undefined, health: HEALTH } as const;
  const [after, actions] = step(instance(MASTER), event, NOW);
  assert.equal(after.state, MASTER);
  assert.deepEqual(actions, [
    ASSERT_NOW,
    RECONCILE,
    { kind: "announce", repeat: 5, only: ["172.16.1.100"] },
    EAR,
  ]);
});

Deno.test("step() reconfigured as backup, judges the next advert anew in the time that is left", () => {
  const before = instance({ ...BACKUP, heard: heardFrom(HIGHER, 150) });
  const config = instanceConfig({ downTimerAdverts: 5 });
  const event = { kind: "reconfigured", config, group: undefined, health: HEALTH } as const;
  const [after, actions] = step(before, event, NOW);
  assert.deepEqual(after.state, BACKUP);
  assert.deepEqual(actions, [watch(7, undefined, undefined, 5_609_375)]);
});

Deno.test("step() reconfigured as backup to wait shorter, waits no longer than that (RFC 9568 §6.1)", () => {
  const before = instance({
    ...BACKUP,
    heard: heardFrom(HIGHER, 150),
    activeAdverInterval: SECOND,
  });
  for (
    const [changes, down] of [
      [{ downTimerAdverts: 2 }, 2_609_375],
      [{ version: 3, advertInt: 100 * MILLISECOND }, 360_938],
    ] as const
  ) {
    const config = instanceConfig(changes);
    const event = { kind: "reconfigured", config, group: undefined, health: HEALTH } as const;
    const [after, actions] = step(before, event, NOW);
    assert.deepEqual(after.state, {
      ...BACKUP,
      seq: 8,
      activeAdverInterval: config.advertInt,
    });
    assert.deepEqual(actions, [watch(8, down, undefined, down)]);
  }
});

Deno.test("step() any events in any state, no change of state is without exactly one news", () => {
  const events = fc.array(fc.oneof({ weight: 9, arbitrary: anEvent() }, anEnd()), {
    maxLength: 12,
  });
  fc.assert(fc.property(anInstance(), events, (self, events) => {
    let at = self;
    let now = NOW;
    for (const event of events) {
      now += 500 * MILLISECOND;
      const [next, actions] = step(at, event, now);
      const news = actions.flatMap((each) => each.kind === "news" ? [each.news] : [])
        .flatMap((each) => each.kind === "instance" ? [each] : []);
      const ends = event.kind === "shutdown" || event.kind === "delete";
      const moves = ends || at.state.kind !== next.state.kind;
      assert.equal(news.length, moves ? 1 : 0, event.kind);
      for (const { from, to, name, priority } of news) {
        assert.deepEqual([name, from, priority], [
          next.config.name,
          at.state.kind,
          effectivePriority(next),
        ]);
        if (!ends) assert.equal(to, next.state.kind);
      }
      at = next;
    }
  }));
});

Deno.test("step() any events in any state, throws never and keeps the order of operations", () => {
  fc.assert(fc.property(anInstance(), fc.array(anEvent(), { maxLength: 12 }), (self, events) => {
    let at = self;
    let now = NOW;
    for (const event of events) {
      now += 500 * MILLISECOND;
      const [next, actions] = step(at, event, now);
      assert.deepEqual(actions, inOrder(actions));
      const masters = [at, next].map((each) => each.state.kind === "master");
      const reconciles = actions.some((action) => action.kind === "reconcile");
      if (masters[0] !== masters[1]) assert.ok(reconciles, `no reconcile at ${event.kind}`);
      const due = instanceDeadline(next);
      assert.ok(due === undefined || Number.isFinite(due));
      at = next;
    }
  }));
});

function instance(
  state: VrrpState,
  config: Partial<VrrpInstanceConfig> = {},
  self: Partial<Instance> = {},
): Instance {
  const fresh = newInstance(instanceConfig(config), {
    order: 1,
    group: undefined,
    headStart: false,
    since: 0,
  });
  return { ...fresh, health: HEALTH, seq: 7, state, ...self };
}

function anInstance(): fc.Arbitrary<Instance> {
  const states: readonly VrrpState[] = [
    { kind: "init" },
    BACKUP,
    { ...BACKUP, heard: heardFrom(HIGHER, 90), preemptAt: NOW + SECOND },
    MASTER,
    { kind: "fault", causes: [LINK_DOWN] },
  ];
  return fc.record({
    state: fc.constantFrom(...states),
    priority: fc.constantFrom(1, 100, 255),
    version: fc.constantFrom<2 | 3>(2, 3),
    nopreempt: fc.boolean(),
    preemptDelay: fc.constantFrom(0, 2 * SECOND),
    group: fc.constantFrom(undefined, "VG1"),
  }).map(({ state, group, ...config }) =>
    instance(state, config, { group, health: { ...HEALTH, priority: config.priority } })
  );
}

function anEnd(): fc.Arbitrary<InstanceEvent> {
  return fc.constantFrom<InstanceEvent>({ kind: "shutdown" }, { kind: "delete" });
}

function anEvent(): fc.Arbitrary<InstanceEvent> {
  const source = fc.constantFrom(LOWER, OWN, HIGHER);
  const priority = fc.constantFrom(0, 1, 90, 100, 150, 255);
  return fc.oneof(
    fc.tuple(source, priority).map(([from, value]) => advert(from, value)),
    fc.integer({ min: 7, max: 12 }).map((seq) => ({ kind: "expired", seq } as const)),
    fc.constantFrom<InstanceEvent>(
      { kind: "deadline" },
      { kind: "promote" },
      { kind: "demote", cause: WITH_MATE },
      { kind: "reassert" },
      { kind: "lapsed" },
      { kind: "health", health: HEALTH },
      { kind: "health", health: { ...HEALTH, causes: [LINK_DOWN] } },
      { kind: "health", health: { ...HEALTH, priority: 120 } },
    ),
  );
}

Deno.test("step() master, keeps hearing a weaker one, is split brain until that is silent or this node gives way", () => {
  const [once, first] = step(instance(MASTER), advert(HIGHER, 90), NOW);
  const [twice, second] = step(once, advert(HIGHER, 90), NOW + SECOND);
  const told = (actions: readonly Action[]) =>
    actions.flatMap((action) => {
      if (action.kind !== "news" || action.news.kind !== "split-brain") return [];
      return [action.news.over?.how ?? action.news.peer];
    });
  assert.deepEqual(told(first), []);
  assert.deepEqual(told(second), [HIGHER]);
  assert.equal(instanceDeadline(twice), NOW + 5 * SECOND);
  assert.deepEqual(told(step(twice, { kind: "deadline" }, NOW + 5 * SECOND)[1]), ["unheard"]);
  assert.deepEqual(told(step(twice, advert(HIGHER, 200), NOW + 2 * SECOND)[1]), ["left"]);
});
