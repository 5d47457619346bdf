import assert from "node:assert/strict";
import { type Address, VIRTUAL_ROUTER } from "../kernel/address.ts";
import type { VrrpInstanceConfig } from "./config.ts";
import { addressOn, ethernet, instanceConfig, vrrpConfig } from "./fixtures.ts";
import { kernelFacts, withAddress } from "./kernel_facts.ts";
import {
  ownAddressKeys,
  refusedAddresses,
  withOwnAddresses,
  withOwnOfAddress,
} from "./own_address.ts";
import { buildDirectory } from "./part/directory.ts";

const LINKS = [ethernet(2, "eth0"), ethernet(3, "eth1")];
const VIPS = [
  { address: "10.0.0.1", prefixLength: 24 },
  { address: "10.0.0.2", prefixLength: 24 },
  { address: "10.1.0.5", prefixLength: 24, dev: "eth1" },
  { address: "2001:db8::5", prefixLength: 64 },
];
const BACKUP = instanceConfig({ priority: 254, virtualAddresses: VIPS });
const OWNER = { ...BACKUP, priority: 255 };

function marked(address: Address): Address {
  return { ...address, protocol: VIRTUAL_ROUTER };
}

function directory(config: VrrpInstanceConfig): ReturnType<typeof buildDirectory> {
  return buildDirectory(vrrpConfig([config]));
}

const CASES: readonly {
  readonly name: string;
  readonly found: readonly Address[];
  readonly own: readonly string[];
}[] = [
  { name: "nothing there, has none", found: [], own: [] },
  {
    name: "the only address, is the own one",
    found: [addressOn(2, "10.0.0.1")],
    own: ["eth0 10.0.0.1/24"],
  },
  {
    name: "another prefix length, is the own one as well",
    found: [addressOn(2, "10.0.0.1", 8)],
    own: ["eth0 10.0.0.1/8"],
  },
  {
    name: "the first of those that are all virtual, is the own one",
    found: [addressOn(2, "10.0.0.2"), addressOn(2, "10.0.0.1")],
    own: ["eth0 10.0.0.2/24"],
  },
  {
    name: "behind one that is not virtual, was left over from a run before",
    found: [addressOn(2, "10.0.0.9"), addressOn(2, "10.0.0.1")],
    own: [],
  },
  {
    name: "before one that is not virtual, is the own one",
    found: [addressOn(2, "10.0.0.1"), addressOn(2, "10.0.0.9")],
    own: ["eth0 10.0.0.1/24"],
  },
  {
    name: "IPv6 beside one that is not virtual, was left over from a run before",
    found: [addressOn(2, "2001:db8::5", 64), addressOn(2, "2001:db8::9", 64)],
    own: [],
  },
  {
    name: "added by a virtual router, was left over from a run before",
    found: [marked(addressOn(2, "10.0.0.1"))],
    own: [],
  },
  {
    name: "virtual on another interface, is none",
    found: [addressOn(3, "10.0.0.1")],
    own: [],
  },
  {
    name: "of another interface that carries it, is the own one of that",
    found: [addressOn(2, "10.0.0.9"), addressOn(3, "10.1.0.5")],
    own: ["eth1 10.1.0.5/24"],
  },
  {
    name: "IPv6 beside a link-local address, is the own one",
    found: [addressOn(2, "fe80::1", 64), addressOn(2, "2001:db8::5", 64)],
    own: ["eth0 2001:db8::5/64"],
  },
];

for (const { name, found, own } of CASES) {
  Deno.test(`withOwnAddresses() ${name}`, () => {
    const facts = withOwnAddresses(kernelFacts(LINKS, found), directory(BACKUP));
    assert.deepEqual([...facts.own], own);
    const keys = own.map((key) => key.replace("eth0", "2").replace("eth1", "3"));
    assert.deepEqual([...ownAddressKeys(facts)], keys);
    assert.equal(refusedAddresses(BACKUP, facts).length, own.length);
    assert.deepEqual(refusedAddresses(OWNER, facts), [], "an owner may have it (RFC 9568 §1.6)");
  });
}

Deno.test("withOwnOfAddress() own address that goes and comes, is the own one as long as it is there", () => {
  const own = addressOn(2, "10.0.0.1");
  const told = (config: VrrpInstanceConfig, ...changes: readonly [Address, boolean][]) =>
    changes.reduce(
      (facts, [address, removed]) =>
        withOwnOfAddress(withAddress(facts, address, removed), directory(config), {
          address,
          removed,
          held: () => false,
        }),
      withOwnAddresses(kernelFacts(LINKS, [own]), directory(config)),
    );
  const keys = (config: VrrpInstanceConfig, ...changes: readonly [Address, boolean][]) => [
    ...told(config, ...changes).own,
  ];
  assert.deepEqual(keys(BACKUP, [addressOn(2, "10.0.0.9"), false]), ["eth0 10.0.0.1/24"]);
  assert.deepEqual(keys(BACKUP, [own, true]), []);
  assert.deepEqual(keys(BACKUP, [own, true], [own, false]), ["eth0 10.0.0.1/24"]);
  assert.deepEqual(keys(OWNER, [own, true]), ["eth0 10.0.0.1/24"], "an owner never brings it");
  const other = addressOn(2, "10.0.0.9");
  assert.deepEqual(keys(BACKUP, [other, false], [own, true], [own, false]), [], "behind another");
});

Deno.test("withOwnOfAddress() last of the host's removed under a master, leaves none: the rest is ours", () => {
  const [host, adopted] = [addressOn(2, "10.0.0.9"), addressOn(2, "10.0.0.1")];
  const facts = withOwnAddresses(kernelFacts(LINKS, [host, adopted]), directory(BACKUP));
  const own = (held: boolean) =>
    withOwnOfAddress(withAddress(facts, host, true), directory(BACKUP), {
      address: host,
      removed: true,
      held: (address) => held && address === "10.0.0.1",
    }).own.size;
  assert.deepEqual([own(true), own(false)], [0, 1]);
});

Deno.test("withOwnAddresses() after a reload without it, knows of none", () => {
  const before = withOwnAddresses(kernelFacts(LINKS, [addressOn(2, "10.0.0.1")]), directory(OWNER));
  const without = { ...OWNER, virtualAddresses: VIPS.slice(1) };
  assert.deepEqual([...withOwnAddresses(before, directory(without)).own], []);
});
