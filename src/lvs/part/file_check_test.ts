/** `FILE_CHECK`: what a tracked file does to a real server. */

import assert from "node:assert/strict";
import type { CheckerConfig } from "../../check/config.ts";
import { byText, sortedFrom } from "../../persistent/mod.ts";
import { trackerKey, type TrackerState } from "../../track/tracker.ts";
import {
  configOf,
  drive,
  type Driven,
  realServer,
  tell,
  TIMING,
  virtualServer,
} from "./fixtures.ts";
import { realServersOf, virtualServersOf } from "./part.ts";

const FILE = { kind: "file", name: "load" } as const;

function fileCheck(weight: number, reverse = false, alpha = false): CheckerConfig {
  return { kind: "file", timing: { ...TIMING, alpha }, tracker: FILE, weight, reverse };
}

/** A part with one server of weight 10 that follows the file, after its start. */
function follower(...checkers: readonly CheckerConfig[]): Driven {
  const driven = drive(
    configOf(virtualServer({ realServers: [realServer(1, { weight: 10, checkers })] })),
  );
  tell(driven, { kind: "start" });
  return driven;
}

/** The server after the file has this: its weight, or `down`. */
function after(driven: Driven, state: TrackerState): number | "down" {
  const trackers = sortedFrom<string, TrackerState>(byText, [[trackerKey(FILE), state] as const]);
  tell(driven, { kind: "tracked", trackers, changed: [FILE] });
  const [server] = virtualServersOf(driven.part).flatMap(realServersOf);
  return server?.alive === true ? server.weight : "down";
}

Deno.test("stepLvs() tracked, a file with a weight adds its number times that, at least to 0", () => {
  const driven = follower(fileCheck(2));
  assert.deepEqual(
    ["unknown", 3, -2, -50, 0].map((state) => after(driven, state as TrackerState)),
    [
      10,
      16,
      6,
      0,
      10,
    ],
  );
  assert.equal(after(follower(fileCheck(2, true)), 3), 4);
});

Deno.test("stepLvs() tracked, a file without weight takes the server out with any number but 0", () => {
  const driven = follower(fileCheck(0));
  assert.deepEqual([0, 1, -1, 0].map((state) => after(driven, state)), [10, "down", "down", 10]);
  assert.deepEqual([0, 1].map((state) => after(follower(fileCheck(0, true)), state)), ["down", 10]);
});

Deno.test("stepLvs() tracked, with alpha the server is down until the file is known", () => {
  const driven = follower(fileCheck(0, false, true));
  assert.deepEqual(["unknown", 0].map((state) => after(driven, state as TrackerState)), [
    "down",
    10,
  ]);
});

Deno.test("stepLvs() reload, a file check that is new follows, and one that is gone does not", () => {
  const driven = follower();
  const servers = (checkers: readonly CheckerConfig[]) =>
    configOf(virtualServer({ realServers: [realServer(1, { weight: 10, checkers })] }));
  tell(driven, { kind: "reload", config: servers([fileCheck(1)]) });
  assert.equal(after(driven, 5), 15);
  tell(driven, { kind: "reload", config: servers([]) });
  assert.equal(after(driven, 7), 10);
});
