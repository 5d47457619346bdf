/**
 * What is prepared is what the reducer would do, in every world that events lead to; what the core has of it is withdrawn or replaced
 * with whatever changes that; and a world that hears of a takeover is the one that had done it all by itself.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import { MILLISECOND, SECOND } from "../../net/mod.ts";
import { sortedEntries } from "../../persistent/mod.ts";
import { companyOf } from "../../vrrp/mod.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  type Takeover,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
} from "../mod.ts";
import { worldConfig } from "../fixtures.ts";
import { anEvent, CONFIGS, GOOD, inForce, LINKS, START } from "./fixture.ts";
import { takeoverOf } from "./mod.ts";

/** What the core would have of takeovers: given, and dropped by whatever drops it there. */
class Given {
  readonly by = new Map<number, Takeover>();

  drop(order: number): void {
    for (const each of this.by.get(order)?.watches ?? []) this.by.delete(each.order);
  }

  take(effects: readonly WorldEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "watch":
        case "unwatch":
        case "transmit":
        case "cease":
        case "withhold":
          this.drop(effect.order);
          break;
        case "prepare": {
          const { kind: _, ...takeover } = effect;
          for (const { order } of takeover.watches) this.drop(order);
          for (const { order } of takeover.watches) this.by.set(order, takeover);
        }
      }
    }
  }
}

function expiries({ watches }: Takeover): readonly (WorldEvent & { readonly kind: "expired" })[] {
  return watches.map((watch) => ({ kind: "expired", ...watch }));
}

/** All of them, the effects too. */
function updates(world: World, events: readonly WorldEvent[], now: number) {
  const effects: WorldEffect[] = [];
  for (const event of events) {
    const [next, more] = update(world, event, now);
    world = next;
    effects.push(...more);
  }
  return { world, effects };
}

/** Without what says when what is prepared stands. */
function comparable({ effects }: { readonly effects: readonly WorldEffect[] }) {
  return effects.filter(({ kind }) => kind !== "prepare" && kind !== "withhold");
}

/** Without the shape of trees, which tells how they came about. */
function content(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(content);
  if (value instanceof Map) return [...value].map(content);
  if ("compare" in value && "root" in value) return sortedEntries(value as never).map(content);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, content(each)]));
}

/** The takeover done by the core and heard of is the takeover done by the reducer. */
function assertSame(world: World, takeover: Takeover, now: number): void {
  const events = expiries(takeover);
  const alone = updates(world, events, now);
  const { transmissions, operations, places } = takeover;
  const orders = transmissions.map(({ order }) => order);
  const told = updates(world, [
    ...events.slice(0, -1),
    { kind: "taken-over", watches: takeover.watches, orders, operations, places },
  ], now);
  // The order in which members of a group speak is that of their expiry, which is not known before.
  const spoken = comparable(alone).filter((each) => each.kind === "transmit");
  const byOrder = (a: { readonly order: number }, b: { readonly order: number }) =>
    a.order - b.order;
  assert.deepEqual(
    spoken.map(({ kind: _, ...rest }) => rest).toSorted(byOrder),
    transmissions.toSorted(byOrder),
  );
  assert.ok(spoken.every(({ immediately }) => immediately));
  const added = alone.effects.flatMap((each) =>
    each.kind === "address-apply" ? each.operations : []
  );
  assert.deepEqual(operations, added);
  const announced = alone.effects.flatMap((each) => each.kind === "announce" ? each.places : []);
  assert.deepEqual(new Set(places), new Set(announced));
  assert.deepEqual(
    comparable(told),
    comparable(alone)
      .filter(({ kind }) => kind !== "address-apply" && kind !== "announce")
      .map((each) => each.kind === "transmit" ? { ...each, immediately: false } : each),
  );
  assert.deepEqual(content(told.world), content(alone.world));
}

Deno.test("prepared takeovers, any events, are what the reducer does then, and none is left standing that is not", () => {
  let compared = 0;
  let together = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...CONFIGS),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), anEvent()), { maxLength: 25 }),
      (config, steps) => {
        const given = new Given();
        let world = newWorld(config, DEFAULT_OPTIONS, 0);
        let now = 0;
        for (const [wait, drawn] of [[0, START], [0, GOOD], ...steps] as const) {
          now += wait * MILLISECOND;
          const event = inForce(world, drawn);
          if (event.kind === "expired") given.drop(event.order);
          if (event.kind === "packet") {
            for (const { order, config, health } of world.vrrp.instances) {
              const isFor = config.virtualRouterId === event.payload[1] &&
                health.ifindex === event.ifindex;
              if (isFor) given.drop(order);
            }
          }
          const [next, effects] = update(world, event, now);
          world = next;
          given.take(effects);
          for (const takeover of new Set(given.by.values())) {
            const [{ order }] = takeover.watches as [Takeover["watches"][number]];
            assert.deepEqual(takeover, takeoverOf(world, companyOf(world.vrrp, order)));
            assertSame(world, takeover, now);
            compared += 1;
            if (takeover.transmissions.length > 1) together += 1;
          }
          // Whoever could be prepared for is.
          for (const { order, state } of world.vrrp.instances) {
            if (state.kind !== "backup" || state.willing) continue;
            const wanted = takeoverOf(world, companyOf(world.vrrp, order));
            if (wanted !== undefined) {
              assert.ok(given.by.has(order), `${order} after ${event.kind}`);
            }
          }
        }
      },
    ),
    { numRuns: 60 },
  );
  assert.ok(compared > 100 && together > 10, `${compared} and ${together} were compared`);
});

/** A backup that is alone, and what is prepared for it. */
function backup(config = CONFIGS[1] ?? worldConfig()) {
  const { world, effects } = updates(newWorld(config, DEFAULT_OPTIONS, 0), [
    START,
    GOOD,
  ], 0);
  const given = new Given();
  given.take(effects);
  const takeover = given.by.get(1);
  assert.ok(takeover);
  const { transmissions, operations, places, watches } = takeover;
  const orders = transmissions.map((each) => each.order);
  const event: WorldEvent = { kind: "taken-over", watches, orders, operations, places };
  return { world, takeover, event };
}

for (
  const [what, before] of [
    ["its link is lost", { kind: "link", link: { ...LINKS[0], running: false }, removed: false }],
    ["the daemon ends", { kind: "shutdown" }],
    ["the instance is taken out", { kind: "reload", config: worldConfig() }],
  ] satisfies readonly (readonly [string, WorldEvent])[]
) {
  Deno.test(`update() a takeover is heard of when ${what} already, says farewell and takes the addresses back`, () => {
    const { world, event } = backup();
    const { effects, world: after } = updates(world, [before, event], SECOND);
    const ceased = effects.filter((each) => each.kind === "cease");
    assert.deepEqual(ceased, [{ kind: "cease", order: 1, farewell: true }]);
    const removed = effects.flatMap((each) => each.kind === "address-apply" ? each.operations : []);
    assert.deepEqual(removed.map(({ op, address }) => `${op} ${address.address}`), [
      "delete 172.16.1.99",
    ]);
    assert.ok(!effects.some(({ kind }) => kind === "transmit"));
    // What is under way is waited for.
    assert.equal(after.addresses.pending, 2);
  });
}
