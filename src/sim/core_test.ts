import assert from "node:assert/strict";
import { type Micros, SECOND } from "../net/mod.ts";
import type { Template } from "../vrrp/mod.ts";
import { type Core, type CoreOrder, type CoreReport, createCore } from "./core.ts";
import type { LanPacket } from "./lan.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

const ADVERT: LanPacket = {
  source: "10.0.0.1",
  destination: "224.0.0.18",
  ttl: 255,
  protocol: 112,
  payload: Uint8Array.of(0x21, 51, 100, 1),
};
const LISTEN: CoreOrder = {
  kind: "listen",
  ifindex: 2,
  ifname: "eth0",
  channels: ["vrrp4"],
  groups: ["224.0.0.18"],
};

interface Bench {
  readonly timeline: Timeline;
  readonly core: Core;
  /** What was sent, told or withdrawn, with its time in seconds. */
  readonly seen: string[];
}

function bench(): Bench {
  const timeline = createTimeline();
  const seen: string[] = [];
  const note = (text: string) => void seen.push(`${timeline.now() / SECOND} ${text}`);
  const say = (report: CoreReport) =>
    report.kind === "packet" ? "packet" : `${report.kind} ${report.order}`;
  const core = createCore({
    timeline,
    send: (_, template) => note(`sent ${template.payload[0]}`),
    report: (report) => note(say(report)),
    takeOver: ({ orders }) => note(`taken over ${orders.join()}`),
    withdraw: (addresses) => note(`withdrawn ${addresses.length}`),
  });
  core.obey(LISTEN);
  return { timeline, core, seen };
}

Deno.test("createCore() what is prepared for a watch, is done when it expires, unless something is told or asked meanwhile", () => {
  const { packets, farewell, withdraw, ifindex, interval, lease, keep } = transmit(1) as Extract<
    CoreOrder,
    { kind: "transmit" }
  >;
  const each = {
    order: 1,
    ifindex,
    packets,
    interval,
    immediately: true,
    lease,
    farewell,
    withdraw,
    keep,
  };
  const prepare: CoreOrder = {
    kind: "prepare",
    watches: [{ order: 1, seq: 1 }],
    transmissions: [each],
    operations: [],
    places: [],
  };
  const after = (meanwhile: (core: Core) => void) => {
    const { timeline, core, seen } = bench();
    core.obey(expecting(2 * SECOND));
    core.obey(prepare);
    meanwhile(core);
    timeline.runUntil(2 * SECOND);
    return seen.filter((text) => !text.endsWith("packet"));
  };
  assert.deepEqual(after(() => {}), ["2 sent 1", "2 taken over 1"]);
  assert.deepEqual(after((core) => core.receive(2, { ...ADVERT, source: "10.0.0.2" })), [
    "2 expired 1",
  ]);
  assert.deepEqual(after((core) => core.obey({ kind: "withhold", order: 1 })), ["2 expired 1"]);
  assert.deepEqual(after((core) => core.obey(expecting(2 * SECOND))), ["2 expired 1"]);
});

function transmit(
  bytes: number,
  changes: Partial<Extract<CoreOrder, { kind: "transmit" }>> = {},
): CoreOrder {
  const template = (byte: number): Template => ({
    channel: "vrrp4",
    source: "10.0.0.1",
    destinations: ["224.0.0.18"],
    ttl: 255,
    payload: Uint8Array.of(byte),
    checksum: { at: 0, cover: { kind: "plain" } },
  });
  return {
    kind: "transmit",
    order: 1,
    ifindex: 2,
    packets: [template(bytes)],
    interval: SECOND,
    immediately: true,
    lease: 10 * SECOND,
    farewell: [template(0)],
    withdraw: [{ ifindex: 2, address: "10.0.0.9", prefixLength: 32, scope: 0 }],
    keep: SECOND,
    ...changes,
  };
}

function watch(changes: Partial<Extract<CoreOrder, { kind: "watch" }>> = {}): CoreOrder {
  return {
    kind: "watch",
    order: 1,
    seq: 1,
    ifindex: 2,
    tags: [{ channel: "vrrp4", at: 1, size: 1, value: 51 }],
    verify: { kind: "vrrp", version: 2, proof: { kind: "none" }, covers: [], deaf: false },
    rearm: 3 * SECOND,
    ...changes,
  };
}

function expecting(timeout?: Micros): CoreOrder {
  const { source, destination, ttl, payload: bytes } = ADVERT;
  const expect = { source, destination, ttl, bytes };
  return watch({ expect, ...(timeout === undefined ? {} : { timeout }) });
}

Deno.test("createCore() transmit replaced, keeps its phase", () => {
  const { timeline, core, seen } = bench();
  core.obey(transmit(1));
  timeline.runUntil(1.4 * SECOND);
  core.obey(transmit(2, { immediately: false }));
  timeline.runUntil(3.5 * SECOND);
  assert.deepEqual(seen, ["0 sent 1", "1 sent 1", "2 sent 2", "3 sent 2"]);
});

