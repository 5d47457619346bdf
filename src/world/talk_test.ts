import assert from "node:assert/strict";
import { MILLISECOND, SECOND } from "../net/micros.ts";
import { NOBODY_TOLD } from "../notify/mod.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  nextDeadline,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "./mod.ts";
import { worldConfig } from "./fixtures.ts";

const ETH0 = ethernet(2, "eth0");

/** A node with one instance whose FIFO is told of everything. */
class Node {
  now = 0;
  effects: WorldEffect[] = [];
  world: World;

  constructor() {
    const instance = instanceConfig({ name: "VI_1" });
    this.world = newWorld(
      worldConfig({
        vrrp: vrrpConfig([instance]),
        notify: { ...NOBODY_TOLD, fifo: { ...NOBODY_TOLD.fifo, vrrp: true } },
      }),
      DEFAULT_OPTIONS,
      0,
    );
    this.feed({ kind: "start", links: [ETH0], addresses: [addressOn(2, "172.16.1.134")] });
  }

  feed(event: WorldEvent): void {
    const [world, effects] = update(this.world, event, this.now);
    this.world = world;
    this.effects.push(...effects);
  }

  /** So many times down and up again, evenly within a time. */
  flap(times: number, within: number): void {
    for (let n = 0; n < times; n++) {
      for (const up of [false, true]) {
        this.now += within / times / 2;
        this.feed({ kind: "link", link: { ...ETH0, running: up }, removed: false });
      }
    }
  }

  /** Lets deadlines pass until then. */
  until(moment: number): void {
    for (let at = nextDeadline(this.world); at !== undefined && at <= moment;) {
      this.now = Math.max(this.now, at);
      this.feed({ kind: "deadline" });
      at = nextDeadline(this.world);
    }
    this.now = moment;
  }

  lines(): readonly string[] {
    return this.effects.flatMap((each) => each.kind === "log" ? [each.text] : []);
  }

  told(): readonly string[] {
    return this.effects.flatMap((each) => each.kind === "write-fifo" ? [each.line] : []);
  }
}

Deno.test("update() thirty flaps in a second, say ten changes and how many more there were; programs hear of all", () => {
  const node = new Node();
  node.now = SECOND;
  node.effects = [];
  node.flap(30, SECOND);
  assert.equal(node.told().length, 60, "a line for each change");
  assert.ok(node.lines().length <= 30, `${node.lines().length} lines`);
  node.until(20 * SECOND);
  assert.equal(
    node.lines().at(-1),
    "(VI_1) Left out 51 more messages within 5 s: it is in BACKUP STATE now",
  );
  assert.equal(node.lines().filter((line) => line.includes("Left out")).length, 1);
  node.effects = [];
  node.flap(1, SECOND);
  assert.ok(node.lines().includes("(VI_1) Entering FAULT STATE"), "a later change is said");
});

Deno.test("update() flaps for ten minutes, are said less and less often", () => {
  const node = new Node();
  node.now = SECOND;
  node.effects = [];
  for (let second = 0; second < 600; second++) {
    node.flap(30, SECOND);
    node.until(node.now);
  }
  assert.equal(node.told().length, 36_000);
  // Thirteen windows of up to a minute, of ten changes with up to three lines each, and the count.
  const { length } = node.lines();
  assert.ok(length <= 14 * 31, `${length} lines`);
  const counts = node.lines().flatMap((line) => /Left out (\d+)/.exec(line)?.[1] ?? []);
  const said = node.lines().filter((line) => /Entering/.test(line)).length;
  const sum = counts.reduce((total, each) => total + Number(each), 0);
  assert.ok(sum + said <= 36_000 && sum + said > 36_000 - 60 * 60, `${sum} and ${said}`);
});

Deno.test("update() a stop after flaps, says what was left out before the end", () => {
  const node = new Node();
  node.flap(30, SECOND / 10);
  node.effects = [];
  node.now += MILLISECOND;
  node.feed({ kind: "shutdown" });
  assert.deepEqual(node.lines().slice(0, 2), [
    "(VI_1) Left out 51 more messages within 5 s",
    "(VI_1) Stopping",
  ]);
});
