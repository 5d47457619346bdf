/**
 * What events cost the reducer, by itself: no core, no kernel. Run by `deno task bench [--dry]`, which writes the section of
 * docs/BENCHMARKS.md.
 */

import { desiredServices } from "../../src/lvs/mod.ts";
import { GOOD, manyServers, REFUSED } from "../../src/lvs/part/fixtures.ts";
import { addressOn, ethernet, manyAddresses } from "../../src/vrrp/fixtures.ts";
import type { WorldEvent } from "../../src/world/mod.ts";
import { cpuTime } from "./cpu_clock.ts";
import { print, setting, writeSection } from "./document.ts";
import { answer, type Driven, expiries, fresh, outcomes, play, started } from "./driven.ts";
import { markdownTable, median, settingText } from "./report.ts";
import { worldConfig } from "../../src/world/fixtures.ts";

/** Samples of each quantity. */
const ROUNDS = 5;

const [VIRTUAL, REAL] = [5_000, 4];
const [INSTANCES, ADDRESSES] = [200, 20];
const FOREIGN = 10_000;
const DEAD = 2_000;
/** Virtual servers that are settled in one turn, and told in one piece. */
const SLICE = 200;

/** One quantity: `prepare` is not measured. */
interface Quantity<T> {
  readonly name: string;
  readonly goal?: string;
  /** Before events were settled once a turn, where something changed, and in slices. */
  readonly before?: string;
  prepare(): T;
  run(prepared: T): void;
  /** Events among which the time is divided; absent: it is told as a whole. */
  readonly each?: number;
}

function quantity<T>(one: Quantity<T>): Quantity<unknown> {
  return { ...one, run: (prepared) => one.run(prepared as T) };
}

const servers = manyServers(VIRTUAL, REAL);
const routers = manyAddresses(INSTANCES, ADDRESSES);
const every = Array.from({ length: VIRTUAL * REAL }, (_, order) => order);

/** All servers known to be good, or the reducer as it is before. */
function serving(): Driven {
  const driven = started({ lvs: servers });
  play(driven, outcomes(driven, every, GOOD));
  answer(driven);
  return driven;
}

/** A start that has asked for the IPVS table. */
function asking(): Driven {
  const driven = fresh({ lvs: servers });
  play(driven, [{ kind: "start", links: [], addresses: [] }]);
  return driven;
}

function masters(): Driven {
  const driven = started({ vrrp: routers });
  play(driven, expiries(driven));
  answer(driven);
  return driven;
}

/** An address or link on bridges that nobody asked about. */
function foreign(ifindex: number, removed: boolean): readonly WorldEvent[] {
  return Array.from({ length: FOREIGN }, (_, at) => ({
    kind: "address",
    address: addressOn(ifindex, `10.200.${at >> 8}.${at & 255}`, 32),
    removed,
  }));
}

function links(removed: boolean): readonly WorldEvent[] {
  return Array.from({ length: FOREIGN }, (_, at) => ({
    kind: "link",
    link: ethernet(100 + at, `veth${at}`),
    removed,
  }));
}

/** Events one by one, each a drain of its own. */
function singly(driven: Driven, events: readonly WorldEvent[]): void {
  for (const event of events) play(driven, [event]);
}