Deno.test("createCore() lease not renewed, says farewell, reports, withdraws, ends", () => {
  const { timeline, core, seen } = bench();
  core.obey(transmit(1, { interval: 4 * SECOND }));
  timeline.runUntil(5 * SECOND);
  core.obey({ kind: "renew" });
  timeline.runUntil(60 * SECOND);
  assert.deepEqual(seen, [
    "0 sent 1",
    "4 sent 1",
    "8 sent 1",
    "12 sent 1",
    "15 sent 0",
    "15 lapsed 1",
    "15 withdrawn 1",
  ]);
});

Deno.test("createCore() ceased, sends the farewell only when told to", () => {
  for (const farewell of [true, false]) {
    const { timeline, core, seen } = bench();
    core.obey(transmit(1));
    core.obey({ kind: "cease", order: 1, farewell });
    timeline.runUntil(20 * SECOND);
    assert.deepEqual(seen, farewell ? ["0 sent 1", "0 sent 0"] : ["0 sent 1"]);
    assert.deepEqual(core.counters().transmissions, [{ order: 1, count: 1 }]);
  }
});

Deno.test("createCore() expected advert, moves the deadline and is counted, not reported", () => {
  const { timeline, core, seen } = bench();
  core.obey(expecting(2 * SECOND));
  timeline.at(SECOND, () => core.receive(2, ADVERT));
  timeline.runUntil(60 * SECOND);
  assert.deepEqual(seen, ["4 expired 1"]);
  const nothing = { lesser: 0, resigned: 0, dropped: [] };
  assert.deepEqual(core.counters().watches, [{ order: 1, count: 1, ...nothing }]);
});

Deno.test("createCore() advert that differs in source, TTL or bytes, is reported", () => {
  const { core, seen } = bench();
  core.obey(expecting(2 * SECOND));
  core.receive(2, { ...ADVERT, source: "10.0.0.2" });
  core.receive(2, { ...ADVERT, ttl: 254 });
  core.receive(2, { ...ADVERT, payload: Uint8Array.of(0x21, 51, 0, 1) });
  assert.deepEqual(seen, ["0 packet", "0 packet", "0 packet"]);
});

Deno.test("createCore() watch without timeout, keeps the deadline it replaces", () => {
  const { timeline, core, seen } = bench();
  core.obey(expecting(2 * SECOND));
  timeline.runUntil(SECOND);
  core.obey(watch({ seq: 2 }));
  core.receive(2, ADVERT);
  timeline.runUntil(60 * SECOND);
  assert.deepEqual(seen, ["1 packet", "2 expired 1"]);
});

Deno.test("createCore() watch without timeout and nothing to replace, waits for an advert", () => {
  const { timeline, core, seen } = bench();
  core.obey(expecting());
  timeline.runUntil(60 * SECOND);
  assert.deepEqual(seen, []);
  core.receive(2, ADVERT);
  timeline.runUntil(100 * SECOND);
  assert.deepEqual(seen, ["63 expired 1"]);
});

Deno.test("createCore() unlisten or kill, ends its orders without a word", () => {
  for (const end of ["unlisten", "kill"]) {
    const { timeline, core, seen } = bench();
    core.obey(transmit(1));
    core.obey(expecting(2 * SECOND));
    if (end === "kill") core.kill();
    else core.obey({ kind: "unlisten", ifindex: 2 });
    core.receive(2, ADVERT);
    timeline.runUntil(60 * SECOND);
    assert.deepEqual(seen, ["0 sent 1"]);
  }
});

Deno.test("createCore() frozen until a deadline has passed, listens as long again when it goes on, once", () => {
  const { timeline, core, seen } = bench();
  core.obey(expecting(2 * SECOND));
  core.freeze();
  timeline.runUntil(3 * SECOND);
  core.thaw();
  timeline.runUntil(60 * SECOND);
  assert.deepEqual(seen, ["4 expired 1"]);
});

Deno.test("createCore() frozen while another speaks, tells of that before it sends, and waits once with its own", () => {
  const { timeline, core, seen } = bench();
  core.obey(transmit(1));
  core.obey(watch());
  core.freeze();
  core.receive(2, { ...ADVERT, source: "10.0.0.2" });
  timeline.runUntil(1.5 * SECOND);
  core.thaw();
  timeline.runUntil(2 * SECOND);
  assert.deepEqual(seen, ["0 sent 1", "1.5 packet", "2 sent 1"]);
});

Deno.test("createCore() frozen for longer than the lease, ends it with a farewell, silent when another spoke", () => {
  for (const heard of [false, true]) {
    const { timeline, core, seen } = bench();
    core.obey(transmit(1));
    core.obey(watch());
    core.freeze();
    if (heard) core.receive(2, { ...ADVERT, source: "10.0.0.2" });
    timeline.runUntil(20 * SECOND);
    core.thaw();
    const word = heard ? "20 packet" : "20 sent 0";
    assert.deepEqual(seen.slice(1, 4), [word, "20 lapsed 1", "20 withdrawn 1"]);
  }
});

Deno.test("createCore() transmit that is asked for without knowing of the lapse, revives nothing", () => {
  const { timeline, core, seen } = bench();
  core.obey(transmit(1));
  timeline.runUntil(20 * SECOND);
  const before = seen.length;
  core.obey(transmit(2));
  timeline.runUntil(22 * SECOND);
  assert.equal(seen.length, before);
  core.knows(1);
  core.obey(transmit(3));
  assert.deepEqual(seen.slice(before), ["22 sent 3"]);
});
