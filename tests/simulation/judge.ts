/**
 * What must be true of a run. In quiet: after the longest time an election takes, one node holds the address of a virtual router and is
 * its master. Always: who runs undisturbed never sees nobody hold it for longer than that.
 */

import { type Micros, MILLISECOND } from "../../src/net/mod.ts";
import type { Holding } from "../../src/sim/mod.ts";
import { longestDown, type Router } from "./law.ts";
import { type Conditions, type Played, SLOWEST } from "./play.ts";
import { DRIFT, LONGEST_WAY } from "./story.ts";

/** Something that must not be. */
export interface Fault {
  readonly router: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly what: string;
}

/** What a packet in fair weather, the turns of both loops and their kernels take. */
const SLACK: Micros = 4 * SLOWEST + MILLISECOND;

/** All faults of a run that ended at `ends`, by time. */
export function judge(run: Played, ends: Micros): readonly Fault[] {
  const faults: Fault[] = [];
  const names = Object.keys(run.holdings);
  for (const name of names) {
    const spans = spansOf(run, name, ends);
    faults.push(...vacancies(spans, name), ...disagreements(spans, name));
  }
  faults.push(...mistaken(run));
  return faults.toSorted((a, b) => a.from - b.from);
}

/** A stretch in which neither conditions nor holders change. */
interface Span {
  readonly from: Micros;
  readonly to: Micros;
  readonly conditions: Conditions;
  readonly router: Router | undefined;
  readonly holders: readonly string[];
  /** Since when nothing disturbs; absent: something does. */
  readonly quietSince?: Micros;
}

function spansOf(run: Played, name: string, ends: Micros): readonly Span[] {
  const holdings: readonly Holding[] = run.holdings[name] ?? [];
  const moments = [
    ...new Set([...run.conditions, ...holdings].map(({ since }) => since)),
  ].toSorted((a, b) => a - b);
  let [condition, holding] = [0, 0];
  let quietSince: Micros | undefined;
  let before: Conditions | undefined;
  return moments.flatMap((from, index): Span[] => {
    while ((run.conditions[condition + 1]?.since ?? Infinity) <= from) condition += 1;
    while ((holdings[holding + 1]?.since ?? Infinity) <= from) holding += 1;
    const conditions = run.conditions[condition];
    if (conditions === undefined) return [];
    const router = conditions.law.routers.find((each) => each.name === name);
    if (conditions !== before) quietSince = isQuiet(conditions) ? conditions.since : undefined;
    before = conditions;
    const to = moments[index + 1] ?? ends;
    if (from >= ends) return [];
    return [{
      from,
      to: Math.min(to, ends),
      conditions,
      router,
      holders: holdings[holding]?.hosts ?? [],
      ...(quietSince !== undefined && { quietSince }),
    }];
  });
}

/** Who is away holds nothing; who stands still holds what it held. */
function isQuiet({ fair, nodes }: Conditions): boolean {
  return fair && Object.values(nodes).every(({ still }) => !still);
}

/** Nodes that ought to take part, and since when they do. */
function fit(
  { law, nodes, readSince }: Conditions,
  router: Router,
): ReadonlyMap<string, Micros> {
  if (readSince === undefined) return new Map();
  const segments = router.group === undefined
    ? [router.segment]
    : law.routers.filter(({ group }) => group === router.group).map(({ segment }) => segment);
  return new Map(
    Object.entries(nodes).flatMap(([name, { soundSince, linksDown }]) =>
      soundSince === undefined || segments.some((each) => linksDown.includes(each))
        ? []
        : [[name, Math.max(soundSince, readSince)] as const]
    ),
  );
}

/** The longest an election takes; a group waits for the slowest of its members. */
function boundOf(router: Router, { law, lawBefore }: Conditions): Micros {
  const together = law.routers.filter(({ name, group }) =>
    name === router.name || (group !== undefined && group === router.group)
  );
  const names = new Set(together.map(({ name }) => name));
  const learned = lawBefore.routers.filter(({ name }) => names.has(name));
  const down = Math.max(...[...together, ...learned].map(longestDown));
  return Math.ceil(down * (1 + 2 * DRIFT)) + SLACK + 2 * LONGEST_WAY;
}

/** Nobody on the side of a node that takes part holds it, for too long. */
function vacancies(spans: readonly Span[], name: string): readonly Fault[] {
  const since = new Map<string, Micros>();
  const told = new Set<string>();
  const faults: Fault[] = [];
  for (const { from, to, conditions, router, holders } of spans) {
    const candidates = router === undefined ? new Map<string, Micros>() : fit(conditions, router);
    for (const node of Object.keys(conditions.nodes)) {
      const sound = candidates.get(node);
      const side = conditions.sides?.find((each) => each.includes(node));
      const served = holders.some((each) => side === undefined || side.includes(each));
      if (router === undefined || sound === undefined || served) {
        since.delete(node);
        told.delete(node);
        continue;
      }
      const begun = Math.max(since.get(node) ?? from, sound);
      since.set(node, begun);
      if (to - begun <= boundOf(router, conditions) || told.has(node)) continue;
      told.add(node);
      const what = `nobody holds it for ${ms(to - begun)} ms, with ${node} undisturbed`;
      faults.push({ router: name, from: begun, to, what });
    }
  }
  return faults;
}

/** Several hold it in quiet after the time of an election, for longer than a change of master takes. */
function disagreements(spans: readonly Span[], name: string): readonly Fault[] {
  const faults: Fault[] = [];
  for (const { from, to, conditions, router, holders, quietSince } of spans) {
    if (quietSince === undefined) continue;
    if (router === undefined) {
      if (holders.length === 0 || to <= quietSince + SLACK) continue;
      const what = `${holders.join(" and ")} holds it, and no configuration has it`;
      faults.push({ router: name, from, to, what });
      continue;
    }
    const settled = quietSince + boundOf(router, conditions);
    const begun = Math.max(from, settled);
    if (to <= begun) continue;
    const able = fit(conditions, router);
    const astray = holders.filter((each) => !able.has(each));
    if (holders.length > 1 && to - begun > SLACK) {
      const what = `${holders.join(" and ")} hold it for ${ms(to - begun)} ms`;
      faults.push({ router: name, from: begun, to, what });
    } else if (astray.length > 0) {
      faults.push({ router: name, from: begun, to, what: `${astray.join()} holds it, and cannot` });
    } else if (able.size > 0 && holders.length === 0 && to - begun > SLACK) {
      const what = `nobody holds it for ${ms(to - begun)} ms in quiet`;
      faults.push({ router: name, from: begun, to, what });
    }
  }
  return faults;
}

/** In quiet, who holds the address is master, and nobody else takes itself for it. */
function mistaken(run: Played): readonly Fault[] {
  return run.masters.flatMap(({ at, of }) => {
    const conditions = run.conditions.findLast(({ since }) => since < at);
    if (conditions === undefined || !isQuiet(conditions)) return [];
    return conditions.law.routers.flatMap((router): Fault[] => {
      const { name } = router;
      const quiet = conditions.since + boundOf(router, conditions);
      const last = run.holdings[name]?.findLast(({ since }) => since < at);
      if (last === undefined || at - Math.max(quiet, last.since) <= SLACK) return [];
      const masters = of[name] ?? [];
      if (masters.join() === last.hosts.join()) return [];
      const what = `${masters.join(" and ") || "nobody"} is master, ${
        last.hosts.join(" and ") || "nobody"
      } holds it`;
      return [{ router: name, from: at, to: at, what }];
    });
  });
}

function ms(time: Micros): number {
  return Math.round(time / MILLISECOND);
}
