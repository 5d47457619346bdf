/** What the record of a run has to satisfy: no two holders for long, and own addresses that only a step removes. */

import type { Advert } from "../../lab/capture.ts";
import type { Change } from "../../lab/timeline.ts";

/** From and until, in ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is left of a span outside all of `excused`. */
export function outside(span: Span, excused: readonly Span[]): readonly Span[] {
  let left: readonly Span[] = [span];
  for (const { from, to } of excused) {
    left = left.flatMap((one) => [
      { from: one.from, to: Math.min(one.to, from) },
      { from: Math.max(one.from, to), to: one.to },
    ]).filter((one) => one.to > one.from);
  }
  return left;
}

/** When more than one host had the address, given all its changes in time; `end` closes the last span. */
export function shared(changes: readonly Change[], end: number): readonly Span[] {
  const owners = new Set<string>();
  const spans: Span[] = [];
  let since: number | undefined;
  for (const { at, host, kind } of changes) {
    if (kind === "added") owners.add(host);
    else owners.delete(host);
    if (owners.size > 1) since ??= at;
    else if (since !== undefined) {
      spans.push({ from: since, to: at });
      since = undefined;
    }
  }
  return since === undefined ? spans : [...spans, { from: since, to: end }];
}

/** When no host had the address, from the first time one had it. */
export function vacant(changes: readonly Change[], end: number): readonly Span[] {
  const owners = new Set<string>();
  const spans: Span[] = [];
  let since: number | undefined;
  for (const { at, host, kind } of changes) {
    if (kind === "added") owners.add(host);
    else owners.delete(host);
    if (owners.size === 0) since ??= at;
    else if (since !== undefined) {
      spans.push({ from: since, to: at });
      since = undefined;
    }
  }
  return since === undefined ? spans : [...spans, { from: since, to: end }];
}

/**
 * When two sources advertised side by side: each advert that comes less than `gap` ms after one of another
 * source prolongs the span. A farewell (priority 0) is no claim.
 */
export function rivalry(adverts: readonly Advert[], gap: number): readonly Span[] {
  const last = new Map<string, number>();
  const spans: Span[] = [];
  for (const { at, source, priority } of adverts) {
    if (priority === 0) {
      last.delete(source);
      continue;
    }
    last.set(source, at);
    const others = [...last].filter(([other, when]) => other !== source && at - when < gap);
    if (others.length === 0) continue;
    const open = spans.at(-1);
    if (open !== undefined && at - open.to < gap) spans.splice(-1, 1, { from: open.from, to: at });
    else spans.push({ from: at, to: at });
  }
  return spans;
}

/** The longest of some spans outside what is excused. */
export function worst(spans: readonly Span[], excused: readonly Span[]): Span {
  return spans.flatMap((span) => outside(span, excused))
    .reduce((a, b) => b.to - b.from > a.to - a.from ? b : a, { from: 0, to: 0 });
}