const QUANTITIES: readonly Quantity<unknown>[] = [
  quantity({
    name: `${VIRTUAL} × ${REAL} servers: start`,
    prepare: () => undefined,
    run: () => void started({ lvs: servers }),
  }),
  quantity({
    name: "first check results of all",
    prepare: () => {
      const driven = started({ lvs: servers });
      return { driven, events: outcomes(driven, every, GOOD) };
    },
    run: ({ driven, events }) => play(driven, events),
  }),
  quantity({
    name: "one server fails",
    goal: "50 µs",
    before: "17 ms",
    each: 100,
    prepare: () => {
      const driven = serving();
      return {
        driven,
        events: outcomes(driven, every.slice(0, 400).filter((at) => at % 4 === 0), REFUSED),
      };
    },
    run: ({ driven, events }) => singly(driven, events),
  }),
  quantity({
    name: `${DEAD} servers fail at once`,
    goal: "200 ms",
    before: "35 s",
    prepare: () => {
      const driven = serving();
      return { driven, events: outcomes(driven, every.slice(0, DEAD), REFUSED) };
    },
    run: ({ driven, events }) => play(driven, events),
  }),
  quantity({
    name: "reload of one weight",
    prepare: () => {
      const driven = serving();
      // Of what is read again nothing is the same object.
      const [first, ...rest] = structuredClone(servers.virtualServers);
      const [server, ...others] = first?.realServers ?? [];
      if (first === undefined || server === undefined) throw new Error("no server");
      const realServers = [{ ...server, weight: 7 }, ...others];
      const lvs = { ...servers, virtualServers: [{ ...first, realServers }, ...rest] };
      return { driven, events: [{ kind: "reload", config: { ...EMPTY, lvs } }] as const };
    },
    run: ({ driven, events }) => play(driven, events),
  }),
  quantity({
    name: "IPVS table empty at the start: each turn",
    goal: "5 ms",
    each: VIRTUAL / SLICE,
    prepare: () => {
      const driven = asking();
      return { driven, events: [{ kind: "ipvs-table", services: [] }] as const };
    },
    run: ({ driven, events }) => play(driven, events),
  }),
  quantity({
    name: "IPVS table full at the start: each turn",
    goal: "5 ms",
    each: 2 * VIRTUAL / SLICE,
    prepare: () => {
      const driven = asking();
      const tables = desiredServices(driven.world.lvs);
      const pieces = Array.from({ length: VIRTUAL / SLICE }, (_, at): WorldEvent => ({
        kind: "ipvs-services",
        services: structuredClone(tables.slice(at * SLICE, (at + 1) * SLICE)),
      }));
      return { driven, events: [...pieces, { kind: "ipvs-table", services: [] } as const] };
    },
    run: ({ driven, events }) => singly(driven, events),
  }),
  quantity({
    name: "IPVS table read again, one server is gone",
    prepare: () => {
      const driven = serving();
      const [first] = desiredServices(driven.world.lvs);
      if (first === undefined) throw new Error("no service");
      const services = [{ ...first, destinations: first.destinations.slice(1) }];
      return { driven, events: [{ kind: "ipvs-table", services, gone: [] }] as const };
    },
    run: ({ driven, events }) => play(driven, events),
  }),
  quantity({
    name: `${INSTANCES} instances with ${INSTANCES * ADDRESSES} addresses: all become master`,
    goal: "30 ms",
    before: "1.3 s",
    prepare: () => {
      const driven = started({ vrrp: routers });
      return { driven, events: expiries(driven) };
    },
    run: ({ driven, events }) => play(driven, events),
  }),
  quantity({
    name: "one foreign address, another interface",
    goal: "20 µs",
    each: FOREIGN,
    prepare: () => ({ driven: masters(), events: foreign(3, false) }),
    run: ({ driven, events }) => singly(driven, events),
  }),
  quantity({
    name: "one foreign address, the same interface",
    goal: "20 µs",
    before: "169 ms",
    each: FOREIGN,
    prepare: () => ({ driven: masters(), events: foreign(2, false) }),
    run: ({ driven, events }) => singly(driven, events),
  }),
  quantity({
    name: "one foreign address goes",
    goal: "20 µs",
    each: FOREIGN,
    prepare: () => {
      const driven = masters();
      play(driven, foreign(3, false));
      return { driven, events: foreign(3, true) };
    },
    run: ({ driven, events }) => singly(driven, events),
  }),
  quantity({
    name: "one foreign link",
    goal: "20 µs",
    each: FOREIGN,
    prepare: () => ({ driven: masters(), events: links(false) }),
    run: ({ driven, events }) => singly(driven, events),
  }),
  quantity({
    name: "shutdown",
    before: "169 ms",
    prepare: masters,
    run: (driven) => play(driven, [{ kind: "shutdown" }]),
  }),
];

const EMPTY = worldConfig();

function sample<T>({ prepare, run, each = 1 }: Quantity<T>): number {
  const prepared = prepare();
  const from = cpuTime([Deno.pid]);
  run(prepared);
  return (cpuTime([Deno.pid]) - from) * 1_000 / each;
}

/** Microseconds for a person. */
function text(micros: number): string {
  if (micros < 1_000) return `${micros.toPrecision(2)} µs`;
  return micros < 10_000 ? `${(micros / 1_000).toFixed(1)} ms` : `${Math.round(micros / 1_000)} ms`;
}

/** The columns of one quantity. */
function measured(one: Quantity<unknown>): readonly string[] {
  const samples = Array.from({ length: ROUNDS }, () => sample(one));
  const spread = `${text(Math.min(...samples))} to ${text(Math.max(...samples))}`;
  const row = [one.name, one.goal ?? "", one.before ?? "", `${text(median(samples))} (${spread})`];
  print(row.join("   "));
  return row;
}

async function main(): Promise<void> {
  const rows = QUANTITIES.map(measured);
  if (Deno.args.includes("--dry")) return;
  const section = `## Events

Processor time, collecting garbage included, that the reducer takes for events, without core and kernel; of several that of one.
Each figure is the median of ${ROUNDS}
samples (lowest to highest). Written by \`deno task bench\`.

${settingText(await setting("deno task bench", ROUNDS))}

${markdownTable([["What", "Goal", "Before", "Time"], ...rows])}

Before: on the machine of issue 8, wall time, when every event compared the whole table. The IPVS table was told, compared and
ordered in one turn then: 20,000 servers took some 100 ms whenever it was read, which was once a minute; now what differs is told.

To give the core 20,000 orders to probe takes the JavaScript thread 10 to 14 ms (\`tests/bench/orders.ts\`); 55 to 81 ms when each was a
call of its own that this thread parsed (commit a0e0380, the same machine and hour).
`;
  await writeSection(section);
}

if (import.meta.main) await main();
