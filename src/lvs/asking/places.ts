/**
 * Numbers of checkers and inquiries being given out: at the start and in a reload. Changed in place, inside one call.
 */

import { type Checker, newChecker } from "../../check/checker/checker.ts";
import type { CheckerConfig } from "../../check/config.ts";
import { isProbed, probeOf } from "../../check/checker/kind.ts";
import { sameValue } from "../../net/equal.ts";
import type { CheckerSlot, Inquiry, Position } from "./inquiry.ts";

/** A checker that may get more users. */
interface Growing extends CheckerSlot {
  readonly users: Position[];
}

/** The numbers. */
export interface Places {
  readonly checkers: (Growing | undefined)[];
  readonly inquiries: (Inquiry | undefined)[];
  /** Numbers that are free, to be taken from the end. */
  readonly free: { readonly checkers: number[]; readonly inquiries: number[] };
  /** Servers that were given to a checker they did not have, in order. */
  readonly begun: { readonly checker: number; readonly at: Position }[];
  /** Inquiries whose members are others than before. */
  readonly changed: Set<number>;
  /** Numbers of inquiries by {@linkcode hintOf}; made when first somebody asks. */
  index?: Map<string, number[]>;
}

/** Numbers that are free. */
export interface Free {
  readonly checkers: readonly number[];
  readonly inquiries: readonly number[];
}

/** Places to begin with. */
export function noPlaces(): Places {
  return {
    checkers: [],
    inquiries: [],
    free: { checkers: [], inquiries: [] },
    begun: [],
    changed: new Set(),
  };
}

/** Places of which none has a user yet: those that are kept get theirs by {@linkcode keep}. */
export function placesAgain(
  checkers: readonly (CheckerSlot | undefined)[],
  inquiries: readonly (Inquiry | undefined)[],
  free: Free,
): Places {
  return {
    checkers: checkers.map((slot) => slot && { ...slot, users: [] }),
    inquiries: [...inquiries],
    free: { checkers: [...free.checkers], inquiries: [...free.inquiries] },
    begun: [],
    changed: new Set(),
  };
}

/** A server goes on with a checker it had. */
export function keep(places: Places, checker: number, at: Position): void {
  places.checkers[checker]?.users.push(at);
}

/** What a server wants of a checker. */
export interface Wanted {
  readonly at: Position;
  readonly waitsFor: string;
  /** What the server counts as until the first verdict, as in {@linkcode newChecker}. */
  readonly up: boolean;
  readonly patient: boolean;
}

/**
 * Gives a server the number of a checker: one that is there, if it is told just the same and knows something or begins in the same
 * way, else a new one, which hears the answers of an inquiry that is there if it would ask the same.
 */
export function join(places: Places, config: CheckerConfig, wanted: Wanted): number {
  const order = config.kind === "file" ? undefined : inquiryFor(places, config, wanted.waitsFor);
  const known = order === undefined ? undefined : memberLike(places, order, config, wanted);
  const number = known ?? newNumber(places, config, order, wanted);
  keep(places, number, wanted.at);
  places.begun.push({ checker: number, at: wanted.at });
  return number;
}

function newNumber(
  places: Places,
  config: CheckerConfig,
  order: number | undefined,
  { up, patient }: Wanted,
): number {
  const number = places.free.checkers.pop() ?? places.checkers.length;
  const checker = newChecker(config, { up, patient });
  places.checkers[number] = order === undefined
    ? { checker, users: [] }
    : { checker, order, users: [] };
  const inquiry = order === undefined ? undefined : places.inquiries[order];
  if (order === undefined || inquiry === undefined) return number;
  places.inquiries[order] = { ...inquiry, members: [...inquiry.members, number] };
  places.changed.add(order);
  return number;
}

/** A member of an inquiry that a server may share. */
function memberLike(
  { checkers, inquiries }: Places,
  order: number,
  config: CheckerConfig,
  { up, patient }: Wanted,
): number | undefined {
  return inquiries[order]?.members.find((number) => {
    const checker = checkers[number]?.checker;
    if (checker === undefined || !sameValue(checker.config, config)) return false;
    const { phase } = checker;
    return phase.kind !== "first" || (phase.up === up && phase.patient === patient);
  });
}

