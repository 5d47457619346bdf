import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Destination,
  destinationKey,
  type Forwarding,
  type IpvsOperation,
  type Service,
  SERVICE_FLAG,
  type ServiceId,
  serviceKey,
  type ServiceTable,
} from "./ipvs.ts";
import { diffDestinations, diffServices, diffTables } from "./ipvs_diff.ts";
import { sizeOf, sortedValues, valueOf } from "../../persistent/mod.ts";
import { type IpvsTable, ipvsTable, withOperations, withServices } from "./ipvs_model.ts";
import { sameDestination, sameService } from "./ipvs_same.ts";

const ID: ServiceId = { kind: "address", protocol: "tcp", address: "172.16.1.99", port: 80 };
const OTHER: ServiceId = { kind: "fwmark", family: "inet", mark: 7 };
const SERVICE: Service = { id: ID, scheduler: "wrr", flags: 0, timeout: 0, netmask: 32 };
const RS1: Destination = {
  address: "192.168.1.130",
  port: 80,
  forwarding: { method: "nat" },
  weight: 2,
  upperThreshold: 0,
  lowerThreshold: 0,
};
const RS2: Destination = { ...RS1, address: "192.168.1.129", weight: 1 };
const TABLE: ServiceTable = { service: SERVICE, destinations: [RS1, RS2] };

const CASES: readonly {
  readonly name: string;
  readonly desired: readonly ServiceTable[];
  readonly actual: readonly ServiceTable[];
  readonly owned?: readonly string[];
  readonly operations: readonly IpvsOperation[];
}[] = [
  {
    name: "an absent service, is made before its destinations",
    desired: [TABLE],
    actual: [],
    operations: [
      { op: "new-service", service: SERVICE },
      { op: "new-destination", id: ID, destination: RS1 },
      { op: "new-destination", id: ID, destination: RS2 },
    ],
  },
  {
    name: "another weight, sets that destination only",
    desired: [{ ...TABLE, destinations: [{ ...RS1, weight: 5 }, RS2] }],
    actual: [TABLE],
    operations: [{ op: "set-destination", id: ID, destination: { ...RS1, weight: 5 } }],
  },
  {
    name: "another scheduler, sets the service and keeps its destinations",
    desired: [{ ...TABLE, service: { ...SERVICE, scheduler: "wlc" } }],
    actual: [TABLE],
    operations: [{ op: "set-service", service: { ...SERVICE, scheduler: "wlc" } }],
  },
  {
    name: "a replaced destination, is added before the old one goes",
    desired: [{ ...TABLE, destinations: [RS2] }],
    actual: [{ ...TABLE, destinations: [RS1] }],
    operations: [
      { op: "new-destination", id: ID, destination: RS2 },
      { op: "delete-destination", id: ID, destination: RS1 },
    ],
  },
  {
    name: "an owned service that is not desired, is deleted before others are made",
    desired: [{ service: { ...SERVICE, id: OTHER }, destinations: [] }],
    actual: [TABLE],
    owned: [serviceKey(ID)],
    operations: [
      { op: "delete-service", id: ID },
      { op: "new-service", service: { ...SERVICE, id: OTHER } },
    ],
  },
  {
    name: "a foreign service, is left alone",
    desired: [],
    actual: [TABLE],
    operations: [],
  },
  {
    name: "netmask and timeout without persistence, do not count",
    desired: [TABLE],
    actual: [{ ...TABLE, service: { ...SERVICE, netmask: 24, timeout: 300 } }],
    operations: [],
  },
  {
    name: "netmask with persistence, counts",
    desired: [persistent(24)],
    actual: [persistent(32)],
    operations: [{ op: "set-service", service: persistent(24).service }],
  },
  {
    name: "ports and flags of an ipip tunnel, do not count",
    desired: [tunnel({ method: "tunnel", tunnelType: 0, port: 0, flags: 0 })],
    actual: [tunnel({ method: "tunnel", tunnelType: 0, port: 9, flags: 1 })],
    operations: [],
  },
  {
    name: "the port of a gue tunnel, counts",
    desired: [tunnel({ method: "tunnel", tunnelType: 1, port: 6080, flags: 0 })],
    actual: [tunnel({ method: "tunnel", tunnelType: 1, port: 6081, flags: 0 })],
    operations: [{
      op: "set-destination",
      id: ID,
      destination: {
        ...RS1,
        forwarding: { method: "tunnel", tunnelType: 1, port: 6080, flags: 0 },
      },
    }],
  },
];

