import assert from "node:assert/strict";
import { configOf, virtualServer } from "../lvs/part/fixtures.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "../vrrp/fixtures.ts";
import { tablesOf } from "../lvs/part/desired.ts";
import { newVirtualServer } from "../lvs/part/build.ts";
import { noPlaces } from "../lvs/asking/mod.ts";
import { planStart } from "./start.ts";
import { worldConfig } from "../world/fixtures.ts";

const CONFIG = worldConfig({
  vrrp: vrrpConfig([
    instanceConfig({ priority: 150 }),
    instanceConfig({ name: "VI_2", interface: "eth7", virtualRouterId: 52 }),
  ]),
  lvs: configOf(virtualServer()),
});
const FOUND = { links: [ethernet(2, "eth0")], addresses: [addressOn(2, "172.16.1.5")] };

Deno.test("planStart() an empty kernel, services at once, addresses as master, and who lacks an interface", () => {
  const { operations, instances, ends } = planStart(CONFIG, { ...FOUND, services: [] });
  assert.deepEqual(
    operations.map(({ op, subject, name, when }) =>
      `${op} ${subject} ${name} ${when ?? "at once"}`
    ),
    [
      "add service tcp 172.16.1.99:80 at once",
      "add server 192.168.1.130:80 at once",
      "add server 192.168.1.129:80 at once",
      "add address 172.16.1.99/32 master",
    ],
  );
  assert.deepEqual(instances, [
    {
      name: "VI_1",
      change: "added",
      to: "backup",
      mastership: "to-come",
      why: "becomes master unless somebody stronger is there",
    },
    { name: "VI_2", change: "added", to: "fault", why: "something it needs is missing" },
  ]);
  assert.deepEqual(ends, { connections: 0, masters: [], takesOver: ["VI_1"], addresses: [] });
});

Deno.test("planStart() a kernel that has it all, only a virtual address left behind goes until mastership", () => {
  const at = { index: 0, label: "x", patient: true };
  const services = tablesOf(newVirtualServer(noPlaces(), virtualServer(), at));
  const left = { ...addressOn(2, "172.16.1.99", 32), protocol: 18 };
  const { operations } = planStart(CONFIG, {
    links: FOUND.links,
    addresses: [...FOUND.addresses, left],
    services,
  });
  assert.deepEqual(operations.map(({ op, name, when }) => `${op} ${name} ${when ?? "at once"}`), [
    "delete 172.16.1.99/32 at once",
    "add 172.16.1.99/32 master",
  ]);
});
