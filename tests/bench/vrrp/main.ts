/**
 * What virtual routers cost, of both programs by turns: adverts of many, many addresses, a reload of many, and packets meant to harm. Run
 * by `scripts/bench vrrp [ROUNDS] [--only NAME] [--dry]`, which writes the section of docs/BENCHMARKS.md; needs root and keepalived.
 */

import { Capture, type Kind, Lab, pause, type Program, startNode, until } from "../../lab/mod.ts";
import { ATTACKS, hostile, HOSTILE_LAB } from "./hostile.ts";
import { print, setting, writeSection } from "../document.ts";
import { processes } from "../measure.ts";
import { cpuTime } from "../cpu_clock.ts";
import { markdownTable, median, settingText } from "../report.ts";

/** A quantity of both programs, every sample. */
interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly holdfast: readonly number[];
  readonly keepalived: readonly number[];
}

/** What one run of one program gave, by the name of the quantity and its unit. */
type Samples = Readonly<Record<string, number>>;

/** Links of the node: no more than 255 virtual routers fit on one. */
const LINKS = 4;
const LAB = {
  node: links("1"),
  observer: links("2"),
};

function links(last: string) {
  return {
    links: Object.fromEntries(
      Array.from({ length: LINKS }, (_, at) => [
        `eth${at}`,
        { network: `lan${at}`, addresses: [`10.${80 + at}.255.${last}/16`] },
      ]),
    ),
  };
}

/** `count` owners, each advertising every 100 ms, spread over the links. */
function many(count: number, comment = ""): string {
  const text = Array.from({ length: count }, (_, at) => `
vrrp_instance V${at} {
    state MASTER
    interface eth${at % LINKS}
    virtual_router_id ${1 + Math.floor(at / LINKS)}
    version 3
    priority 255
    advert_int 0.1
    virtual_ipaddress {
        10.${80 + (at % LINKS)}.1.${1 + Math.floor(at / LINKS)}/32
    }
}
`).join("");
  return `${comment}${text}`;
}

/** Waits until a node has so many addresses on all links. */
async function settled(lab: Lab, count: number): Promise<void> {
  await until(`the node has ${count} addresses`, async () => {
    const lines = await lab.addresses("node");
    return lines.filter((line) => /inet 10\.\d+\.\d+\.\d+\/32/.test(line)).length >= count;
  }, { limit: 120_000 });
}

/** How much later than an interval after the one before each advert of a link came until `end`, ms, ascending. */
async function lateness(
  capture: Capture,
  interval: number,
  end = Infinity,
): Promise<readonly number[]> {
  const last = new Map<number, number>();
  const late: number[] = [];
  for (const { at, vrid, priority } of await capture.adverts()) {
    if (priority === 0 || at > end) continue;
    const before = last.get(vrid);
    if (before !== undefined) late.push(Math.max(0, at - before - interval));
    last.set(vrid, at);
  }
  return late.sort((a, b) => a - b);
}

