/** Plays a story on virtual nodes, and writes down under which conditions who held what. */

import { readConfig } from "../../src/document/mod.ts";
import { memoryFiles } from "../../src/language/mod.ts";
import { partsOf } from "../../src/daemon/reading/load_config.ts";
import { type Micros, MILLISECOND } from "../../src/net/mod.ts";
import {
  type Cluster,
  createCluster,
  FAIR_WEATHER,
  type Holding,
  type HostSpec,
  seededRandom,
  type Timeline,
} from "../../src/sim/mod.ts";
import { addressOn, ethernet } from "../../src/vrrp/fixtures.ts";
import type { WorldConfig } from "../../src/world/mod.ts";
import { addressOf, INTERFACES, type Law, ROUTERS, type Segment, virtualAddress } from "./law.ts";
import type { Act, Story, StoryNode } from "./story.ts";

/** How things stand from a moment on. */
export interface Conditions {
  readonly since: Micros;
  readonly law: Law;
  /** What was in force before: intervals learned then count until the next advert. */
  readonly lawBefore: Law;
  /** Nothing is lost, nodes are not parted, and all have read the law. */
  readonly fair: boolean;
  /** Since when all have read it; absent: not all have. */
  readonly readSince?: Micros;
  readonly sides?: readonly (readonly string[])[];
  /** By name, what each node is in the middle of. */
  readonly nodes: Readonly<Record<string, NodeConditions>>;
}

/** How a node stands. */
export interface NodeConditions {
  /** Since when its daemon runs undisturbed with what it has read; absent: it does not. */
  readonly soundSince?: Micros;
  /** Its loop or its process stands still. */
  readonly still: boolean;
  readonly linksDown: readonly Segment[];
}

/** What came of a story. */
export interface Played {
  readonly conditions: readonly Conditions[];
  /** By the name of the virtual router: who held its address. */
  readonly holdings: Readonly<Record<string, readonly Holding[]>>;
  /** By the name of the virtual router: who took itself for master, whenever something was going to happen. */
  readonly masters: readonly Masters[];
  readonly cluster: Cluster;
}

/** Who took itself for master at a moment. */
export interface Masters {
  readonly at: Micros;
  readonly of: Readonly<Record<string, readonly string[]>>;
}

/** Longest time from an order to its execution, and from what happens to the turn that takes it. */
export const SLOWEST: Micros = 3 * MILLISECOND;

/** A configuration, as the daemon has it. Throws for one that has mistakes. */
export function configOf(text: string): WorldConfig {
  const [config, findings] = readConfig("/k.conf", memoryFiles({ "/k.conf": text }));
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(`${JSON.stringify(errors)}\n${text}`);
  return partsOf(config, "both");
}

/** Plays it to the end. */
export function play(story: Story): Played {
  const cluster = createCluster({
    seed: story.seed,
    hosts: story.nodes.map((node) => hostOf(node, story.seed)),
    watched: ROUTERS.map((each) => virtualAddress({ ...UNSAID, ...each })),
  });
  const { timeline } = cluster;
  const script = new Script(story, cluster);
  const masters: Masters[] = [];
  for (const host of cluster.hosts) host.start();
  script.note();
  const glance = () => void masters.push({ at: timeline.now(), of: mastersOf(cluster) });
  for (const act of story.acts) {
    timeline.at(act.at, () => {
      glance();
      script.begin(act);
    });
  }
  timeline.runUntil(story.ends);
  glance();
  return {
    conditions: script.conditions,
    masters,
    holdings: Object.fromEntries(
      ROUTERS.map((each) => [each.name, cluster.holdings(virtualAddress({ ...UNSAID, ...each }))]),
    ),
    cluster,
  };
}

/** What an address does not depend on. */
const UNSAID = { version: 3, interval: 0, missed: 3, unicast: false } as const;

function mastersOf(cluster: Cluster): Masters["of"] {
  return Object.fromEntries(ROUTERS.map(({ name }) => [
    name,
    cluster.hosts.filter((host) =>
      host.world()?.vrrp.instances.some(({ config, state }) =>
        config.name === name && state.kind === "master"
      )
    ).map((host) => host.name),
  ]));
}

function hostOf({ name, number, drift, text }: StoryNode, seed: number): HostSpec {
  const random = seededRandom(seed ^ (number * 7919));
  return {
    name,
    config: configOf(text),
    drift,
    kernel: {
      latency: () => Math.round(random() * SLOWEST),
      wake: () => Math.round(random() * SLOWEST),
    },
    interfaces: (["lan", "inside"] as const).map((segment, at) => ({
      link: ethernet(2 + at, INTERFACES[segment], { mac: `02:00:00:00:0${at}:0${number}` }),
      segment,
      addresses: [
        addressOn(2 + at, addressOf(number, segment, 4)),
        addressOn(2 + at, addressOf(number, segment, 6), 64),
        { ...addressOn(2 + at, `fe80::${number}`, 64), scope: 253 },
      ],
    })),
  };
}

