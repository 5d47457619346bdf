import assert from "node:assert/strict";
import { SECOND } from "../net/mod.ts";
import { createLan, FAIR_WEATHER, type Lan, type LanPacket, type Port } from "./lan.ts";
import { seededRandom } from "./random.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

const PACKET: LanPacket = {
  source: "10.0.0.1",
  destination: "224.0.0.18",
  ttl: 255,
  protocol: 112,
  payload: Uint8Array.of(1),
};

interface Bench {
  readonly timeline: Timeline;
  readonly lan: Lan;
  readonly ports: Readonly<Record<"a" | "b" | "c", Port>>;
  readonly heard: string[];
}

function bench(loss = 0, seed = 1): Bench {
  const timeline = createTimeline();
  const lan = createLan(timeline, seededRandom(seed), { ...FAIR_WEATHER, loss });
  const heard: string[] = [];
  const port = (host: string, segment: string): Port => {
    const made: Port = {
      host,
      segment,
      isUp: () => true,
      accepts: (destination) => destination === "224.0.0.18",
      receive: () => void heard.push(host),
    };
    lan.attach(made);
    return made;
  };
  const ports = { a: port("a", "lan"), b: port("b", "lan"), c: port("c", "other") };
  return { timeline, lan, ports, heard };
}

Deno.test("createLan() a packet, reaches the others of the segment, not the sender", () => {
  const { timeline, lan, ports, heard } = bench();
  lan.send(ports.a, PACKET);
  lan.send(ports.a, { ...PACKET, destination: "10.0.0.7" });
  assert.deepEqual(heard, []);
  timeline.runUntil(SECOND);
  assert.deepEqual(heard, ["b"]);
});

Deno.test("createLan() parted, hosts of different groups do not hear each other until healed", () => {
  const { timeline, lan, ports, heard } = bench();
  lan.part("lan", ["a"], ["b"]);
  lan.send(ports.a, PACKET);
  timeline.runUntil(SECOND);
  assert.deepEqual(heard, []);
  lan.heal("lan");
  lan.send(ports.a, PACKET);
  timeline.runUntil(2 * SECOND);
  assert.deepEqual(heard, ["b"]);
});

Deno.test("createLan() loss, is near its share and the same for the same seed", () => {
  const received = (seed: number) => {
    const { timeline, lan, ports, heard } = bench(0.2, seed);
    for (let sent = 0; sent < 2000; sent += 1) lan.send(ports.a, PACKET);
    timeline.runUntil(SECOND);
    return heard.length;
  };
  assert.equal(received(7), received(7));
  assert.ok(Math.abs(received(7) - 1600) < 80, `${received(7)}`);
});

Deno.test("createLan() announcement, is believed on its segment", () => {
  const { lan, ports } = bench();
  lan.announce(ports.a, "10.0.0.9");
  lan.announce(ports.b, "10.0.0.9");
  assert.equal(lan.ownerOf("lan", "10.0.0.9"), "b");
  assert.equal(lan.ownerOf("other", "10.0.0.9"), undefined);
});

Deno.test("createTimeline() equal moments keep their order, cancelled ones do not happen", () => {
  const timeline = createTimeline();
  const happened: string[] = [];
  const note = (text: string) => () => void happened.push(`${timeline.now()} ${text}`);
  timeline.at(5, note("second"));
  timeline.at(3, note("first"));
  timeline.at(5, note("third"));
  timeline.at(4, note("never"))();
  timeline.runUntil(4);
  timeline.at(1, note("late"));
  timeline.runUntil(10);
  assert.deepEqual(happened, ["3 first", "4 late", "5 second", "5 third"]);
  assert.equal(timeline.now(), 10);
});
