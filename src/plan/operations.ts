/** What the drivers are ordered, for people and programs: operations with the names and values before them. */

import {
  type Address,
  addressKey,
  addressOf,
  type Destination,
  destinationKey,
  EMPTY_TABLE,
  type IpvsOperation,
  type IpvsTable,
  type KernelOperation,
  type Service,
  SERVICE_FLAG,
  type ServiceId,
  serviceKey,
  type Thing,
  thingKey,
  thingText,
  withOperations,
} from "../kernel/mod.ts";
import type { ConnectionTable } from "./connections.ts";
import { unreachable } from "../net/unreachable.ts";
import { sizeOf, sortedEntries, sortedValues, valueOf } from "../persistent/mod.ts";
import type { WorldEffect } from "../world/mod.ts";
import { placeName, serviceName } from "./names.ts";
import type { Connections, FieldChange, Operation, Subject } from "./plan.ts";
import { ran } from "./steps.ts";

/** What was before the first of the effects. */
export interface Known {
  /** Absent: not known. */
  readonly table?: IpvsTable;
  /** How many connections each server has; absent: not known. */
  readonly connections?: ConnectionTable;
  /** Name of an interface. */
  readonly interfaceName: (ifindex: number) => string;
}

/** The operations among some effects, in order, an effect at a time. Of one thing that is deleted and added, one operation. */
export function* operationSteps(
  effects: readonly WorldEffect[],
  known: Known,
): Generator<void, readonly Operation[]> {
  const found: Tagged[] = [];
  let table = known.table ?? EMPTY_TABLE;
  for (const effect of effects) {
    if (effect.kind === "address-apply") {
      for (const { op, address } of effect.operations) found.push(ofAddress(op, address, known));
    } else if (effect.kind === "kernel-apply") {
      for (const operation of effect.operations) found.push(ofThing(operation));
    } else if (effect.kind === "ipvs-apply") {
      for (const operation of effect.operations) found.push(ofIpvs(operation, table, known));
      table = withOperations(table, effect.operations);
    } else continue;
    yield;
  }
  return joined(found);
}

/** All of them at once. */
export function operationsIn(effects: readonly WorldEffect[], known: Known): readonly Operation[] {
  return ran(operationSteps(effects, known));
}

/** An operation, and what it is about: operations on one thing are one. */
interface Tagged {
  readonly key: string;
  /** The thing wherever it is, if it may move. */
  readonly wherever?: string;
  readonly operation: Operation;
}

/** A deletion and an addition of the same become one, where the addition stands. */
function joined(found: readonly Tagged[]): readonly Operation[] {
  const deleted = new Map<string, number>();
  const out: (Operation | undefined)[] = [];
  for (const { key, wherever, operation } of found) {
    if (operation.op === "delete") {
      deleted.set(key, out.length);
      if (wherever !== undefined && !deleted.has(wherever)) deleted.set(wherever, out.length);
    }
    const before = operation.op !== "add"
      ? undefined
      : deleted.get(key) ?? (wherever === undefined ? undefined : deleted.get(wherever));
    const gone = before === undefined ? undefined : out[before];
    if (before === undefined || gone === undefined) {
      out.push(operation);
      continue;
    }
    out[before] = undefined;
    const moved = gone.of !== operation.of && gone.of !== undefined;
    const { connections, servers } = gone;
    out.push({
      ...operation,
      op: moved ? "move" : "recreate",
      ...(moved && { from: gone.of }),
      ...(connections !== undefined && { connections }),
      ...(servers !== undefined && { servers }),
    });
  }
  return out.filter((each) => each !== undefined);
}

function ofAddress(op: "add" | "delete", address: Address, { interfaceName }: Known): Tagged {
  const name = addressOf(address);
  const { label } = address;
  return {
    key: `address ${addressKey(address)}`,
    wherever: `address ${name}`,
    operation: {
      subject: "address",
      op,
      name,
      of: interfaceName(address.ifindex),
      fields: op === "add" && label !== undefined ? [{ field: "label", to: label }] : [],
    },
  };
}

const SUBJECTS: { readonly [K in Thing["kind"]]: Subject } = {
  route: "route",
  rule: "rule",
  nft: "nftables",
  sysctl: "sysctl",
  "own-link": "link",
  "sync-daemon": "sync-daemon",
  "ipvs-timeouts": "ipvs-timeouts",
};

function ofThing(operation: KernelOperation): Tagged {
  const subject = SUBJECTS[operation.kind];
  const text = thingText(operation);
  const prefix = `${subject} `;
  const name = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  return { key: thingKey(operation), operation: { subject, op: operation.op, name, fields: [] } };
}