/** Carries acts out and takes them back. */
class Script {
  readonly conditions: Conditions[] = [];
  readonly #cluster: Cluster;
  readonly #timeline: Timeline;
  readonly #nodes = new Map<string, NodeConditions>();
  #law: Law;
  #lawBefore: Law;
  /** Since when all nodes have read it. */
  #readSince: Micros | undefined = 0;
  #foul = false;
  #sides: readonly (readonly string[])[] | undefined;

  constructor(story: Story, cluster: Cluster) {
    this.#cluster = cluster;
    this.#timeline = cluster.timeline;
    this.#law = story.law;
    this.#lawBefore = story.law;
    for (const { name } of story.nodes) {
      this.#nodes.set(name, { soundSince: 0, still: false, linksDown: [] });
    }
  }

  note(): void {
    this.conditions.push({
      since: this.#timeline.now(),
      law: this.#law,
      lawBefore: this.#lawBefore,
      fair: !this.#foul && this.#sides === undefined && this.#readSince !== undefined,
      ...(this.#readSince !== undefined && { readSince: this.#readSince }),
      ...(this.#sides && { sides: this.#sides }),
      nodes: Object.fromEntries(this.#nodes),
    });
  }

  begin(act: Act): void {
    this.#act(act);
    this.note();
  }

  #later(time: Micros, action: () => void): void {
    this.#timeline.at(this.#timeline.now() + time, () => {
      action();
      this.note();
    });
  }

  /** What is so of a node from now on; it is sound anew when it runs. */
  #of(name: string, changes: Partial<NodeConditions>): void {
    const before = this.#nodes.get(name) ?? { still: false, linksDown: [] };
    const { soundSince: _, ...rest } = { ...before, ...changes };
    const runs = this.#cluster.host(name).world() !== undefined && !rest.still;
    this.#nodes.set(name, { ...rest, ...(runs && { soundSince: this.#timeline.now() }) });
  }

  #act(act: Act): void {
    const { lasts } = act;
    switch (act.kind) {
      case "weather":
        this.#foul = true;
        this.#cluster.lan.setWeather(act.weather);
        return this.#later(lasts, () => {
          this.#foul = false;
          this.#cluster.lan.setWeather(FAIR_WEATHER);
        });
      case "part":
        this.#sides = act.sides;
        for (const segment of SEGMENTS) this.#cluster.lan.part(segment, ...act.sides);
        return this.#later(lasts, () => {
          this.#sides = undefined;
          for (const segment of SEGMENTS) this.#cluster.lan.heal(segment);
        });
      case "law":
        this.#readSince = undefined;
        this.#lawBefore = this.#law;
        this.#law = act.law;
        for (const [name, { after, text }] of Object.entries(act.texts)) {
          this.#later(after, () => this.#reload(name, text));
        }
        return this.#later(lasts, () => void (this.#readSince = this.#timeline.now()));
      case "reload":
        return this.#reload(act.node, act.text);
      default:
        return this.#actOn(act);
    }
  }

  #reload(name: string, text: string): void {
    this.#cluster.host(name).reload(configOf(text));
    this.#of(name, {});
  }

  #actOn(act: Extract<Act, { readonly node: string; readonly kind: NodeAct }>): void {
    const { lasts, node: name } = act;
    const host = this.#cluster.host(name);
    switch (act.kind) {
      case "link": {
        const ifname = INTERFACES[act.segment];
        host.setLink(ifname, false);
        this.#of(name, { linksDown: [act.segment] });
        return this.#later(lasts, () => {
          host.setLink(ifname, true);
          this.#of(name, { linksDown: [] });
        });
      }
      case "stall":
      case "pause":
        if (act.kind === "stall") host.stall(lasts);
        else host.pause(lasts);
        this.#of(name, { still: true });
        // By its own clock it may last a little longer.
        return this.#later(Math.ceil(lasts * 1.002) + 2, () => this.#of(name, { still: false }));
      case "stop":
        host.stop();
        break;
      case "crash":
        host.crash();
        break;
      case "power":
        host.cutPower();
        break;
    }
    // Absent from now on, even while it still says goodbye.
    this.#nodes.set(name, { still: false, linksDown: [] });
    this.#later(Math.max(lasts, 10 * MILLISECOND), () => {
      if (host.world() === undefined) host.start();
      this.#of(name, {});
    });
  }
}

type NodeAct = "link" | "stop" | "crash" | "power" | "stall" | "pause";

const SEGMENTS = ["lan", "inside"] as const;
