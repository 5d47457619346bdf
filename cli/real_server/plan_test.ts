import assert from "node:assert/strict";
import fc from "fast-check";
import { memoryText, parseMemory } from "./memory_file.ts";
import {
  type Held,
  type HostState,
  type Memory,
  neededSettings,
  NOTHING_CHANGED,
  type Plan,
  planStart,
  planStop,
  standing,
} from "./plan.ts";

const VIP = "172.16.1.99";
const OTHER = "172.16.1.98";
const V6 = "2001:db8::99";
const ALL = "net/ipv4/conf/all/arp_ignore";

/** A host on which steps are carried out. */
class Host {
  held: Held[];
  readonly settings: Map<string, string>;
  memory: Memory = NOTHING_CHANGED;
  constructor(held: readonly Held[] = [], settings: Readonly<Record<string, string>> = {}) {
    this.held = [...held];
    const zero = neededSettings([VIP], "tunl0").map((path) => [path, "0"] as const);
    this.settings = new Map([...zero, ...Object.entries(settings)]);
  }
  get state(): HostState {
    return { held: this.held, settings: this.settings };
  }
  start(vips: readonly string[], tunnel?: string): number {
    const plan = planStart(vips, tunnel, { host: this.state, memory: this.memory });
    if (typeof plan === "string") throw new TypeError(plan);
    return this.#apply(plan);
  }
  stop(vips?: readonly string[]): Plan {
    const plan = planStop(vips, { host: this.state, memory: this.memory });
    this.#apply(plan);
    return plan;
  }
  snapshot(): unknown {
    return [this.held.toSorted((a, b) => a.address < b.address ? -1 : 1), new Map(this.settings)];
  }
  #apply({ steps, memory }: Plan): number {
    // It comes back from the file each time.
    const read = parseMemory(memoryText(memory, "boot"), "boot");
    assert.ok(typeof read !== "string");
    this.memory = read;
    for (const step of steps) {
      if (step.kind === "set") this.settings.set(step.path, step.value);
      else if (step.kind === "add") {
        this.held.push({ address: step.address, ifname: "lo", prefixLength: 32 });
      } else this.held = this.held.filter(({ address }) => address !== step.address);
    }
    return steps.length;
  }
}

Deno.test("planStart() a host that announces everything, is kept from that before it has the address", () => {
  const plan = planStart([VIP], undefined, { host: new Host().state, memory: NOTHING_CHANGED });
  assert.ok(typeof plan !== "string");
  assert.deepEqual(plan.steps, [
    { kind: "set", path: ALL, value: "1" },
    { kind: "set", path: "net/ipv4/conf/all/arp_announce", value: "2" },
    { kind: "set", path: "net/ipv4/conf/lo/arp_ignore", value: "1" },
    { kind: "set", path: "net/ipv4/conf/lo/arp_announce", value: "2" },
    { kind: "add", address: VIP },
  ]);
});

Deno.test("planStart() an address of IPv6, needs no setting", () => {
  const host = new Host();
  assert.equal(host.start([V6]), 1);
});

Deno.test("planStart() a tunnel, is believed whatever the source of what comes out of it", () => {
  const host = new Host([], { "net/ipv4/conf/tunl0/rp_filter": "2" });
  host.start([VIP], "tunl0");
  assert.equal(host.settings.get("net/ipv4/conf/tunl0/rp_filter"), "0");
  host.stop();
  assert.equal(host.settings.get("net/ipv4/conf/tunl0/rp_filter"), "2");
});

Deno.test("planStart() an address that another interface has, is refused with its name", () => {
  const host = new Host([{ address: VIP, ifname: "eth0", prefixLength: 24 }]);
  assert.throws(() => host.start([VIP]), /eth0 has it, and answers its neighbours/);
});

Deno.test("planStart() a stricter setting, is left", () => {
  const host = new Host([], { [ALL]: "8" });
  host.start([VIP]);
  assert.equal(host.settings.get(ALL), "8");
});

const anyAct = fc.tuple(fc.boolean(), fc.subarray([VIP, OTHER, V6], { minLength: 1 }));
const anyDigit = fc.constantFrom("0", "1", "2");

Deno.test("planStart() planStop() any starts and stops, then a stop of all, leave the host as it was", () => {
  const before = fc.record({ [ALL]: anyDigit, "net/ipv4/conf/lo/arp_announce": anyDigit });
  fc.assert(fc.property(before, fc.array(anyAct), fc.boolean(), (settings, acts, hadOne) => {
    const host = new Host(
      hadOne ? [{ address: OTHER, ifname: "lo", prefixLength: 32 }] : [],
      settings,
    );
    const before = host.snapshot();
    for (const [starts, vips] of acts) {
      if (!starts) host.stop(vips);
      else {
        host.start(vips);
        assert.equal(host.start(vips), 0, "again: nothing is left to do");
        assert.ok(standing(vips, undefined, host.state).every(({ faults }) => faults.length === 0));
      }
    }
    host.stop();
    assert.deepEqual(host.snapshot(), before);
    assert.deepEqual(host.memory, NOTHING_CHANGED);
  }));
});

Deno.test("planStop() a setting somebody has changed since, stays and is told of", () => {
  const host = new Host();
  host.start([VIP]);
  host.settings.set(ALL, "2");
  assert.deepEqual(host.stop().remarks, [
    `/proc/sys/${ALL} stays 2: somebody has changed it since`,
  ]);
  assert.equal(host.settings.get(ALL), "2");
});

Deno.test("planStop() an address that was there before, stays and is told of", () => {
  const host = new Host([{ address: VIP, ifname: "lo", prefixLength: 32 }]);
  host.start([VIP]);
  assert.deepEqual(host.stop([VIP]).remarks, [
    `${VIP} stays on lo: it was there before it was started`,
  ]);
});

Deno.test("parseMemory() of another boot, is nothing: what it speaks of has gone with that", () => {
  const memory = { started: [VIP], added: [VIP], changed: [{ path: ALL, before: "0", set: "1" }] };
  assert.deepEqual(parseMemory(memoryText(memory, "before"), "now"), NOTHING_CHANGED);
  assert.deepEqual(parseMemory(memoryText(memory, "now"), "now"), memory);
});

const UNBELIEVED: readonly (readonly [string, unknown])[] = [
  ["no JSON", "{"],
  ["another format", { holdfast: 2 }],
  ["a setting of somebody else's", {
    changed: [{ path: "kernel/core_pattern", before: "1", set: "0" }],
  }],
  ["a path that climbs", {
    changed: [{ path: "net/ipv4/conf/../arp_ignore", before: "1", set: "0" }],
  }],
  ["a value that is no digit", { changed: [{ path: ALL, before: "|sh", set: "0" }] }],
  ["no address", { started: ["localhost"] }],
];

for (const [what, change] of UNBELIEVED) {
  Deno.test(`parseMemory() of ${what}, is a reason`, () => {
    const good = { holdfast: 1, boot: "now", started: [], added: [], changed: [] };
    const text = typeof change === "string"
      ? change
      : JSON.stringify({ ...good, ...change as object });
    assert.equal(typeof parseMemory(text, "now"), "string");
  });
}

Deno.test("parseMemory() of any text, throws nothing", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseMemory(text, "now")));
});
