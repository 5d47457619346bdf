/**
 * Addresses that somebody else takes. The kernel tells one by one what belongs together: a flush, the end of a primary address with its
 * secondaries, an address that is there again at once. So they come to rest before anybody decides what it means: then either a master
 * puts back what it lost, or an instance is in fault because what it sends from is gone; never the one and then the other.
 */

import { type Address, addressKey, addressOf } from "../../../kernel/address.ts";
import { type Micros, MILLISECOND } from "../../../net/mod.ts";
import { remarkOn } from "../../fsm/action.ts";
import { carriedBy, linkAt } from "../../kernel_facts.ts";
import { valueOf } from "../../../persistent/mod.ts";
import { carriersOf } from "../directory.ts";
import { desiredAt } from "../wanted/desired.ts";
import type { Resting, VrrpPart } from "../part_state.ts";
import { refresh } from "./refresh.ts";
import { change, type Turn } from "../turn.ts";

/** How long what the kernel takes in one go may be under way from it. */
const TOLD: Micros = 5 * MILLISECOND;

/** How long whoever flushes an interface may take until its own address is there again. */
const FLUSHED: Micros = 100 * MILLISECOND;

const NOTHING: Resting = { at: 0, taken: new Map(), sources: new Set(), concerned: new Set() };

/** Somebody else took an address that should be there: it is not wanted before all has come to rest. */
export function restAddress(turn: Turn, address: Address): void {
  const { resting } = turn.part;
  const before = resting.get(address.ifindex);
  const { at, taken, ...rest } = before ?? { ...NOTHING, at: turn.now + TOLD };
  const more = new Map(taken).set(addressKey(address), address);
  put(turn, address.ifindex, { ...rest, at, taken: more });
}

/** Somebody else took the address that these instances send from. */
export function restSource(turn: Turn, address: Address, positions: readonly number[]): void {
  const { resting } = turn.part;
  const { ifindex, address: source } = address;
  const before = resting.get(ifindex) ?? NOTHING;
  const at = before.sources.size > 0 ? before.at : turn.now + FLUSHED;
  const sources = new Set([...before.sources, source]);
  const concerned = new Set([...before.concerned, ...positions]);
  put(turn, ifindex, { ...before, at, sources, concerned });
}

/** Somebody takes it again and again: it is not put back for a while. */
export function restsNot(turn: Turn, address: Address): void {
  const before = turn.part.resting.get(address.ifindex);
  if (before === undefined) return;
  const taken = new Map(before.taken);
  if (taken.delete(addressKey(address))) put(turn, address.ifindex, { ...before, taken });
}

/** An address came: when it is the last of those that were missed, there is nothing to wait for any more. */
export function restedBy(turn: Turn, { ifindex, address }: Address): void {
  const before = turn.part.resting.get(ifindex);
  if (before === undefined || !before.sources.has(address)) return;
  const sources = new Set(before.sources);
  sources.delete(address);
  put(turn, ifindex, { ...before, sources });
  if (sources.size === 0) rested(turn, ifindex);
}

/** Decides where addresses have come to rest by now. */
export function endResting(turn: Turn): void {
  for (const [ifindex, { at }] of turn.part.resting) if (at <= turn.now) rested(turn, ifindex);
}

/** Decides at once, wherever addresses are on the move. */
export function endAllResting(turn: Turn): void {
  for (const ifindex of turn.part.resting.keys()) rested(turn, ifindex);
}

/** When the next addresses have come to rest. */
export function nextRest({ resting }: VrrpPart): Micros | undefined {
  let next: Micros | undefined;
  for (const { at } of resting.values()) next = Math.min(next ?? at, at);
  return next;
}

/** Whether addresses of an interface are on the move; at the end nobody waits for them any more. */
export function isResting({ phase, resting }: VrrpPart, ifindex: number): boolean {
  return phase === "running" && resting.has(ifindex);
}

function put(turn: Turn, ifindex: number, rest: Resting): void {
  turn.part = { ...turn.part, resting: new Map(turn.part.resting).set(ifindex, rest) };
}

/** First who is in fault now, then what masters put back. */
function rested(turn: Turn, ifindex: number): void {
  const resting = new Map(turn.part.resting);
  const rest = resting.get(ifindex);
  if (rest === undefined) return;
  resting.delete(ifindex);
  turn.part = { ...turn.part, resting };
  refresh(turn, [...rest.concerned]);
  for (const address of rest.taken.values()) putBack(turn, address);
}

/** What should be there is put back and announced. */
function putBack(turn: Turn, address: Address): void {
  const { kernel, directory, instances } = turn.part;
  const link = linkAt(kernel, address.ifindex);
  // The kernel takes addresses from what is deleted, and those of IPv6 from what goes down.
  if (link?.up !== true) return;
  const key = addressKey(address);
  const isBack = valueOf(carriedBy(kernel, address.ifindex).all, addressOf(address)) !== undefined;
  for (const at of carriersOf(directory, link.ifname, address.address) ?? []) {
    const self = instances[at];
    if (self?.state.kind !== "master" || desiredAt(self.config, kernel).get(key) === undefined) {
      continue;
    }
    change(turn, [{ ifindex: address.ifindex, address }]);
    const { address: taken, prefixLength } = address;
    const remark = { kind: "address-taken", address: taken, prefixLength } as const;
    if (!isBack) turn.wanted.push([self, remarkOn(self, remark)]);
    const announce = { kind: "announce", repeat: self.config.garp.masterRepeat } as const;
    turn.wanted.push([self, { ...announce, only: [taken] }]);
  }
}
