import assert from "node:assert/strict";
import { ethernet, instanceConfig } from "./fixtures.ts";
import { kernelFacts } from "./kernel_facts.ts";
import { kernelAddresses } from "./virtual_address.ts";

const FACTS = kernelFacts([ethernet(2, "eth0"), ethernet(3, "eth1")], []);

Deno.test("kernelAddresses() dev, label, scope, broadcast and peer, go where the kernel wants them", () => {
  const config = instanceConfig({
    virtualAddresses: [
      { address: "10.0.0.9", prefixLength: 24, dev: "eth1", label: "eth1:0", broadcast: "+" },
      { address: "10.0.0.10", prefixLength: 20, broadcast: "-", scope: 253 },
      { address: "127.0.0.9", prefixLength: 32, broadcast: "127.255.255.255" },
    ],
    excludedAddresses: [
      { address: "10.1.0.9", prefixLength: 32, peer: "10.1.0.10" },
      { address: "2001:db8::9", prefixLength: 64, broadcast: "+" },
    ],
  });
  assert.deepEqual(kernelAddresses(config, FACTS), [
    {
      ifindex: 3,
      address: "10.0.0.9",
      prefixLength: 24,
      scope: 0,
      label: "eth1:0",
      broadcast: "10.0.0.255",
    },
    { ifindex: 2, address: "10.0.0.10", prefixLength: 20, scope: 253, broadcast: "10.0.0.0" },
    {
      ifindex: 2,
      address: "127.0.0.9",
      prefixLength: 32,
      scope: 254,
      broadcast: "127.255.255.255",
    },
    { ifindex: 2, address: "10.1.0.9", prefixLength: 32, scope: 0, peer: "10.1.0.10" },
    { ifindex: 2, address: "2001:db8::9", prefixLength: 64, scope: 0 },
  ]);
});

Deno.test("kernelAddresses() + with /20, sets the host bits only", () => {
  const config = instanceConfig({
    virtualAddresses: [{ address: "172.16.17.1", prefixLength: 20, broadcast: "+" }],
  });
  assert.equal(kernelAddresses(config, FACTS)[0]?.broadcast, "172.16.31.255");
});

Deno.test("kernelAddresses() interface does not exist, leaves the address out", () => {
  const config = instanceConfig({
    virtualAddresses: [{ address: "10.0.0.9", prefixLength: 32, dev: "eth9" }],
  });
  assert.deepEqual(kernelAddresses(config, FACTS), []);
});