/** The inquiry that asks what this checker would, or a new one. */
function inquiryFor(places: Places, config: CheckerConfig, waitsFor: string): number {
  const index = places.index ??= indexOf(places);
  const hint = hintOf(config, waitsFor);
  const likely = index.get(hint);
  const found = likely?.find((order) => {
    const member = places.inquiries[order]?.members[0];
    const other = member === undefined ? undefined : places.checkers[member]?.checker;
    return other !== undefined && asksTheSame(other, config);
  });
  if (found !== undefined) return found;
  const order = places.free.inquiries.pop() ?? places.inquiries.length;
  places.inquiries[order] = { seq: 0, members: [], waitsFor };
  if (likely === undefined) index.set(hint, [order]);
  else likely.push(order);
  return order;
}

function indexOf({ checkers, inquiries }: Places): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (const [order, inquiry] of inquiries.entries()) {
    const member = inquiry?.members[0];
    const slot = member === undefined ? undefined : checkers[member];
    if (inquiry === undefined || slot === undefined) continue;
    const hint = hintOf(slot.checker.config, inquiry.waitsFor);
    const known = index.get(hint);
    if (known === undefined) index.set(hint, [order]);
    else known.push(order);
  }
  return index;
}

/** A short text that is the same for all that ask the same, and mostly for no others. */
function hintOf(config: CheckerConfig, waitsFor: string): string {
  const { kind, timing: { delayLoop } } = config;
  if (config.kind === "misc") return `misc ${delayLoop} ${config.command.argv.join(" ")}`;
  if (config.kind === "file") return "file";
  const { address, port } = config.connect;
  const more = config.kind === "http"
    ? `${config.urls[0]?.path} ${config.urls[0]?.virtualhost}`
    : config.kind === "dns"
    ? config.name
    : "";
  return `${kind} ${delayLoop} ${address} ${port} ${more} ${waitsFor}`;
}

/** Whether two checkers ask one endpoint one thing at one interval. */
function asksTheSame({ config: a }: Checker, b: CheckerConfig): boolean {
  if (a === b) return true;
  if (a.timing.delayLoop !== b.timing.delayLoop || a.timing.jitter !== b.timing.jitter) {
    return false;
  }
  if (a.kind === "misc" || b.kind === "misc") {
    return a.kind === "misc" && b.kind === "misc" && a.timeout === b.timeout &&
      sameValue(a.command, b.command);
  }
  return a.kind === b.kind && isProbed(a) && isProbed(b) && sameValue(probeOf(a), probeOf(b));
}

/** An inquiry that nobody hears any more. */
export interface EndedInquiry {
  readonly order: number;
  readonly inquiry: Inquiry;
  /** The last that heard it. */
  readonly checker: Checker;
}

/** Gives up what has no users any more: numbers of checkers, and of inquiries that nobody hears. */
export function giveUpUnused(places: Places): readonly EndedInquiry[] {
  const ended: EndedInquiry[] = [];
  for (const [number, slot] of places.checkers.entries()) {
    if (slot === undefined || slot.users.length > 0) continue;
    places.checkers[number] = undefined;
    places.free.checkers.push(number);
    const { order, checker } = slot;
    const inquiry = order === undefined ? undefined : places.inquiries[order];
    if (order === undefined || inquiry === undefined) continue;
    if (inquiry.members.length > 1) {
      places.inquiries[order] = withoutMember(inquiry, number);
      places.changed.add(order);
      continue;
    }
    ended.push({ order, inquiry, checker });
    places.inquiries[order] = undefined;
    places.free.inquiries.push(order);
    places.changed.delete(order);
  }
  return ended;
}

function withoutMember({ shared, ...inquiry }: Inquiry, number: number): Inquiry {
  const at = inquiry.members.indexOf(number);
  const wants = shared?.wants.toSpliced(at, 1);
  return {
    ...inquiry,
    members: inquiry.members.toSpliced(at, 1),
    ...(shared && wants && { shared: { ...shared, wants } }),
  };
}
