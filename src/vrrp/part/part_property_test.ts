import assert from "node:assert/strict";
import fc from "fast-check";
import { addressKey } from "../../kernel/address.ts";
import { MILLISECOND, SECOND } from "../../net/mod.ts";
import { describeCause, type News } from "../../notify/mod.ts";
import type { VrrpConfig } from "../config.ts";
import {
  addressOn,
  encodeAdvert,
  ethernet,
  instanceConfig,
  newsOf,
  syncGroup,
  tracksScript,
  vrrpConfig,
} from "../fixtures.ts";
import {
  nextTogether as nextVrrpDeadline,
  possible,
  startTracking as startVrrp,
  stepTracking as stepVrrp,
  type TogetherEffect as VrrpEffect,
  type TogetherEvent as VrrpEvent,
  type Tracking as VrrpPart,
  wantedNow,
} from "./fixture.ts";

const SCRIPT = {
  name: "chk",
  script: { argv: ["true"] },
  interval: SECOND,
  weight: -20,
  reverse: false,
  rise: 1,
  fall: 1,
  initFail: false,
};
const ONE = instanceConfig({ tracks: [tracksScript("chk")] });
const TWO = instanceConfig({
  name: "VI_2",
  interface: "eth1",
  preemptDelay: 2 * SECOND,
  virtualAddresses: [{ address: "192.168.1.2", prefixLength: 32 }],
});
const THREE = instanceConfig({
  name: "VI_3",
  virtualRouterId: 52,
  nopreempt: true,
  virtualAddresses: [{ address: "172.16.1.98", prefixLength: 32, dev: "eth1" }],
});
const GROUPS = [syncGroup(["VI_1", "VI_2"])];
const CONFIGS: readonly VrrpConfig[] = [
  vrrpConfig([ONE, TWO, THREE], { groups: GROUPS, scripts: [SCRIPT] }),
  vrrpConfig([ONE, TWO], { scripts: [SCRIPT] }),
  vrrpConfig([THREE, { ...TWO, priority: 120 }, ONE], { groups: GROUPS, scripts: [SCRIPT] }),
  vrrpConfig([{ ...ONE, priority: 255, wantState: "master" }], { startupDelay: SECOND }),
  vrrpConfig([]),
];
const [ETH0, ETH1] = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const START: VrrpEvent = {
  kind: "start",
  links: [ETH0, ETH1],
  addresses: [addressOn(2, "172.16.1.5"), addressOn(3, "192.168.1.5")],
};

Deno.test("stepVrrp() any events, every change of an instance and a group is said with its steps and causes", () => {
  const configs = fc.integer({ min: 0, max: CONFIGS.length - 1 });
  const events = fc.array(fc.oneof({ weight: 40, arbitrary: anEvent() }, anEnd()), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(configs, events, (first, steps) => {
      let part = startVrrp(CONFIGS[first] ?? vrrpConfig([]), 0);
      let now = 0;
      for (const { wait, event } of [{ wait: 0, event: START }, ...steps]) {
        now += wait;
        const [next, effects] = stepVrrp(part, event, now);
        const said = newsOf(effects);
        for (const self of [...part.instances, ...next.instances]) {
          assertSaid(said, part, next, self.order);
        }
        const groups = event.kind === "reload" ? [] : next.config.groups;
        for (const { name } of event.kind === "shutdown" ? [] : groups) {
          const [from, to] = [part, next].map((each) => each.groups.get(name));
          const moves = said.flatMap((each) =>
            each.kind === "group" && each.name === name ? [each] : []
          );
          const expected = from === to ? [] : [`${from}>${to}`];
          assert.deepEqual(moves.map((each) => `${each.from}>${each.to}`), expected);
        }
        for (const each of said) {
          if ("cause" in each) assert.ok(describeCause(each.cause).length > 0);
        }
        part = next;
      }
    }),
    { numRuns: 300 },
  );
});

/** The news of an instance lead without a gap from what it was to what it is; who did not move says nothing. */
function assertSaid(
  said: readonly News[],
  before: VrrpPart,
  after: VrrpPart,
  order: number,
): void {
  const of = (part: VrrpPart) => part.instances.find((each) => each.order === order);
  const [was, is] = [of(before), of(after)];
  const names = new Set([was?.config.name, is?.config.name]);
  const moves = said.flatMap((each) =>
    each.kind === "instance" && names.has(each.name) ? [each] : []
  );
  const [ended, begun] = [was?.state.kind ?? "init", is?.state.kind ?? "init"];
  if (before.config !== after.config) {
    // Another one may have its name now.
    assert.ok(ended === begun || moves.length > 0, `${order} ${ended}>${begun} is not said`);
    return;
  }
  if (after.phase === "stopped") {
    const stop = before.phase === "stopped" ? [] : [`${ended}>stop`];
    assert.deepEqual(moves.map(({ from, to }) => `${from}>${to}`), stop);
    return;
  }
  let at = ended;
  for (const { from, to } of moves) {
    assert.equal(from, at);
    assert.notEqual(to, at);
    assert.ok(to !== "stop" && to !== "deleted");
    at = to;
  }
  assert.equal(at, begun);
}

/** What the core would be doing: numbers of standing orders, and the numbers of the watches. */
interface Standing {
  readonly transmitting: Set<number>;
  readonly watching: Map<number, number>;
  readonly sockets: Set<number>;
}

