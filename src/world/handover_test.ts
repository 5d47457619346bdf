import assert from "node:assert/strict";
import { type Address, addressKey, VIRTUAL_ROUTER } from "../kernel/address.ts";
import type { Micros } from "../net/micros.ts";
import type { VrrpInstanceConfig } from "../vrrp/config.ts";
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

const VIP = addressOn(2, "172.16.1.99", 32);

/** A world and the time in it. */
interface Node {
  world: World;
  now: Micros;
}

/** Feeds an event; the kernel does at once what it is told. */
function feed(node: Node, event: WorldEvent): readonly WorldEffect[] {
  const [world, effects] = update(node.world, event, node.now);
  node.world = world;
  const more = effects.flatMap((effect) => {
    if (effect.kind !== "address-apply") return [];
    const { operations } = effect;
    const told = operations.flatMap(({ op, address }) => {
      const marked = { ...address, protocol: VIRTUAL_ROUTER };
      return feed(node, {
        kind: "address",
        address: marked,
        removed: op === "delete",
        ordered: true,
      });
    });
    const errnos = operations.map(() => 0);
    return [...told, ...feed(node, { kind: "addresses-applied", operations, errnos })];
  });
  return [...effects, ...more];
}

/** A master with one address. */
function master(
  options: { readonly guarded: boolean; readonly strict?: boolean },
  more: readonly VrrpInstanceConfig[] = [],
): Node {
  const strict = options.strict ?? false;
  const vrrp = vrrpConfig([instanceConfig({ name: "VI_1", strict }), ...more]);
  const lvs = { virtualServers: [], flush: false };
  const config = worldConfig({ vrrp, lvs });
  const node = { world: newWorld(config, DEFAULT_OPTIONS, 0), now: 0 };
  const { guarded } = options;
  const links = [ethernet(2, "eth0")];
  feed(node, { kind: "start", links, addresses: [addressOn(2, "172.16.1.134")], guarded });
  feed(node, { kind: "expired", order: 1, seq: 1 });
  assert.equal(node.world.vrrp.instances[0]?.state.kind, "master");
  return node;
}

function deleted(effects: readonly WorldEffect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind !== "address-apply"
      ? []
      : effect.operations.filter(({ op }) => op === "delete").map(({ address }) => address.address)
  );
}

function has(effects: readonly WorldEffect[], kind: WorldEffect["kind"]): boolean {
  return effects.some((effect) => effect.kind === kind);
}

/** The guardian withdraws an address. */
function withdrawn(address: Address): WorldEvent {
  return {
    kind: "address",
    address: { ...address, protocol: VIRTUAL_ROUTER },
    removed: true,
    ordered: false,
  };
}

Deno.test("update() shutdown of a guarded master, keeps its address until the guardian has withdrawn it, then exits", () => {
  const node = master({ guarded: true });
  const effects = feed(node, { kind: "shutdown" });
  const cease = effects.find((effect) => effect.kind === "cease");
  assert.ok(cease?.farewell);
  assert.deepEqual(cease.handover?.addresses.map(addressKey), [addressKey(VIP)]);
  assert.deepEqual(deleted(effects), []);
  assert.ok(!has(effects, "exit"));
  const last = feed(node, withdrawn(VIP));
  assert.deepEqual(deleted(last), []);
  assert.ok(has(last, "exit"));
});

Deno.test("update() shutdown of a guarded master, whose guardian does nothing, withdraws after its time and exits", () => {
  const node = master({ guarded: true });
  feed(node, { kind: "shutdown" });
  node.now = nextDeadline(node.world) ?? 0;
  assert.ok(node.now > 1_000_000 && node.now < 1_500_000, `${node.now}`);
  const effects = feed(node, { kind: "deadline" });
  assert.deepEqual(deleted(effects), [VIP.address]);
  assert.ok(has(effects, "exit"));
});

Deno.test("update() shutdown asked twice, waits for nobody", () => {
  const node = master({ guarded: true });
  feed(node, { kind: "shutdown" });
  const effects = feed(node, { kind: "shutdown" });
  assert.deepEqual(deleted(effects), [VIP.address]);
  assert.ok(has(effects, "exit"));
});

for (const options of [{ guarded: false }, { guarded: true, strict: true }]) {
  Deno.test(`update() shutdown of a master, ${JSON.stringify(options)}, withdraws at once`, () => {
    const node = master(options);
    const effects = feed(node, { kind: "shutdown" });
    assert.deepEqual(deleted(effects), [VIP.address]);
    assert.ok(has(effects, "exit"));
  });
}

Deno.test("update() an instance removed by reload, hands over, and keeps its address when it is there again in time", () => {
  const other = instanceConfig({ name: "VI_2", virtualRouterId: 52, virtualAddresses: [] });
  const node = master({ guarded: true }, [other]);
  const { config } = node.world.vrrp;
  const reload = (vrrp: typeof config): WorldEvent => ({
    kind: "reload",
    config: worldConfig({
      vrrp,
    }),
  });
  const gone = feed(node, reload({ ...config, instances: [other] }));
  assert.deepEqual(deleted(gone), []);
  assert.equal(node.world.handovers.length, 1);
  feed(node, reload(config));
  const again = node.world.vrrp.instances.find((each) => each.config.name === "VI_1");
  feed(node, { kind: "expired", order: again?.order ?? 0, seq: again?.seq ?? 0 });
  node.now = 10_000_000;
  assert.deepEqual(deleted(feed(node, { kind: "deadline" })), []);
});
