/** What happens to a few nodes, as data: the same steps for the same seed, and who has to have the address after each. */

import { type Random, seededRandom } from "../../../src/sim/random.ts";

export type NodeName = "a" | "b" | "c";

/** Names of a pair. */
export const NODES: readonly NodeName[] = ["a", "b"];

/** Names of a triple. */
export const THREE: readonly NodeName[] = ["a", "b", "c"];

/**
 * One thing at a time that a node lacks: interface up, carrier, the way to the other node, the interface
 * itself, its name, its own address.
 */
const LACKS = ["link", "carrier", "lan", "device", "name", "own"] as const;
export type Lack = typeof LACKS[number];

/** What dies at once. */
const VICTIMS = ["daemon", "guardian", "both"] as const;
export type Victim = typeof VICTIMS[number];

const SCRIPT_DEEDS = ["succeeds", "fails", "hangs"] as const;
export type ScriptDeed = typeof SCRIPT_DEEDS[number];

/** A deed from outside. */
export type Step =
  | { readonly kind: "break" | "mend"; readonly node: NodeName; readonly what: Lack }
  /** All addresses of the interface flushed, and the own one added at once. */
  | { readonly kind: "flush"; readonly node: NodeName }
  /** The virtual address is removed by hand. */
  | { readonly kind: "take"; readonly node: NodeName }
  /** So many addresses of somebody else's come and go. */
  | { readonly kind: "foreign"; readonly node: NodeName; readonly count: number }
  | { readonly kind: "pause"; readonly node: NodeName; readonly ms: number }
  | { readonly kind: "signal"; readonly node: NodeName; readonly number: number }
  | { readonly kind: "priority"; readonly node: NodeName; readonly priority: number }
  /** Another script, of the same deed, in a changed file. */
  | { readonly kind: "replace"; readonly node: NodeName }
  /** A reload of a file that cannot be read as one. */
  | { readonly kind: "spoil"; readonly node: NodeName; readonly text: string }
  /** Both nodes reload files with so many virtual addresses. */
  | { readonly kind: "addresses"; readonly count: 1 | 2 }
  | { readonly kind: "script"; readonly node: NodeName; readonly does: ScriptDeed }
  | { readonly kind: "stop" | "start"; readonly node: NodeName }
  /** SIGKILL; a daemon is started again after so many ms, as a supervisor would. */
  | { readonly kind: "kill"; readonly node: NodeName; readonly what: Victim; readonly ms: number }
  /** It begins anew in its place. */
  | { readonly kind: "restart"; readonly node: NodeName }
  /** So many percent of what it sends get lost, for so long. */
  | {
    readonly kind: "loss";
    readonly node: NodeName;
    readonly percent: number;
    readonly ms: number;
  }
  /** It may open no more files than it has, for so long, and is asked for reports and a reload meanwhile. */
  | { readonly kind: "starve"; readonly node: NodeName; readonly ms: number };

/** What is so at a node after some steps. */
export interface NodeState {
  readonly runs: boolean;
  readonly lacks?: Lack | undefined;
  readonly script: ScriptDeed;
  readonly priority: number;
  /** How often its script was replaced. */
  readonly replaced: number;
}

export interface State {
  readonly nodes: Readonly<Record<NodeName, NodeState>>;
  /** Those there are. */
  readonly names: readonly NodeName[];
  /** Not ours: less is done to them. */
  readonly foreign: readonly NodeName[];
  /** Virtual addresses in the files of both. */
  readonly addresses: 1 | 2;
}

const FRESH: NodeState = { runs: true, script: "succeeds", priority: 100, replaced: 0 };

export const START: State = startOf(NODES);

/** These nodes at the beginning. */
export function startOf(names: readonly NodeName[], foreign: readonly NodeName[] = []): State {
  return {
    nodes: { a: { ...FRESH, priority: 200 }, b: FRESH, c: { ...FRESH, priority: 60 } },
    names,
    foreign,
    addresses: 1,
  };
}

/** No two nodes ever have the same one. */
const PRIORITIES: Readonly<Record<NodeName, readonly number[]>> = {
  a: [200, 90, 254],
  b: [100, 150, 220],
  c: [60, 170, 240],
};

/** In ms, shorter and longer than Active_Down_Interval of an advert every 200 ms. */
const PAUSES = [50, 200, 400, 1_000, 2_000];

/** Reports, resets and those that nobody has a use for, of which some stop or end other programs. */
const SIGNALS = [10, 12, 13, 14, 18, 20, 21, 22, 23, 28, 29, 36, 40, 63];

const SPOILED = [
  "vrrp_instance VI_1 {",
  "}\n",
  "vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 999\n}\n",
  "include /nowhere/at/all.conf\nvrrp_instance {\n",
];

function change(state: State, node: NodeName, changes: Partial<NodeState>): State {
  return { ...state, nodes: { ...state.nodes, [node]: { ...state.nodes[node], ...changes } } };
}