Deno.test("stepVrrp() any events, the core's standing orders fit the states", () => {
  const configs = fc.integer({ min: 0, max: CONFIGS.length - 1 });
  fc.assert(
    fc.property(configs, fc.array(anEvent(), { maxLength: 40 }), (first, steps) => {
      const standing: Standing = {
        transmitting: new Set(),
        watching: new Map(),
        sockets: new Set(),
      };
      let part = startVrrp(CONFIGS[first] ?? vrrpConfig([]), 0);
      let now = 0;
      for (const { wait, event } of [{ wait: 0, event: START }, ...steps]) {
        now += wait;
        if (event.kind === "lapsed") standing.transmitting.delete(event.order);
        const [next, effects] = stepVrrp(part, event, now);
        if (next === part) assert.deepEqual(effects.filter((each) => each.kind !== "foresee"), []);
        obey(standing, effects);
        part = next;
        assertStanding(part, standing, event.kind);
      }
    }),
    { numRuns: 500 },
  );
});

function obey(standing: Standing, effects: readonly VrrpEffect[]): void {
  for (const effect of effects) {
    switch (effect.kind) {
      case "listen":
        standing.sockets.add(effect.ifindex);
        break;
      case "unlisten":
        standing.sockets.delete(effect.ifindex);
        break;
      case "transmit":
        assert.ok(standing.sockets.has(effect.ifindex), "transmits without a socket");
        standing.transmitting.add(effect.order);
        break;
      case "cease":
        standing.transmitting.delete(effect.order);
        break;
      case "watch":
        assert.ok(standing.sockets.has(effect.ifindex), "watches without a socket");
        standing.watching.set(effect.order, effect.seq);
        break;
      case "unwatch":
        standing.watching.delete(effect.order);
        break;
    }
  }
}

function assertStanding(part: VrrpPart, standing: Standing, after: string): void {
  const orders = part.instances.map((each) => each.order);
  for (const { order, state, config, health } of part.instances) {
    const what = `${config.name} ${state.kind} after ${after}`;
    assert.equal(standing.transmitting.has(order), state.kind === "master", what);
    const heard = state.kind === "master" || state.kind === "backup";
    assert.ok(!heard || standing.sockets.has(health.ifindex ?? -1), `${what}, without a socket`);
    assert.equal(standing.watching.has(order), heard, what);
    if (state.kind === "backup") assert.equal(standing.watching.get(order), state.seq, what);
  }
  for (const order of [...standing.transmitting, ...standing.watching.keys()]) {
    assert.ok(orders.includes(order), `order ${order} is nobody's after ${after}`);
  }
  const configured = new Set(possible(part).map(addressKey));
  for (const each of wantedNow(part)) assert.ok(configured.has(addressKey(each)));
  const deadline = nextVrrpDeadline(part);
  assert.ok(deadline === undefined || Number.isFinite(deadline));
}

function anEnd(): fc.Arbitrary<{ readonly wait: number; readonly event: VrrpEvent }> {
  return fc.constant({ wait: SECOND, event: { kind: "shutdown" } });
}

function anEvent(): fc.Arbitrary<{ readonly wait: number; readonly event: VrrpEvent }> {
  const { authentication } = ONE;
  const advert = fc.record({
    ifindex: fc.constantFrom(2, 3),
    vrid: fc.constantFrom(51, 52),
    priority: fc.constantFrom(0, 50, 100, 150, 255),
    octet: fc.constantFrom(4, 5, 6),
  }).map(({ ifindex, vrid, priority, octet }): VrrpEvent => {
    const [source, destination] = [`172.16.1.${octet}`, "224.0.0.18"];
    const payload = encodeAdvert(
      { version: 2, vrid, priority, interval: SECOND, addresses: ["172.16.1.99"] },
      {
        source,
        destination,
        checksumAsV2: false,
        ...(authentication?.kind === "pass" && { key: authentication.key }),
      },
    );
    const judgement = "unjudged";
    return {
      kind: "packet",
      ifindex,
      source,
      destination,
      ttl: 255,
      protocol: 112,
      payload,
      judgement,
    };
  });
  const order = fc.integer({ min: 1, max: 6 });
  const event = fc.oneof(
    advert,
    fc.record({
      kind: fc.constant("expired" as const),
      order,
      seq: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ kind: fc.constant("lapsed" as const), order }),
    fc.constant({ kind: "deadline" } as const),
    fc.record({
      kind: fc.constant("link" as const),
      link: fc.constantFrom(
        ETH0,
        ETH1,
        { ...ETH0, running: false },
        { ...ETH1, running: false },
        { ...ETH1, ifname: "renamed" },
      ),
      removed: fc.constantFrom(false, false, false, true),
    }),
    fc.record({
      kind: fc.constant("address" as const),
      address: fc.constantFrom(
        addressOn(2, "172.16.1.5"),
        addressOn(3, "192.168.1.5"),
        addressOn(2, "172.16.1.99", 32),
      ),
      removed: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant("script-result" as const),
      name: fc.constant("chk"),
      run: fc.integer({ min: 1, max: 3 }),
      ok: fc.boolean(),
      alive: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom("script-gone" as const, "script-not-begun" as const),
      name: fc.constant("chk"),
      run: fc.integer({ min: 1, max: 3 }),
      why: fc.constant("too many open files"),
    }),
    fc.constantFrom<VrrpEvent>(
      { kind: "listen-result", ifindex: 2, failure: "EPERM" },
      { kind: "listen-result", ifindex: 2 },
    ),
    fc.constantFrom(...CONFIGS).map((config): VrrpEvent => ({ kind: "reload", config })),
    fc.constant(START),
  );
  return fc.record({
    wait: fc.integer({ min: 0, max: 4000 }).map((ms) => ms * MILLISECOND),
    event,
  });
}
