import assert from "node:assert/strict";
import type { Link } from "../kernel/link.ts";
import { type Micros, MILLISECOND, SECOND } from "../net/mod.ts";
import { logLines } from "../notify/mod.ts";
import { NOTHING_DECLARED, type TrackConfig, type TrackProcessConfig } from "./config.ts";
import type { TrackEffect } from "./effect.ts";
import type { TrackEvent } from "./event.ts";
import { beginTrack, nextTrackDeadline, reloadTrack, startTrack, type TrackPart } from "./part.ts";
import { stepDueTrackers, stepTrack, toldOfInterface, toldOfObjects } from "./step.ts";
import { stateOf, type Tracker, trackerKey, trackerOf } from "./tracker.ts";

const LOAD = { kind: "file", name: "load" } as const;
const TWIN = { kind: "file", name: "twin" } as const;
const WEB = { kind: "process", name: "web" } as const;
const ETH0 = { kind: "interface", name: "eth0" } as const;
const UP: Link = {
  ifindex: 2,
  ifname: "eth0",
  up: true,
  running: true,
  loopback: false,
  arp: true,
  multicast: true,
  mac: "02:00:00:00:00:02",
  mtu: 1500,
};
const DOWN: Link = { ...UP, running: false };
const WEB_PROCESS: TrackProcessConfig = {
  name: "web",
  command: "nginx",
  argumentsMatch: "exact",
  fullCommand: false,
  weight: 0,
  reverse: false,
  quorum: 2,
  quorumMax: 3,
  forkDelay: 0,
  terminateDelay: 0,
};
const FILE = { path: "/run/load", weight: 1, reverse: false } as const;

function part(
  declared: Partial<TrackConfig>,
  trackers: readonly Tracker[] = [LOAD, TWIN, WEB, ETH0],
): TrackPart {
  return startTrack(followed(declared, trackers), 0);
}

function followed(declared: Partial<TrackConfig>, trackers: readonly Tracker[]) {
  return { trackers, declared: { ...NOTHING_DECLARED, ...declared }, link: () => UP };
}

function said(effects: readonly TrackEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "news" ? logLines(effect.news).map(({ text }) => text) : []
  );
}

Deno.test("trackerOf() of any key, is its tracker", () => {
  for (const tracker of [LOAD, { kind: "script", name: "with blanks " } as const]) {
    assert.deepEqual(trackerOf(trackerKey(tracker)), tracker);
  }
});

Deno.test("stepTrack() a file, is known by its number to everybody who follows it by whatever name", () => {
  const files = [{ ...FILE, name: "load" }, { ...FILE, name: "twin" }];
  const before = part({ files });
  assert.equal(stateOf(before.states, LOAD), "unknown");
  const event: TrackEvent = { kind: "file-changed", path: FILE.path, content: "7\n" };
  const step = stepTrack(before, event, 0);
  assert.deepEqual(step.changed, [LOAD, TWIN]);
  assert.deepEqual([LOAD, TWIN].map((each) => stateOf(step.part.states, each)), [7, 7]);
  const gone = stepTrack(step.part, { kind: "file-changed", path: FILE.path }, 0);
  assert.equal(stateOf(gone.part.states, LOAD), 0);
  const same = stepTrack(gone.part, { ...event, content: "none" }, 0);
  assert.deepEqual([same.part, same.changed], [gone.part, []]);
  const other = stepTrack(gone.part, { ...event, path: "/run/other" }, 0);
  assert.equal(other.part, gone.part);
});

Deno.test("stepTrack() a number out of range, is said and does not count", () => {
  const before = part({ files: [{ ...FILE, name: "load" }] }, [LOAD]);
  const event = { kind: "file-changed", path: FILE.path } as const;
  const huge = { ...event, content: "99999999999\n" };
  const first = stepTrack(before, huge, 0);
  assert.equal(stateOf(first.part.states, LOAD), 0, "nobody waits for it");
  const known = stepTrack(first.part, { ...event, content: "5" }, 0).part;
  const step = stepTrack(known, huge, 0);
  assert.equal(stateOf(step.part.states, LOAD), 5);
  assert.deepEqual(said(step.effects), [
    "Invalid number 99999999999 read from /run/load - ignoring",
  ]);
});

/** Counts as they come, in seconds, and what is believed then. */
const COUNTS: readonly {
  readonly name: string;
  readonly config?: Partial<TrackProcessConfig>;
  readonly counts: readonly (readonly [at: number, count: number | "due", state: string])[];
}[] = [
  {
    name: "without delays, is up within its quorum",
    counts: [[0, 0, "down"], [1, 2, "up"], [2, 3, "up"], [3, 4, "down"], [4, 1, "down"]],
  },
  {
    name: "with fork_delay, is up when it lasts",
    config: { forkDelay: 2 * SECOND },
    counts: [[0, 1, "down"], [1, 2, "down"], [2, "due", "down"], [3, "due", "up"], [4, 1, "down"]],
  },
  {
    name: "with terminate_delay, forgives a restart",
    config: { terminateDelay: 2 * SECOND },
    counts: [[0, 2, "up"], [1, 0, "up"], [2, 2, "up"], [4, "due", "up"], [5, 1, "up"], [
      7,
      "due",
      "down",
    ]],
  },
  {
    name: "with both delays and too many, waits as after a fork and comes back as after an end",
    config: { forkDelay: SECOND, terminateDelay: 3 * SECOND },
    counts: [
      [0, 3, "up"],
      [1, 4, "up"],
      [2, "due", "down"],
      [3, 3, "down"],
      [5, "due", "down"],
      [6, "due", "up"],
    ],
  },
  {
    name: "that must not run, is up without any",
    config: { quorum: 0, quorumMax: 0 },
    counts: [[0, 0, "up"], [1, 1, "down"], [2, 0, "up"]],
  },
];

