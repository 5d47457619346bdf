import assert from "node:assert/strict";
import type { LvsConfig } from "../config.ts";
import { GOOD, NOW, realServer, virtualServer } from "../part/fixtures.ts";
import type { LvsEvent, LvsPart } from "../mod.ts";
import { startLvs, stepLvs } from "../part/step.ts";

const VIP = { ifindex: 3, address: "172.16.1.99" };
const ELSEWHERE = { ifindex: 4, address: "172.16.1.99" };
const config = (haSuspend: boolean): LvsConfig => ({
  virtualServers: [
    virtualServer({
      realServers: [realServer(130), realServer(129)],
      ...(haSuspend && { haSuspend: true }),
    }),
  ],
  flush: false,
});

/** A part, and the orders an event leads to. */
function driven(haSuspend = true): (event: LvsEvent) => readonly string[] {
  let part: LvsPart = startLvs(config(haSuspend), NOW);
  return (event) => {
    const [next, effects] = stepLvs(part, event, NOW);
    part = next;
    return effects.flatMap((effect) =>
      effect.kind === "probe" || effect.kind === "unprobe" ? [`${effect.kind} ${effect.order}`] : []
    );
  };
}

Deno.test("stepLvs() ha_suspend, checks while the address is here, on whatever interface", () => {
  const feed = driven();
  assert.deepEqual(feed({ kind: "start" }), []);
  assert.deepEqual(feed({ kind: "address", address: VIP, present: true }), ["probe 0", "probe 1"]);
  assert.deepEqual(feed({ kind: "address", address: ELSEWHERE, present: true }), []);
  assert.deepEqual(feed({ kind: "address", address: VIP, present: false }), []);
  assert.deepEqual(feed({ kind: "address", address: ELSEWHERE, present: false }), [
    "unprobe 0",
    "unprobe 1",
  ]);
  assert.deepEqual(feed({ kind: "outcome", order: 0, seq: 1, outcome: GOOD }), [], "it is stale");
});

Deno.test("stepLvs() ha_suspend with the address at the start, checks at once; without the keyword always", () => {
  assert.deepEqual(driven()({ kind: "start", present: [VIP] }), ["probe 0", "probe 1"]);
  assert.deepEqual(driven(false)({ kind: "start" }), ["probe 0", "probe 1"]);
});

Deno.test("stepLvs() a reload that adds or drops ha_suspend, suspends or begins", () => {
  const feed = driven(false);
  feed({ kind: "start" });
  assert.deepEqual(feed({ kind: "reload", config: config(true), present: [] }), [
    "unprobe 0",
    "unprobe 1",
  ]);
  assert.deepEqual(feed({ kind: "reload", config: config(false), present: [] }).toSorted(), [
    "probe 0",
    "probe 1",
    "unprobe 2",
    "unprobe 3",
  ]);
});

Deno.test("stepLvs() rs_init_notifies, tells of servers that are alive at the start", () => {
  const told = (initNotifies: boolean) => {
    const part = startLvs({ ...config(false), ...(initNotifies && { initNotifies: true }) }, NOW);
    return stepLvs(part, { kind: "start" }, NOW)[1].flatMap((effect) =>
      effect.kind === "news" && effect.news.kind === "real-server" ? [effect.news.up] : []
    );
  };
  assert.deepEqual(told(false), []);
  assert.deepEqual(told(true), [true, true]);
});
