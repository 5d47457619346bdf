import assert from "node:assert/strict";
import { ethernet, instanceConfig, LINKS, vrrpConfig } from "../../fixtures.ts";
import { newInstance } from "../../fsm/state.ts";
import { kernelFacts } from "../../kernel_facts.ts";
import { announcements } from "./announcements.ts";

const CONFIG = instanceConfig({
  excludedAddresses: [
    { address: "172.16.1.98", prefixLength: 32 },
    { address: "192.168.1.2", prefixLength: 32, dev: "eth1" },
    { address: "2001:db8::1", prefixLength: 128, dev: "eth1" },
    { address: "10.9.9.9", prefixLength: 32, dev: "tun0" },
  ],
  garp: { ...instanceConfig().garp, extra: { interval: 1_000_000, all: true } },
});

const KERNEL = kernelFacts([...LINKS, ethernet(4, "tun0", { arp: false })], []);

function self() {
  const fresh = newInstance(CONFIG, { order: 1, group: undefined, headStart: false, since: 0 });
  return { ...fresh, health: { ...fresh.health, ifindex: 2 } };
}

Deno.test("announcements() without a pace, are all addresses by interface, not where ARP is not spoken", () => {
  const around = { kernel: KERNEL, config: vrrpConfig([CONFIG]) };
  assert.deepEqual(announcements(self(), around, { kind: "announce", repeat: 5 }), [
    { ifindex: 2, addresses: ["172.16.1.99", "172.16.1.98"], repeat: 5 },
    { ifindex: 3, addresses: ["192.168.1.2", "2001:db8::1"], repeat: 5 },
  ]);
  assert.deepEqual(announcements(self(), around, { kind: "announce", repeat: 0 }), []);
});

Deno.test("announcements() on one interface or on others than that of adverts (garp_extra_if), are only those", () => {
  const around = { kernel: KERNEL, config: vrrpConfig([CONFIG]) };
  const where = (on: number | "extra") =>
    announcements(self(), around, { kind: "announce", repeat: 1, on }).map((each) => each.ifindex);
  assert.deepEqual(where(2), [2]);
  assert.deepEqual(where("extra"), [3]);
});

Deno.test("announcements() with garp_group and vrrp_garp_interval, the group goes before the global pace", () => {
  const config = vrrpConfig([CONFIG], {
    pace: { arp: 7_000 },
    garpGroups: [{ interfaces: ["eth9"], arp: 1 }, { interfaces: ["eth1", "eth2"], na: 9_000 }],
  });
  const found = announcements(self(), { kernel: KERNEL, config }, { kind: "announce", repeat: 1 });
  const lane = { kind: "interface", ifindex: 2 } as const;
  assert.deepEqual(found.map(({ arpPace, naPace }) => ({ arpPace, naPace })), [
    { arpPace: { interval: 7_000, lane }, naPace: undefined },
    { arpPace: undefined, naPace: { interval: 9_000, lane: { kind: "group", number: 1 } } },
  ]);
});