function persistent(netmask: number): ServiceTable {
  return {
    ...TABLE,
    service: { ...SERVICE, flags: SERVICE_FLAG.persistent, timeout: 50, netmask },
  };
}

function tunnel(forwarding: Forwarding): ServiceTable {
  return { ...TABLE, destinations: [{ ...RS1, forwarding }] };
}

for (const { name, desired, actual, owned, operations } of CASES) {
  Deno.test(`diffServices() ${name}`, () => {
    assert.deepEqual(diffServices(desired, ipvsTable(actual), new Set(owned)), operations);
  });
}

const id = fc.constantFrom<ServiceId>(ID, OTHER, { ...ID, protocol: "udp" }, { ...ID, port: 0 });
const forwarding = fc.constantFrom<Forwarding>(
  { method: "nat" },
  { method: "dr" },
  { method: "tunnel", tunnelType: 0, port: 3, flags: 1 },
  { method: "tunnel", tunnelType: 1, port: 6080, flags: 1 },
  { method: "tunnel", tunnelType: 2, port: 0, flags: 1 },
);
const destination: fc.Arbitrary<Destination> = fc.record({
  address: fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3"),
  port: fc.constantFrom(0, 80),
  forwarding,
  weight: fc.nat(2),
  upperThreshold: fc.nat(1),
  lowerThreshold: fc.nat(1),
});
const table: fc.Arbitrary<ServiceTable> = fc.record({
  service: fc.record({
    id,
    scheduler: fc.constantFrom("rr", "wlc"),
    flags: fc.constantFrom(0, 1, 4, 9),
    timeout: fc.constantFrom(0, 50),
    netmask: fc.constantFrom(24, 32),
  }),
  destinations: fc.uniqueArray(destination, { selector: destinationKey, maxLength: 5 }),
});
const tables = fc.uniqueArray(table, {
  selector: ({ service }) => serviceKey(service.id),
  maxLength: 4,
});
const ownedKeys = tables.map((some) => new Set(some.map(({ service }) => serviceKey(service.id))));

/** Whether the kernel's `found` is `want`, in any order of destinations. */
function assertSameTable(want: ServiceTable, found: ServiceTable | undefined): void {
  assert.ok(found !== undefined && sameService(want.service, found.service));
  const left = new Map(found.destinations.map((one) => [destinationKey(one), one]));
  for (const one of want.destinations) {
    const same = left.get(destinationKey(one));
    assert.ok(same !== undefined && sameDestination(one, same));
    left.delete(destinationKey(one));
  }
  assert.equal(left.size, 0);
}

/** The table as a dump. */
function serviceTables(table: IpvsTable): readonly ServiceTable[] {
  return sortedValues(table).map(({ service, destinations }) => ({
    service,
    destinations: sortedValues(destinations),
  }));
}

/** What a table has of a service. */
function found(table: IpvsTable, { service }: ServiceTable): ServiceTable | undefined {
  const key = serviceKey(service.id);
  return serviceTables(table).find((each) => serviceKey(each.service.id) === key);
}

Deno.test("diffServices() applied, leaves what is desired, and of the rest what is not owned", () => {
  fc.assert(fc.property(tables, tables, ownedKeys, (desired, some, owned) => {
    const actual = ipvsTable(some);
    const after = withOperations(actual, diffServices(desired, actual, owned));
    for (const want of desired) assertSameTable(want, found(after, want));
    const foreign = some.filter(({ service }) =>
      !owned.has(serviceKey(service.id)) &&
      !desired.some((want) => serviceKey(want.service.id) === serviceKey(service.id))
    );
    for (const one of foreign) {
      const key = serviceKey(one.service.id);
      assert.equal(valueOf(after, key), valueOf(actual, key));
    }
    assert.equal(sizeOf(after), desired.length + foreign.length);
  }));
});

