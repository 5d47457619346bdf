/**
 * What was asked of the kernel since the world was last settled: where its tables may have to change, and the effects that come
 * behind that. Many events of one drain so lead to one comparison of what they changed.
 */

import type { ServerChange } from "../lvs/part/effect.ts";
import type { AddressPlace } from "../vrrp/effect.ts";
import { appended, type List } from "../persistent/mod.ts";
import type { ProbeOrder, WorldEffect } from "./effect.ts";
import { type ServicesTodo, withTodo } from "./kernel/services_todo.ts";

/** What is to be looked at, and what waits for it. */
export interface Unsettled {
  /** Where the addresses may have to change. */
  readonly addresses: "all" | List<AddressPlace>;
  /** Keys of other things of the kernel that may have to change. */
  readonly things: "all" | List<string>;
  /** Addresses that went, with which the kernel drops routes without a word. */
  readonly lost: List<AddressPlace>;
  /** Orders to probe. */
  readonly probes: List<ProbeOrder>;
  /** Where the IPVS table may have to change. */
  readonly services: ServicesTodo;
  /** Gratuitous ARP that comes behind the addresses. */
  readonly behindAddresses: List<WorldEffect>;
  /** Scripts to be started behind the gratuitous ARP. */
  readonly tellOfAddresses: List<WorldEffect>;
  /** Scripts to be started behind the services. */
  readonly tellOfServices: List<WorldEffect>;
}

/** Nothing was asked. */
export const SETTLED: Unsettled = {
  addresses: undefined,
  things: undefined,
  lost: undefined,
  probes: undefined,
  services: undefined,
  behindAddresses: undefined,
  tellOfAddresses: undefined,
  tellOfServices: undefined,
};

/** With more of the addresses to be looked at. */
export function withAddresses(
  before: Unsettled,
  changed: "all" | readonly AddressPlace[],
): Unsettled {
  return { ...before, addresses: more(before.addresses, changed) };
}

/** With more of the other things to be looked at. */
export function withThings(before: Unsettled, changed: "all" | readonly string[]): Unsettled {
  return { ...before, things: more(before.things, changed) };
}

/** With an address that went. */
export function withLost(before: Unsettled, place: AddressPlace): Unsettled {
  return { ...before, lost: appended(before.lost, place) };
}

/** With another order to probe. */
export function withProbe(before: Unsettled, order: ProbeOrder): Unsettled {
  return { ...before, probes: appended(before.probes, order) };
}

/** With more of the services to be looked at. */
export function withServices(
  before: Unsettled,
  changed: "all" | readonly ServerChange[],
): Unsettled {
  return { ...before, services: withTodo(before.services, changed) };
}

function more<T>(before: "all" | List<T>, changed: "all" | readonly T[]): "all" | List<T> {
  if (before === "all" || changed === "all") return "all";
  return changed.reduce<List<T>>(appended, before);
}

/** With an effect that comes behind the addresses. */
export function behindAddresses(before: Unsettled, effect: WorldEffect): Unsettled {
  return { ...before, behindAddresses: appended(before.behindAddresses, effect) };
}

/** With scripts that start when a table of the kernel is as it should be. */
export function withTelling(
  before: Unsettled,
  effect: WorldEffect,
  table: "addresses" | "services",
): Unsettled {
  return table === "addresses"
    ? { ...before, tellOfAddresses: appended(before.tellOfAddresses, effect) }
    : { ...before, tellOfServices: appended(before.tellOfServices, effect) };
}
