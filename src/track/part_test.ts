import assert from "node:assert/strict";
import fc from "fast-check";
import type { Link } from "../kernel/link.ts";
import { type Micros, SECOND } from "../net/mod.ts";
import { logLines } from "../notify/mod.ts";
import { sizeOf, sortedValues } from "../persistent/mod.ts";
import { NOTHING_DECLARED, type VrrpScriptConfig } from "./config.ts";
import type { TrackEffect } from "./effect.ts";
import type { TrackEvent } from "./event.ts";
import {
  type Followed,
  nextTrackDeadline,
  reloadTrack,
  startTrack,
  type TrackPart,
} from "./part.ts";
import { stepDueTrackers, stepTrack, toldOfInterface } from "./step.ts";
import { stateOf as stateIn, type Tracker, type TrackerState } from "./tracker.ts";

const CHK = { kind: "script", name: "chk" } as const;
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

function script(name: string, more: Partial<VrrpScriptConfig> = {}): VrrpScriptConfig {
  return {
    name,
    script: { argv: [`/bin/${name}`] },
    interval: 2 * SECOND,
    weight: 0,
    reverse: false,
    rise: 1,
    fall: 1,
    initFail: false,
    ...more,
  };
}

function followed(
  trackers: readonly Tracker[],
  scripts: readonly VrrpScriptConfig[] = [script("chk")],
): Followed {
  return { trackers, declared: { ...NOTHING_DECLARED, scripts }, link: () => undefined };
}

function words(effects: readonly TrackEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "news"
      ? logLines(effect.news).map(({ text }) => text)
      : effect.kind === "run-script" || effect.kind === "end-script"
      ? [`${effect.kind} ${effect.name} ${effect.run}`]
      : [effect.kind]
  );
}

function result(run: number, ok: boolean, how?: string): TrackEvent {
  return { kind: "script-result", name: "chk", run, ok, ...(how === undefined ? {} : { how }) };
}

function stateOf({ states }: TrackPart, tracker: Tracker): TrackerState {
  return stateIn(states, tracker);
}

/** A part in which the script has begun. */
function running(): TrackPart {
  return stepDueTrackers(startTrack(followed([CHK, ETH0]), 0), 0).part;
}

Deno.test("startTrack() scripts nobody follows, are not known and not run", () => {
  const part = startTrack(followed([ETH0]), 0);
  assert.equal(sizeOf(part.scripts), 0);
  assert.deepEqual(stepDueTrackers(part, 0), { part, effects: [], changed: [] });
});

Deno.test("startTrack() what is followed twice, is one tracker that begins at once", () => {
  const part = startTrack(followed([CHK, ETH0, CHK, ETH0]), 0);
  assert.deepEqual([stateOf(part, CHK), stateOf(part, ETH0)], ["unknown", "missing"]);
  assert.equal(sizeOf(part.states), 2);
  const { part: next, effects } = stepDueTrackers(part, 0);
  assert.deepEqual(words(effects), ["run-script chk 1"]);
  assert.equal(nextTrackDeadline(next), 2 * SECOND);
});

Deno.test("stepTrack() results, are told by name and said once per change", () => {
  const up = stepTrack(running(), result(1, true, "exited with status 0"), SECOND);
  assert.equal(stateOf(up.part, CHK), "up");
  assert.deepEqual([words(up.effects), up.changed], [["VRRP_Script(chk) succeeded"], [CHK]]);
  const again = stepDueTrackers(up.part, 2 * SECOND);
  const same = stepTrack(again.part, result(2, true), 3 * SECOND);
  assert.deepEqual([same.effects, same.changed], [[], []]);
  const third = stepDueTrackers(same.part, 4 * SECOND);
  const down = stepTrack(third.part, result(3, false, "exited with status 1"), 5 * SECOND);
  assert.equal(stateOf(down.part, CHK), "down");
  assert.deepEqual(words(down.effects), ["VRRP_Script(chk) failed (exited with status 1)"]);
});

Deno.test("stepTrack() of a run that is not under way or a script that is not there, changes nothing", () => {
  const part = running();
  for (const event of [result(2, true), { ...result(1, true), name: "other" }]) {
    const step = stepTrack(part, event, SECOND);
    assert.equal(step.part, part);
    assert.deepEqual([step.effects, step.changed], [[], []]);
  }
});

