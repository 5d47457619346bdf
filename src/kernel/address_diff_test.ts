import assert from "node:assert/strict";
import fc from "fast-check";
import { type Address, ADDRESS_FLAG, addressKey, type AddressOperation } from "./address.ts";
import { diffAddresses, sameAddress } from "./address_diff.ts";

/** `table` after `operations`, in order. Adding what exists and deleting what is absent change nothing. */
function applyAddressOperations(
  table: readonly Address[],
  operations: readonly AddressOperation[],
): readonly Address[] {
  const byKey = new Map(table.map((address) => [addressKey(address), address] as const));
  for (const { op, address } of operations) {
    const key = addressKey(address);
    if (op === "delete") byKey.delete(key);
    else if (!byKey.has(key)) byKey.set(key, address);
  }
  return [...byKey.values()];
}

function byKey(addresses: readonly Address[]): ReadonlyMap<string, Address> {
  return new Map(addresses.map((address) => [addressKey(address), address]));
}

const VIP: Address = { ifindex: 2, address: "172.16.1.99", prefixLength: 32, scope: 0 };
const IPV6: Address = { ifindex: 2, address: "2001:db8::1", prefixLength: 64, scope: 0 };
const KEY = addressKey(VIP);

const CASES: readonly {
  readonly name: string;
  readonly desired: readonly Address[];
  readonly actual: readonly Address[];
  readonly managed?: readonly string[];
  readonly operations: ReturnType<typeof diffAddresses>;
}[] = [
  {
    name: "an absent address, is added",
    desired: [VIP],
    actual: [],
    operations: [{ op: "add", address: VIP }],
  },
  {
    name: "an address that is there with the kernel's own label, is left alone",
    desired: [VIP],
    actual: [{ ...VIP, label: "eth0", peer: VIP.address }],
    operations: [],
  },
  {
    name: "another label, is deleted and added",
    desired: [{ ...VIP, label: "eth0:0" }],
    actual: [{ ...VIP, label: "eth0" }],
    operations: [
      { op: "delete", address: { ...VIP, label: "eth0" } },
      { op: "add", address: { ...VIP, label: "eth0:0" } },
    ],
  },
  {
    name: "a label no longer asked for, is deleted and added",
    desired: [VIP],
    actual: [{ ...VIP, label: "eth0:0" }],
    operations: [
      { op: "delete", address: { ...VIP, label: "eth0:0" } },
      { op: "add", address: VIP },
    ],
  },
  {
    name: "a managed address that is not desired, is deleted",
    desired: [],
    actual: [VIP],
    managed: [KEY],
    operations: [{ op: "delete", address: VIP }],
  },
  {
    name: "a foreign address, is left alone",
    desired: [],
    actual: [VIP],
    operations: [],
  },
  {
    name: "an address that moves to another interface, is deleted first",
    desired: [{ ...VIP, ifindex: 3 }],
    actual: [VIP],
    managed: [KEY],
    operations: [
      { op: "delete", address: VIP },
      { op: "add", address: { ...VIP, ifindex: 3 } },
    ],
  },
  {
    name: "IPv6 scope of the kernel's own choice, is left alone",
    desired: [{ ifindex: 2, address: "fe80::1", prefixLength: 64, scope: 0 }],
    actual: [{ ifindex: 2, address: "fe80::1", prefixLength: 64, scope: 253 }],
    operations: [],
  },
  {
    name: "IPv6 lifetime that passes, is left alone",
    desired: [{ ...IPV6, preferredLifetime: 100 }],
    actual: [{ ...IPV6, preferredLifetime: 3 }],
    operations: [],
  },
  {
    name: "a deprecated IPv6 address that should be preferred, is deleted and added",
    desired: [IPV6],
    actual: [{ ...IPV6, preferredLifetime: 0 }],
    operations: [
      { op: "delete", address: { ...IPV6, preferredLifetime: 0 } },
      { op: "add", address: IPV6 },
    ],
  },
  {
    name: "other flags, is deleted and added",
    desired: [{ ...VIP, flags: ADDRESS_FLAG.noprefixroute }],
    actual: [VIP],
    operations: [
      { op: "delete", address: VIP },
      { op: "add", address: { ...VIP, flags: ADDRESS_FLAG.noprefixroute } },
    ],
  },
];

for (const { name, desired, actual, managed, operations } of CASES) {
  Deno.test(`diffAddresses() ${name}`, () => {
    assert.deepEqual(
      diffAddresses(byKey(desired), byKey(actual), (key) => (managed ?? []).includes(key)),
      operations,
    );
  });
}

const address: fc.Arbitrary<Address> = fc.record({
  ifindex: fc.constantFrom(2, 3),
  address: fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1"),
  prefixLength: fc.constantFrom(24, 32),
  scope: fc.constantFrom(0, 253),
  label: fc.constantFrom("eth0:0", "eth0:1"),
  broadcast: fc.constantFrom("10.0.0.255", "10.0.0.127"),
});
const addresses = fc.uniqueArray(address, { selector: addressKey, maxLength: 8 });
const managedKeys = addresses.map((some) => new Set(some.map(addressKey)));

Deno.test("diffAddresses() applied, leaves what is desired, and of the rest what is not managed", () => {
  fc.assert(fc.property(addresses, addresses, managedKeys, (desired, actual, managed) => {
    const after = applyAddressOperations(
      actual,
      diffAddresses(byKey(desired), byKey(actual), (key) => managed.has(key)),
    );
    const left = new Map(byKey(after));
    for (const want of desired) {
      const found = left.get(addressKey(want));
      assert.ok(found !== undefined && sameAddress(want, found));
      left.delete(addressKey(want));
    }
    const rest = actual.map(addressKey).filter((key) =>
      !managed.has(key) && !desired.some((want) => addressKey(want) === key)
    );
    assert.deepEqual([...left.keys()].sort(), rest.sort());
  }));
});

Deno.test("diffAddresses() after it was applied, is empty, and applied again changes nothing", () => {
  fc.assert(fc.property(addresses, addresses, managedKeys, (desired, actual, managed) => {
    const operations = diffAddresses(byKey(desired), byKey(actual), (key) => managed.has(key));
    const once = applyAddressOperations(actual, operations);
    assert.deepEqual(diffAddresses(byKey(desired), byKey(once), (key) => managed.has(key)), []);
    const twice = applyAddressOperations(once, operations);
    const inOrder = (a: Address, b: Address) => addressKey(a) < addressKey(b) ? -1 : 1;
    assert.deepEqual([...twice].sort(inOrder), [...once].sort(inOrder));
  }));
});

Deno.test("diffAddresses() of a table with itself, is empty", () => {
  fc.assert(fc.property(addresses, managedKeys, (table, managed) => {
    assert.deepEqual(diffAddresses(byKey(table), byKey(table), (key) => managed.has(key)), []);
  }));
});
