import assert from "node:assert/strict";
import { exampleSnapshot, waitingSnapshot } from "./fixtures.ts";
import { overviewOf } from "./overview.ts";
import { duration, overviewText } from "./overview_text.ts";

const LOOK = { colour: false, nowMs: Date.parse("2026-11-20T23:26:17.524Z"), msOf: Date.parse };

Deno.test("overviewOf() of a master with a server down, says both and warns of the server", () => {
  const told = overviewOf(exampleSnapshot(), { guardian: "runs" });
  const [first, second] = told.instances;
  assert.deepEqual(first, {
    name: "VI_1",
    group: "VG1",
    state: "MASTER",
    since: "2026-11-20T23:26:16.524Z",
    interface: "eth0",
    vrid: 51,
    family: "inet",
    priority: 100,
    basePriority: 100,
    addresses: 3,
    faults: [],
  });
  assert.equal(second?.name, "VI_2");
  assert.equal(told.services.virtualServers, 1);
  assert.equal(told.services.down, 1);
  assert.equal(told.warnings.filter((each) => each.startsWith("Down: ")).length, 1);
});

Deno.test("overviewOf() split brain, fault, no guardian and what a reload left, are warnings in the order of their weight", () => {
  const snapshot = exampleSnapshot();
  const [master, other] = snapshot.instances;
  assert.ok(master && other);
  const rival = { peer: "172.16.1.2", by: "advert", since: 1795217176524548 };
  const instances = [
    { ...other, state: "FAULT" as const, faults: ["eth0 is down"] },
    { ...master, rival },
  ];
  const { warnings } = overviewOf({ ...snapshot, instances, virtualServers: [] }, {
    guardian: "missing",
    rollsBackAt: "2026-11-20T23:30:00.000Z",
    refused: ["it has mistakes"],
  });
  assert.deepEqual(warnings, [
    "Split brain: VI_1 is master, and so is 172.16.1.2 (by advert) since 2026-11-20T23:26:16.524Z",
    "VI_2 is in FAULT: eth0 is down",
    "There is no guardian: a crash leaves the addresses here",
    "The last reload rolls back at 2026-11-20T23:30:00.000Z unless: holdfast reload --confirmed",
    "Runs with the configuration before a reload that was refused: it has mistakes",
  ]);
});

Deno.test("overviewText() has a line for each instance in columns, and no escapes without a terminal", () => {
  const text = overviewText(overviewOf(exampleSnapshot(), { guardian: "runs" }), LOOK);
  assert.match(
    text,
    /^Virtual routers\n {2}VI_1 {2}MASTER {2}for 1 s {2}eth0 VRID 51 {2}priority 100, 3 addresses\n/,
  );
  assert.match(text, /\nGuardian: runs\n/);
  assert.ok(!text.includes("\x1b"));
  const waiting = overviewOf(waitingSnapshot({}), { guardian: "not-needed" });
  assert.doesNotMatch(overviewText(waiting, LOOK), /Guardian/);
});

for (
  const [ms, text] of [
    [-5, "0 s"],
    [999, "0 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [90_061_000, "1 d 1 h"],
  ] as const
) {
  Deno.test(`duration() of ${ms} ms, is ${text}`, () => assert.equal(duration(ms), text));
}

Deno.test("overviewText() where the core was asked, has how late it was and of each instance its latest advert", () => {
  const snapshot = exampleSnapshot();
  const [master, ...others] = snapshot.instances;
  assert.ok(master !== undefined);
  const told = overviewOf({
    ...snapshot,
    lateness: { worst: 31_500, times: 2, total: 60_000, asleep: 7_000_000 },
    instances: [{ ...master, latestAdvert: 1_500 }, ...others],
  }, { guardian: "runs" });
  assert.equal(told.instances[0]?.latestAdvertMs, 1.5);
  assert.match(
    overviewText(told, LOOK),
    /\nLate: 31\.5 ms at worst, 2 times more than 20 ms; the machine slept for 7 s\n/,
  );
});
