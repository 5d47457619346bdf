import assert from "node:assert/strict";
import { SECOND } from "../../src/net/mod.ts";
import type { Holding } from "../../src/sim/mod.ts";
import { parseArgs } from "./arguments.ts";
import { judge } from "./judge.ts";
import type { Law, Router } from "./law.ts";
import { type Conditions, configOf, play, type Played } from "./play.ts";
import { shortened } from "./shorten.ts";
import { type Story, storyOf } from "./story.ts";

/** In the suite; `deno task simulate` plays an hour of each of a thousand. */
const SEEDS = 4;

for (let seed = 0; seed < SEEDS; seed++) {
  Deno.test(`simulation: seed ${seed}, one master per VRID in quiet, and never none for longer than an election (RFC 9568 §6.4)`, () => {
    const story = storyOf(seed, 900 * SECOND);
    assert.deepEqual(judge(play(story), story.ends), []);
  });
}

Deno.test("simulation: a story that went through a tape, is played to the same end", () => {
  const story = storyOf(7, 300 * SECOND);
  const read: Story = JSON.parse(JSON.stringify(story));
  assert.deepEqual(read, story);
  const [one, other] = [play(story), play(read)];
  assert.deepEqual(one.holdings, other.holdings);
  assert.deepEqual(one.conditions, other.conditions);
});

Deno.test("storyOf() a hundred seeds, has no text with a mistake and every kind of act", () => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    const { nodes, acts } = storyOf(seed, 600 * SECOND);
    for (const { text } of nodes) configOf(text);
    for (const act of acts) {
      kinds.add(act.kind);
      if (act.kind === "reload") configOf(act.text);
      if (act.kind === "law") { for (const { text } of Object.values(act.texts)) configOf(text); }
    }
  }
  assert.equal(kinds.size, 10);
});

const ROUTER: Router = {
  name: "A4",
  vrid: 1,
  segment: "lan",
  family: 4,
  version: 2,
  interval: SECOND,
  missed: 3,
  unicast: false,
};
const LAW: Law = { routers: [ROUTER] };
const SOUND = { soundSince: 0, still: false, linksDown: [] };

/** Two nodes without disturbance but for `changes` from 100 s on. */
function record(
  holders: readonly (readonly [since: number, ...hosts: readonly string[]])[],
  changes: Partial<Conditions> = {},
): Played {
  const fair: Conditions = {
    since: 0,
    law: LAW,
    lawBefore: LAW,
    fair: true,
    readSince: 0,
    nodes: { n1: SOUND, n2: SOUND },
  };
  const holdings = holders.map(([since, ...hosts]): Holding => ({ since: since * SECOND, hosts }));
  return {
    conditions: [fair, { ...fair, since: 100 * SECOND, ...changes }],
    holdings: { A4: holdings },
    masters: [],
    cluster: play(storyOf(1, 0)).cluster,
  };
}

const told = (run: Played) => judge(run, 200 * SECOND).map(({ what }) => what);

Deno.test("judge() of quiet with one holder after an election, finds no fault", () => {
  assert.deepEqual(told(record([[0], [4, "n1"]])), []);
  assert.deepEqual(told(record([[0], [4, "n1"], [150, "n1", "n2"], [150.01, "n2"]])), []);
});

Deno.test("judge() of nobody or several in quiet, tells of it", () => {
  assert.match(told(record([[0], [6, "n1"]]))[0] ?? "", /nobody holds it for/);
  assert.match(told(record([[0], [4, "n1"], [150], [160, "n1"]])).join(), /nobody .* in quiet/);
  assert.match(told(record([[0], [4, "n1"], [150, "n1", "n2"]]))[0] ?? "", /n1 and n2 hold it/);
});

Deno.test("judge() of a parted node that holds nothing, tells of it, and of several of one side only after the quiet", () => {
  const parted = { fair: false, sides: [["n1"], ["n2"]] };
  assert.deepEqual(told(record([[0], [4, "n1"], [104, "n1", "n2"]], parted)), []);
  assert.match(told(record([[0], [4, "n1"]], parted))[0] ?? "", /with n2 undisturbed/);
});

Deno.test("shortened() of a story that fails by one act, leaves that one", () => {
  const story = storyOf(3, 1200 * SECOND);
  const guilty = story.acts.find(({ kind }) => kind === "crash" || kind === "stop");
  assert.ok(guilty);
  const short = shortened(story, ({ acts }) => acts.includes(guilty));
  assert.deepEqual(short.acts, [guilty]);
});

Deno.test("parseArgs() of --seeds and --tape, reads them, and refuses what it does not know", () => {
  assert.deepEqual(parseArgs(["--seeds", "5", "--tape", "x.json"]), {
    seeds: 5,
    from: 0,
    minutes: 60,
    tape: "x.json",
    share: 0,
    of: 1,
  });
  assert.throws(() => parseArgs(["--seed", "1"]), RangeError);
  assert.throws(() => parseArgs(["--seeds", "many"]), RangeError);
});