for (const { name, config, counts } of COUNTS) {
  Deno.test(`stepTrack() a process ${name}`, () => {
    let so = part({ processes: [{ ...WEB_PROCESS, ...config }] }, [WEB]);
    for (const [at, count, state] of counts) {
      const now = at * SECOND;
      const step = count === "due"
        ? stepDueTrackers(so, now)
        : stepTrack(so, { kind: "process-count", name: "web", count }, now);
      so = step.part;
      assert.equal(stateOf(so.states, WEB), state, `at ${at} s`);
    }
    assert.equal(nextTrackDeadline(so), undefined);
  });
}

Deno.test("stepTrack() a process, says what keepalived says, and nothing of none at the start", () => {
  const count = (part: TrackPart, count: number) =>
    stepTrack(part, { kind: "process-count", name: "web", count }, 0);
  const start = count(part({ processes: [WEB_PROCESS] }, [WEB]), 0);
  assert.deepEqual([said(start.effects), start.changed], [[], [WEB]]);
  const up = count(start.part, 2);
  assert.deepEqual(said(up.effects), ["Quorum gained for tracked process web"]);
  assert.deepEqual(said(count(up.part, 0).effects), ["Quorum lost for tracked process web"]);
});

Deno.test("toldOfInterface() with delays, believes what lasts", () => {
  const linkDelays = [{ ifname: "eth0", down: 500 * MILLISECOND, up: 2 * SECOND }];
  let so = part({ linkDelays }, [ETH0]);
  const tell = (link: Link | undefined, now: Micros) => {
    so = toldOfInterface(so, "eth0", { link, now }).part;
    return stateOf(so.states, ETH0);
  };
  const later = (now: Micros) => {
    so = stepDueTrackers(so, now).part;
    return stateOf(so.states, ETH0);
  };
  assert.equal(tell(DOWN, 0), "up");
  assert.equal(tell(UP, 400 * MILLISECOND), "up");
  assert.equal(later(500 * MILLISECOND), "up", "it was up again");
  assert.equal(tell(DOWN, SECOND), "up");
  assert.equal(nextTrackDeadline(so), 1500 * MILLISECOND);
  assert.equal(later(1500 * MILLISECOND), "down");
  assert.equal(tell(UP, 2 * SECOND), "down");
  assert.equal(later(4 * SECOND), "up");
  assert.equal(tell(undefined, 5 * SECOND), "missing", "there is nothing to wait for");
  assert.equal(tell(UP, 6 * SECOND), "up", "another interface");
});

Deno.test("toldOfObjects() a track_group that somebody follows, is complete or not", () => {
  const group = { kind: "group", name: "statics" } as const;
  const so = part({}, [group]);
  const step = toldOfObjects(so, "statics", false);
  assert.deepEqual([stateOf(step.part.states, group), step.changed], ["down", [group]]);
  assert.equal(toldOfObjects(so, "other", false).part, so);
});

Deno.test("beginTrack() reloadTrack() follow outside what is followed, and make a file only once", () => {
  const init = { value: 5, overwrite: true };
  const files = [{ ...FILE, name: "load", init }, { ...FILE, name: "twin" }];
  const first = part({ files, processes: [WEB_PROCESS] }, [LOAD, TWIN, WEB]);
  assert.deepEqual(beginTrack(first).effects, [
    { kind: "follow-files", files: [{ path: FILE.path, init: { text: "5\n", overwrite: true } }] },
    { kind: "follow-processes", processes: [WEB_PROCESS], buffer: { force: false } },
  ]);
  const read = stepTrack(first, { kind: "file-changed", path: FILE.path, content: "3" }, 0).part;
  const more = [...files, { ...FILE, name: "other", path: "/run/other" }];
  const other = { kind: "file", name: "other" } as const;
  const after = reloadTrack(
    read,
    followed({ files: more, processes: [WEB_PROCESS] }, [LOAD, TWIN, WEB, other]),
    0,
  );
  assert.deepEqual(after.effects, [
    { kind: "follow-files", files: [{ path: FILE.path }, { path: "/run/other" }] },
  ]);
  assert.deepEqual(
    [LOAD, other].map((each) => stateOf(after.part.states, each)),
    [3, "unknown"],
    "what was read stays",
  );
  const none = reloadTrack(after.part, followed({}, []), 0);
  assert.deepEqual(none.effects, [
    { kind: "follow-files", files: [] },
    { kind: "follow-processes", processes: [], buffer: { force: false } },
  ]);
});

Deno.test("reloadTrack() another quorum of the same processes, is judged at once", () => {
  const before = part({ processes: [WEB_PROCESS] }, [WEB]);
  const counted = stepTrack(before, { kind: "process-count", name: "web", count: 1 }, 0).part;
  const lower = { ...WEB_PROCESS, quorum: 1 };
  const { part: next } = reloadTrack(counted, followed({ processes: [lower] }, [WEB]), 0);
  assert.equal(stateOf(next.states, WEB), "up");
});