function ofIpvs(operation: IpvsOperation, table: IpvsTable, { connections }: Known): Tagged {
  switch (operation.op) {
    case "flush": {
      const all = sortedValues(table).reduce(
        (sum, { destinations }) => sum + sizeOf(destinations),
        0,
      );
      const open = sortedValues(table).map(({ service }) =>
        ofService(service.id, table, connections)
      );
      return {
        key: "flush",
        operation: {
          subject: "service",
          op: "flush",
          name: "all services",
          fields: [],
          servers: all,
          ...total(open),
        },
      };
    }
    case "new-service":
    case "set-service": {
      const { service } = operation;
      const before = valueOf(table, serviceKey(service.id))?.service;
      return {
        key: `service ${serviceKey(service.id)}`,
        operation: {
          subject: "service",
          op: before === undefined ? "add" : "change",
          name: serviceName(service.id),
          fields: between(before && serviceFields(before), serviceFields(service)),
        },
      };
    }
    case "delete-service": {
      const { id } = operation;
      const entry = valueOf(table, serviceKey(id));
      return {
        key: `service ${serviceKey(id)}`,
        operation: {
          subject: "service",
          op: "delete",
          name: serviceName(id),
          fields: [],
          servers: entry === undefined ? 0 : sizeOf(entry.destinations),
          ...total([ofService(id, table, connections)]),
        },
      };
    }
    case "new-destination":
    case "set-destination":
    case "delete-destination":
      return ofDestination(operation, table, connections);
    default:
      return unreachable(operation);
  }
}

function ofDestination(
  { op, id, destination }: Extract<IpvsOperation, { readonly destination: Destination }>,
  table: IpvsTable,
  connections: ConnectionTable | undefined,
): Tagged {
  const entry = valueOf(table, serviceKey(id));
  const before = entry && valueOf(entry.destinations, destinationKey(destination));
  const of = serviceName(id);
  const name = placeName(destination.address, destination.port);
  const key = `server ${serviceKey(id)} ${destinationKey(destination)}`;
  if (op === "delete-destination") {
    const open = connections?.get(serviceKey(id))?.get(destinationKey(destination)) ?? NONE;
    return {
      key,
      operation: {
        subject: "server",
        op: "delete",
        name,
        of,
        fields: [],
        ...total([connections && open]),
      },
    };
  }
  return {
    key,
    operation: {
      subject: "server",
      op: before === undefined ? "add" : "change",
      name,
      of,
      fields: between(before && destinationFields(before), destinationFields(destination)),
    },
  };
}

const NONE: Connections = { active: 0, inactive: 0 };

/** Connections of all servers of a service; `undefined` when they are not known. */
function ofService(
  id: ServiceId,
  table: IpvsTable,
  connections: ConnectionTable | undefined,
): Connections | undefined {
  if (connections === undefined) return undefined;
  const servers = connections.get(serviceKey(id));
  const entry = valueOf(table, serviceKey(id));
  if (servers === undefined || entry === undefined) return NONE;
  return sortedEntries(entry.destinations).map(([key]) => servers.get(key) ?? NONE).reduce(
    sum,
    NONE,
  );
}

function total(
  all: readonly (Connections | undefined)[],
): { readonly connections?: Connections } {
  const known = all.filter((each) => each !== undefined);
  return known.length < all.length ? {} : { connections: known.reduce(sum, NONE) };
}

function sum(a: Connections, b: Connections): Connections {
  return { active: a.active + b.active, inactive: a.inactive + b.inactive };
}

/** Names of values as `ipvsadm` says them. */
type Fields = Readonly<Record<string, string>>;

function between(before: Fields | undefined, after: Fields): readonly FieldChange[] {
  if (before === undefined) return Object.entries(after).map(([field, to]) => ({ field, to }));
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap((field) => {
    const [from, to] = [before[field], after[field]];
    if (from === to) return [];
    return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
  });
}

function serviceFields(
  { scheduler, flags, timeout, netmask, persistenceEngine, id }: Service,
): Fields {
  const names = Object.entries(SERVICE_FLAG).filter(([name, bit]) =>
    name !== "persistent" && (flags & bit) !== 0
  ).map(([name]) => FLAG_NAMES[name] ?? name);
  const persistent = (flags & SERVICE_FLAG.persistent) !== 0;
  const whole = id.kind === "address" && id.address.includes(":") ||
      id.kind === "fwmark" && id.family === "inet6"
    ? 128
    : 32;
  return {
    scheduler,
    ...(names.length > 0 && { flags: names.join(", ") }),
    ...(persistent && { persistence: `${timeout} s` }),
    ...(persistent && netmask !== whole && { granularity: `/${netmask}` }),
    ...(persistenceEngine !== undefined && { "persistence engine": persistenceEngine }),
  };
}

const FLAG_NAMES: Readonly<Record<string, string>> = {
  onePacket: "ops",
  schedulerFlag1: "flag-1",
  schedulerFlag2: "flag-2",
  schedulerFlag3: "flag-3",
};

function destinationFields(
  { forwarding, weight, upperThreshold, lowerThreshold }: Destination,
): Fields {
  return {
    forwarding: forwardingName(forwarding),
    weight: `${weight}`,
    ...(upperThreshold > 0 && { "upper threshold": `${upperThreshold}` }),
    ...(lowerThreshold > 0 && { "lower threshold": `${lowerThreshold}` }),
  };
}

function forwardingName(forwarding: Destination["forwarding"]): string {
  if (forwarding.method !== "tunnel") return forwarding.method;
  const type = ["ipip", "gue", "gre"][forwarding.tunnelType] ?? `${forwarding.tunnelType}`;
  return `tunnel ${type}${forwarding.port > 0 ? ` port ${forwarding.port}` : ""}`;
}
