import assert from "node:assert/strict";
import { thingText } from "../../kernel/thing_text.ts";
import type { LvsConfig, SyncDaemonConfig } from "../../lvs/mod.ts";
import { virtualServer } from "../../lvs/part/fixtures.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../../vrrp/fixtures.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  nextDeadline,
  update,
  type World,
  type WorldEffect,
  type WorldEvent,
  type WorldOptions,
} from "../mod.ts";
import { worldConfig } from "../fixtures.ts";

const VRRP = vrrpConfig([instanceConfig({ name: "VI_1" })]);
const NO_LVS: LvsConfig = { virtualServers: [], flush: false };
const SYNC: SyncDaemonConfig = { interface: "eth1", instance: "VI_1", syncId: 51 };
const FULL_NAT = virtualServer({ fullNat: { localAddresses: [{ address: "10.0.0.1" }] } });

/** A world that has started, and what it asked of the kernel's things: `add …`, `delete …`. */
class Driven {
  world: World;
  now = 0;
  constructor(lvs: LvsConfig, options: Partial<WorldOptions> = {}) {
    const config = worldConfig({ vrrp: VRRP, lvs });
    this.world = newWorld(config, { ...DEFAULT_OPTIONS, ...options }, 0);
  }
  feed(event: WorldEvent): readonly string[] {
    const [world, effects] = update(this.world, event, this.now);
    this.world = world;
    return this.#orders(effects);
  }
  start(): readonly string[] {
    const links = [ethernet(2, "eth0")];
    return this.feed({ kind: "start", links, addresses: [addressOn(2, "172.16.1.134")] });
  }
  becomeMaster(): readonly string[] {
    const orders: string[] = [];
    while (this.world.vrrp.instances[0]?.state.kind !== "master") {
      this.now = nextDeadline(this.world) ?? this.now;
      const watch = this.world.vrrp.instances[0]?.state.kind;
      orders.push(...this.feed({ kind: "deadline" }));
      if (watch === "backup") orders.push(...this.expire());
    }
    return orders;
  }
  /** No advert came: every number a watch may have. */
  expire(): readonly string[] {
    return Array.from({ length: 4 }, (_, order) => order).flatMap((order) =>
      Array.from({ length: 4 }, (_, seq) => seq).flatMap((seq) =>
        this.feed({ kind: "expired", order, seq })
      )
    );
  }
  /** The kernel did everything that was asked. */
  #orders(effects: readonly WorldEffect[]): readonly string[] {
    return effects.flatMap((effect) => {
      if (effect.kind !== "kernel-apply") return [];
      const { operations } = effect;
      const orders = operations.map((one) => `${one.op} ${thingText(one)}`);
      const errnos = operations.map(() => 0);
      return [...orders, ...this.feed({ kind: "kernel-applied", operations, errnos })];
    });
  }
}

const TABLE = "table holdfast_lvs of nftables";
const CONNTRACK = "net.ipv4.vs.conntrack = 1";
const FORWARD = "net.ipv4.ip_forward = 1";

Deno.test("lvsThings() full NAT, comes with the start and goes at the end", () => {
  const it = new Driven({ ...NO_LVS, virtualServers: [FULL_NAT] });
  assert.deepEqual(it.start(), [`add ${TABLE}`, `add ${CONNTRACK}`, `add ${FORWARD}`]);
  assert.deepEqual(it.feed({ kind: "shutdown" }), [
    `delete ${FORWARD}`,
    `delete ${CONNTRACK}`,
    `delete ${TABLE}`,
  ]);
});

Deno.test("lvsThings() with -I, stays at the end", () => {
  const it = new Driven({ ...NO_LVS, virtualServers: [FULL_NAT] }, { keepServices: true });
  it.start();
  assert.deepEqual(it.feed({ kind: "shutdown" }), []);
});

Deno.test("lvsThings() a table somebody else takes away, is put in place again", () => {
  const it = new Driven({ ...NO_LVS, virtualServers: [FULL_NAT] });
  it.start();
  const value = { family: "inet", name: "holdfast_lvs" } as const;
  assert.deepEqual(it.feed({ kind: "things-shaken", spot: { kind: "nft", value } }), [
    `add ${TABLE}`,
  ]);
  const theirs = { family: "inet", name: "firewalld" } as const;
  assert.deepEqual(it.feed({ kind: "things-shaken", spot: { kind: "nft", value: theirs } }), []);
});

Deno.test("lvsThings() a reload, changes the table when it is another, and leaves it when not", () => {
  const it = new Driven({ ...NO_LVS, virtualServers: [FULL_NAT] });
  it.start();
  const reload = (virtualServers: LvsConfig["virtualServers"]) =>
    it.feed({
      kind: "reload",
      config: worldConfig({
        vrrp: VRRP,
        lvs: { ...NO_LVS, virtualServers },
      }),
    });
  assert.deepEqual(reload([structuredClone(FULL_NAT)]), []);
  const more = { localAddresses: [{ address: "10.0.0.1" }, { address: "10.0.0.2" }] };
  assert.deepEqual(reload([{ ...FULL_NAT, fullNat: more }]), [`add ${TABLE}`]);
  assert.deepEqual(reload([virtualServer()]), [
    `delete ${CONNTRACK}`,
    `delete ${FORWARD}`,
    `delete ${TABLE}`,
  ]);
});

Deno.test("lvsThings() the sync daemon, follows its instance", () => {
  const it = new Driven({ ...NO_LVS, syncDaemon: SYNC });
  assert.deepEqual(it.start(), ["add IPVS sync daemon (backup) on eth1"]);
  assert.deepEqual(it.becomeMaster(), [
    "delete IPVS sync daemon (backup) on eth1",
    "add IPVS sync daemon (master) on eth1",
  ]);
  assert.deepEqual(it.feed({ kind: "shutdown" }), ["delete IPVS sync daemon (master) on eth1"]);
});

Deno.test("lvsThings() a reload that leaves the sync daemon as it is, does not touch it; another port does", () => {
  const it = new Driven({ ...NO_LVS, syncDaemon: SYNC });
  it.start();
  const reload = (syncDaemon: SyncDaemonConfig) =>
    it.feed({
      kind: "reload",
      config: worldConfig({
        vrrp: VRRP,
        lvs: { ...NO_LVS, syncDaemon },
      }),
    });
  assert.deepEqual(reload({ ...SYNC }), []);
  assert.deepEqual(reload({ ...SYNC, port: 9000 }), ["add IPVS sync daemon (backup) on eth1"]);
});

Deno.test("lvsThings() without an instance, both daemons run; timeouts are set meanwhile", () => {
  const syncDaemon = { interface: "eth1", syncId: 0 };
  const timeouts = { tcp: 600, tcpFin: 0, udp: 0 };
  const it = new Driven({ ...NO_LVS, syncDaemon, timeouts });
  assert.deepEqual(it.start(), [
    "add IPVS sync daemon (master) on eth1",
    "add IPVS sync daemon (backup) on eth1",
    "add timeouts of IPVS",
  ]);
  assert.equal(it.feed({ kind: "shutdown" }).length, 3);
});