/** What is so after a step. */
export function after(state: State, step: Step): State {
  switch (step.kind) {
    case "break":
      return change(state, step.node, { lacks: step.what });
    case "mend":
      return change(state, step.node, { lacks: undefined });
    case "priority":
      return change(state, step.node, { priority: step.priority });
    case "replace":
      return change(state, step.node, { replaced: state.nodes[step.node].replaced + 1 });
    case "script":
      return change(state, step.node, { script: step.does });
    case "stop":
    case "start":
      return change(state, step.node, { runs: step.kind === "start" });
    case "addresses":
      return { ...state, addresses: step.count };
    case "flush":
    case "take":
    case "foreign":
    case "pause":
    case "signal":
    case "spoil":
    case "kill":
    case "restart":
    case "loss":
    case "starve":
      return state;
  }
}

/** The nodes that hold the virtual addresses once all has come to rest. */
export function holders({ nodes, names }: State): readonly NodeName[] {
  const able = names.filter((name) => {
    const { runs, lacks, script } = nodes[name];
    return runs && script === "succeeds" && (lacks === undefined || lacks === "lan");
  });
  // A node that cannot hear the others serves alone; those that hear each other elect one.
  const together = able.filter((name) => nodes[name].lacks !== "lan");
  const best = Math.max(...together.map((name) => nodes[name].priority));
  return able.filter((name) => nodes[name].lacks === "lan" || nodes[name].priority === best);
}

function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new RangeError("Cannot choose from nothing");
  return chosen;
}

/** A step that makes sense now: nobody breaks what is broken, and what is broken is mended soon. */
function next(random: Random, state: State, crashes: boolean): Step {
  const node = pick(random, state.names);
  const { runs, lacks, script, priority } = state.nodes[node];
  if (!runs && random() < 0.5) return { kind: "start", node };
  if (lacks !== undefined && random() < 0.5) return { kind: "mend", node, what: lacks };
  if (script !== "succeeds" && random() < 0.5) return { kind: "script", node, does: "succeeds" };
  const whole = lacks === undefined;
  if (state.foreign.includes(node)) {
    const less: Step[] = [
      { kind: runs ? "stop" : "start", node },
      ...(whole
        ? [{ kind: "break", node, what: pick<Lack>(random, ["lan", "carrier"]) } as const]
        : []),
      ...(whole && crashes ? [loss(random, node)] : []),
    ];
    return pick(random, less);
  }
  const possible: Step[] = [
    {
      kind: "priority",
      node,
      priority: pick(random, PRIORITIES[node].filter((one) => one !== priority)),
    },
    { kind: "replace", node },
    {
      kind: "script",
      node,
      does: pick(random, SCRIPT_DEEDS.filter((deed) => deed !== script)),
    },
    { kind: "addresses", count: state.addresses === 1 ? 2 : 1 },
  ];
  if (runs) {
    possible.push(
      { kind: "pause", node, ms: pick(random, PAUSES) },
      { kind: "signal", node, number: pick(random, SIGNALS) },
      { kind: "signal", node, number: pick(random, SIGNALS) },
      { kind: "spoil", node, text: pick(random, SPOILED) },
      { kind: "stop", node },
    );
  }
  if (runs && crashes) {
    possible.push(
      kill(random, node),
      kill(random, node),
      kill(random, node),
      { kind: "restart", node },
      { kind: "restart", node },
      { kind: "starve", node, ms: pick(random, PAUSES) },
    );
    if (whole) possible.push(loss(random, node));
  }
  if (whole) {
    possible.push(
      { kind: "break", node, what: pick(random, LACKS) },
      { kind: "break", node, what: pick(random, LACKS) },
      { kind: "break", node, what: pick(random, LACKS) },
      { kind: "flush", node },
      { kind: "take", node },
      { kind: "foreign", node, count: 1 + Math.floor(random() * 40) },
    );
  }
  return pick(random, possible);
}

function kill(random: Random, node: NodeName): Step {
  return { kind: "kill", node, what: pick(random, VICTIMS), ms: pick(random, PAUSES) };
}

function loss(random: Random, node: NodeName): Step {
  return { kind: "loss", node, percent: pick(random, [10, 30, 60]), ms: pick(random, PAUSES) };
}

/** What a plan is made of. */
export interface PlanOptions {
  /** Absent: a pair. */
  readonly from?: State;
  /** Also what ends a daemon without a word, and what it lacks of its host. */
  readonly crashes?: boolean;
}

/** So many steps, the same ones for the same seed. */
export function steps(
  seed: number,
  count: number,
  { from = START, crashes = false }: PlanOptions = {},
): readonly Step[] {
  const random = seededRandom(seed);
  const all: Step[] = [];
  let state = from;
  while (all.length < count) {
    const step = next(random, state, crashes);
    all.push(step);
    state = after(state, step);
  }
  return all;
}

/** A step in words, for the list that a failure prints. */
export function words(step: Step): string {
  const { kind, ...rest } = step;
  return `${kind} ${Object.values(rest).map((value) => JSON.stringify(value)).join(" ")}`;
}