function share(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** Adverts of many virtual routers for ten seconds, and then a reload of them all. */
async function adverts(kind: Kind, count: number, seconds: number): Promise<Samples> {
  await using lab = await Lab.create(LAB);
  const node = await startNode(lab, "node", { kind, config: many(count) });
  await settled(lab, count);
  await pause(8_000);
  const pids = await processes(lab);
  const first = { ifname: "eth0", filter: "vrrp" };
  const found: Record<string, number> = {};
  {
    await using capture = await Capture.start(lab, "observer", first);
    const before = cpuTime(pids);
    await pause(seconds * 1000);
    const spent = cpuTime(pids) - before;
    const late = await lateness(capture, 100, Date.now());
    // By those that came, not those that should have: who is starved saves time that way.
    const came = late.length * LINKS;
    found[`CPU per advert, ${count} at 100 ms, µs`] = spent * 1000 / came;
    found[`Lateness p99, ${count} at 100 ms, ms`] = share(late, 0.99);
  }
  await using capture = await Capture.start(lab, "observer", first);
  await reloaded(lab, node, many(count, "# the same again\n"));
  await pause(3_000);
  found[`Latest advert at a reload of ${count}, ms`] = share(await lateness(capture, 100), 1);
  return found;
}

async function reloaded(lab: Lab, node: Program, config: string): Promise<void> {
  await lab.file("node.conf", config);
  await pause(1_000);
  node.signal("SIGHUP");
}

/** A master comes up with many excluded addresses: the last of them, and its adverts meanwhile. */
async function addresses(kind: Kind, count: number): Promise<Samples> {
  await using lab = await Lab.create(LAB);
  const list = Array.from(
    { length: count },
    (_, at) => `        10.80.${2 + (at >> 8)}.${at & 255}/32`,
  );
  const config = `
vrrp_instance V {
    state BACKUP
    interface eth0
    virtual_router_id 1
    version 3
    priority 200
    advert_int 0.1
    virtual_ipaddress {
        10.80.1.1/32
    }
    virtual_ipaddress_excluded {
${list.join("\n")}
    }
}
`;
  await using capture = await Capture.start(lab, "observer", { ifname: "eth0", filter: "vrrp" });
  await using watch = await Capture.start(lab, "observer", {
    ifname: "eth0",
    filter: "arp",
  });
  await startNode(lab, "node", { kind, config });
  await settled(lab, count + 1);
  await pause(3_000);
  const first = (await capture.adverts())[0]?.at ?? NaN;
  const announced = await watch.fields("arp.isgratuitous == 1", ["frame.time_epoch"]);
  // The second burst comes five seconds later.
  const last = announced.map(([at]) => Number(at) * 1000)
    .filter((at) => at < first + 4_500).at(-1) ?? NaN;
  return {
    [`Last of ${count} addresses announced after the first advert, ms`]: last - first,
    [`Latest advert meanwhile, ${count} addresses, ms`]: share(await lateness(capture, 100), 1),
  };
}

/** What is measured, by the name that `--only` takes. */
const RUNS: Readonly<Record<string, (kind: Kind) => Promise<Samples>>> = {
  "200": (kind) => adverts(kind, 200, 10),
  "1000": (kind) => adverts(kind, 1000, 10),
  "1000-addresses": (kind) => addresses(kind, 1000),
  "4000-addresses": (kind) => addresses(kind, 4000),
  ...Object.fromEntries(
    Object.keys(ATTACKS).map((name) => [name, async (kind: Kind) => {
      await using lab = await Lab.create(HOSTILE_LAB);
      return await hostile(lab, { kind, attack: name });
    }]),
  ),
};

async function figuresOf(name: string, rounds: number): Promise<readonly Figure[]> {
  const samples: Record<Kind, Samples[]> = { holdfast: [], keepalived: [] };
  const run = RUNS[name];
  if (run === undefined) throw new RangeError(`Cannot measure ${name}: there is no such run`);
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["holdfast", "keepalived"] as const) samples[kind].push(await run(kind));
  }
  return Object.keys(samples.holdfast[0] ?? {}).map((key) => {
    const [, quantity = key, unit = ""] = /^(.*), (\S+)$/.exec(key) ?? [];
    const of = (kind: Kind) => samples[kind].map((one) => one[key] ?? NaN);
    const figure = {
      name: quantity,
      unit,
      holdfast: of("holdfast"),
      keepalived: of("keepalived"),
    };
    print(
      `${key}: ${figure.holdfast.map(short)} and ${figure.keepalived.map(short)}, ${
        compared(figure)
      }`,
    );
    return figure;
  });
}

function short(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}

function compared({ holdfast, keepalived }: Figure): string {
  const value = median(holdfast) / median(keepalived);
  return Number.isFinite(value) ? `${value.toFixed(2)} x` : "none";
}

if (import.meta.main) {
  const rounds = Number(Deno.args.find((word) => /^\d$/.test(word)) ?? "1");
  const at = Deno.args.indexOf("--only");
  const names = at < 0 ? Object.keys(RUNS) : [Deno.args[at + 1] ?? ""];
  const figures: Figure[] = [];
  for (const name of names) figures.push(...await figuresOf(name, rounds));
  if (!Deno.args.includes("--dry") && at < 0) {
    const so = settingText(await setting("scripts/bench vrrp", rounds));
    const cell = (values: readonly number[], unit: string) => `${short(median(values))} ${unit}`;
    const rows = figures.map((each) => [
      each.name,
      cell(each.holdfast, each.unit),
      cell(each.keepalived, each.unit),
      compared(each),
    ]);
    await writeSection(`## Virtual routers

Taken by \`scripts/bench vrrp\`: medians of ${rounds} rounds, the programs by turns (\`tests/bench/vrrp/main.ts\`).

${so}

${markdownTable([["What", "holdfast", "keepalived", "ratio"], ...rows])}
`);
  }
}