Deno.test("stepTrack() a run this host cannot begin, is said once and changes no state", () => {
  const event = { kind: "script-not-begun", name: "chk", run: 1, why: "out of memory" } as const;
  const first = stepTrack(running(), event, SECOND);
  assert.deepEqual(words(first.effects), [
    "Cannot run script chk: out of memory, its last result counts until it can",
  ]);
  assert.equal(stateOf(first.part, CHK), "unknown");
  const again = stepDueTrackers(first.part, 2 * SECOND);
  const second = stepTrack(again.part, { ...event, run: 2 }, 2 * SECOND);
  assert.deepEqual([second.effects, second.changed], [[], []]);
});

const LINKS: readonly {
  readonly name: string;
  readonly links: readonly (Link | undefined)[];
  readonly state: string;
  /** What its followers are told of. */
  readonly told: readonly string[];
}[] = [
  { name: "appears up", links: [UP], state: "up", told: ["up"] },
  { name: "appears down", links: [DOWN], state: "down", told: ["down"] },
  { name: "goes down", links: [UP, DOWN], state: "down", told: ["up", "down"] },
  {
    name: "vanishes while down",
    links: [DOWN, undefined],
    state: "missing",
    told: ["down", "missing"],
  },
  {
    name: "stays as it is, is told once",
    links: [UP, { ...UP, mtu: 9000 }],
    state: "up",
    told: ["up"],
  },
];

for (const { name, links, state, told } of LINKS) {
  Deno.test(`toldOfInterface() an interface that ${name}`, () => {
    let part = startTrack(followed([ETH0]), 0);
    const said: string[] = [];
    for (const link of links) {
      const step = toldOfInterface(part, "eth0", { link, now: 0 });
      assert.equal(step.part === part, step.changed.length === 0);
      part = step.part;
      assert.deepEqual(step.effects, []);
      for (const each of step.changed) said.push(`${stateOf(part, each)}`);
    }
    assert.equal(stateOf(part, ETH0), state);
    assert.deepEqual(said, told);
  });
}

Deno.test("toldOfInterface() an interface nobody follows, is not remembered", () => {
  const part = startTrack(followed([CHK]), 0);
  assert.equal(toldOfInterface(part, "eth0", { link: UP, now: 0 }).part, part);
});

Deno.test("reloadTrack() a script that is the same, keeps its result and its run", () => {
  const { part } = stepTrack(running(), result(1, true), SECOND);
  const again = stepDueTrackers(part, 2 * SECOND).part;
  const { part: next, effects } = reloadTrack(again, followed([CHK]), 3 * SECOND);
  assert.equal(stateOf(next, CHK), "up");
  assert.deepEqual(effects, []);
  assert.equal(stateOf(stepTrack(next, result(2, false), 3 * SECOND).part, CHK), "down");
});

Deno.test("reloadTrack() another command or nobody that follows, ends the run under way", () => {
  const other = [script("chk", { script: { argv: ["/bin/other"] } })];
  for (
    const [next, state] of [[followed([CHK], other), "unknown"], [followed([]), "unknown"]] as const
  ) {
    const { part, effects } = reloadTrack(running(), next, SECOND);
    assert.deepEqual(words(effects), ["end-script chk 1"]);
    assert.equal(stateOf(part, CHK), state);
  }
});

Deno.test("the map any events, says of every script what its machine says, and is told of every change", () => {
  const event = fc.oneof(
    fc.record({ run: fc.integer({ min: 1, max: 6 }), ok: fc.boolean() })
      .map(({ run, ok }) => result(run, ok)),
    fc.record({ run: fc.integer({ min: 1, max: 6 }) })
      .map(({ run }): TrackEvent => ({
        kind: "script-not-begun",
        name: "chk",
        run,
        why: "EAGAIN",
      })),
    fc.constantFrom({ kind: "due" } as const, { kind: "reload" } as const),
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    const all = followed([CHK, ETH0], [script("chk", { rise: 2, fall: 2 })]);
    let part = startTrack(all, 0);
    let now: Micros = 0;
    for (const each of events) {
      now += SECOND;
      const before = stateOf(part, CHK);
      const step = each.kind === "due"
        ? stepDueTrackers(part, now)
        : each.kind === "reload"
        ? reloadTrack(part, all, now)
        : stepTrack(part, each, now);
      part = step.part;
      const [only] = sortedValues(part.scripts);
      assert.equal(stateOf(part, CHK), only?.status);
      assert.equal(nextTrackDeadline(part), only?.dueAt);
      const moved = stateOf(part, CHK) !== before;
      assert.deepEqual(step.changed, moved ? [CHK] : []);
      const news = step.effects.filter((one) => one.kind === "news" && one.news.kind === "tracker");
      assert.equal(news.length, moved ? 1 : 0);
    }
  }));
});