Deno.test("diffServices() after it was applied, is empty, and applied again changes nothing", () => {
  fc.assert(fc.property(tables, tables, ownedKeys, (desired, some, owned) => {
    const actual = ipvsTable(some);
    const operations = diffServices(desired, actual, owned);
    const once = withOperations(actual, operations);
    assert.deepEqual(diffServices(desired, once, owned), []);
    const twice = withOperations(once, operations);
    for (const one of serviceTables(once)) assertSameTable(one, found(twice, one));
    assert.equal(sizeOf(twice), sizeOf(once));
  }));
});

Deno.test("diffServices() of a table with itself, is empty", () => {
  fc.assert(fc.property(tables, ownedKeys, (some, owned) => {
    assert.deepEqual(diffServices(some, ipvsTable(some), owned), []);
    assert.deepEqual(diffServices(some, ipvsTable(structuredClone(some)), owned), []);
  }));
});

Deno.test("diffTables() and diffDestinations() of every part, lead where diffServices() leads", () => {
  fc.assert(fc.property(tables, tables, (desired, some) => {
    const actual = ipvsTable(some);
    const there = desired.filter((want) => found(actual, want) !== undefined);
    const wishes = there.flatMap((want) => {
      const wanted = new Set(want.destinations.map(destinationKey));
      const gone = (found(actual, want)?.destinations ?? [])
        .filter((one) => !wanted.has(destinationKey(one)));
      return [
        ...want.destinations.map((destination) => ({ destination, wanted: true })),
        ...gone.map((destination) => ({ destination, wanted: false })),
      ].map((one) => ({ ...one, service: want.service.id }));
    });
    const bit = withOperations(actual, diffDestinations(wishes, actual));
    for (const want of there) {
      const service = found(actual, want)?.service ?? want.service;
      assertSameTable({ ...want, service }, found(bit, want));
    }
    const whole = withOperations(bit, diffTables(desired, bit));
    assert.deepEqual(diffServices(desired, whole, new Set()), []);
  }));
});

Deno.test("diffDestinations() adds before it deletes, and knows what is right", () => {
  const wishes = [
    { service: ID, destination: RS1, wanted: false },
    { service: ID, destination: RS2, wanted: true },
    { service: ID, destination: { ...RS1, port: 81 }, wanted: true },
    { service: ID, destination: { ...RS1, port: 82 }, wanted: false },
  ];
  assert.deepEqual(diffDestinations(wishes, ipvsTable([TABLE])), [
    { op: "new-destination", id: ID, destination: { ...RS1, port: 81 } },
    { op: "delete-destination", id: ID, destination: RS1 },
  ]);
});

Deno.test("withServices() of what is there, is the table before; of others, shares what is the same", () => {
  fc.assert(fc.property(tables, tables, (some, others) => {
    const before = ipvsTable(some);
    assert.equal(withServices(before, structuredClone(some)), before);
    const after = withServices(before, others);
    const keys = [...some, ...others].map(({ service }) => serviceKey(service.id));
    assert.equal(sizeOf(after), new Set(keys).size);
    for (const one of others) {
      assertSameTable(one, found(after, one));
      const was = found(before, one);
      const key = serviceKey(one.service.id);
      if (JSON.stringify(was) === JSON.stringify(found(after, one))) {
        assert.equal(valueOf(after, key), valueOf(before, key));
      }
    }
  }));
});

Deno.test("diffServices() never makes a destination before its service", () => {
  fc.assert(fc.property(tables, tables, ownedKeys, (desired, actual, owned) => {
    const there = new Set(actual.map(({ service }) => serviceKey(service.id)));
    for (const operation of diffServices(desired, ipvsTable(actual), owned)) {
      if (operation.op === "new-service") there.add(serviceKey(operation.service.id));
      else if (operation.op === "delete-service") there.delete(serviceKey(operation.id));
      else if (operation.op !== "set-service" && operation.op !== "flush") {
        assert.ok(there.has(serviceKey(operation.id)));
      }
    }
  }));
});
