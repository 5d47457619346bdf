/** An hour in the life of a cluster, as data: a function of its seed, or read from a tape. */

import { type Micros, MILLISECOND, SECOND } from "../../src/net/mod.ts";
import { type Random, seededRandom, type Weather } from "../../src/sim/mod.ts";
import { chance, type Law, pick, randomLaw, randomText, type Segment } from "./law.ts";

/** What happens, and is over after `lasts`. */
export type Act =
  & { readonly at: Micros; readonly lasts: Micros }
  & (
    | { readonly kind: "weather"; readonly weather: Weather }
    /** Only nodes of one side hear each other. */
    | { readonly kind: "part"; readonly sides: readonly (readonly string[])[] }
    | { readonly kind: "link"; readonly node: string; readonly segment: Segment }
    | {
      readonly kind: "stop" | "crash" | "power" | "stall" | "pause";
      readonly node: string;
    }
    /** One node, under the same law: that which is the `under`th. */
    | {
      readonly kind: "reload";
      readonly node: string;
      readonly text: string;
      readonly under: number;
    }
    /** Another law: every node reads its text within `lasts`, at these times after the beginning. */
    | {
      readonly kind: "law";
      readonly number: number;
      readonly law: Law;
      readonly texts: Readonly<Record<string, { readonly after: Micros; readonly text: string }>>;
    }
  );

/** All there is to a run. */
export interface Story {
  readonly seed: number;
  readonly law: Law;
  readonly nodes: readonly StoryNode[];
  /** By time. */
  readonly acts: readonly Act[];
  readonly ends: Micros;
}

/** A node when it is switched on. */
export interface StoryNode {
  readonly name: string;
  /** 1 and more; its addresses end in it. */
  readonly number: number;
  readonly drift: number;
  readonly text: string;
}

/** Fastest and slowest clock: some ten times worse than the oscillators of servers. */
export const DRIFT = 0.001;

/** Longest time of a packet under way in the worst weather. */
export const LONGEST_WAY: Micros = 400 * MILLISECOND;

/** The story of a seed. */
export function storyOf(seed: number, duration: Micros = 3600 * SECOND): Story {
  const random = seededRandom(seed);
  const count = 2 + Math.floor(random() * 4);
  const law = randomLaw(random);
  const nodes = Array.from({ length: count }, (_, at): StoryNode => ({
    name: `n${at + 1}`,
    number: at + 1,
    drift: 1 + (random() * 2 - 1) * DRIFT,
    text: randomText(random, { law, node: at + 1, nodes: count }),
  }));
  return { seed, law, nodes, acts: actsOf(random, { law, nodes, duration }), ends: duration };
}

/** What nobody is in the middle of is left to happen: acts on one node, or on all, follow each other. */
function actsOf(
  random: Random,
  { law: first, nodes, duration }: {
    readonly law: Law;
    readonly nodes: readonly StoryNode[];
    readonly duration: Micros;
  },
): readonly Act[] {
  const acts: Act[] = [];
  const busyUntil = new Map<string, Micros>();
  let law = first;
  let under = 0;
  let lawSettled: Micros = 0;
  // Seconds of quiet before the next act, most often less than an election takes, at times more than any.
  const pause = () => (chance(random, 0.5) ? random() * 8 : 10 + random() * 120) * SECOND;
  for (let at = pause(); at < duration; at += Math.round(pause())) {
    const now = Math.round(at);
    const free = (who: string) => (busyUntil.get(who) ?? 0) <= now;
    const lasts = Math.round((chance(random, 0.5) ? random() * 6 : random() * 60) * SECOND);
    const kind = pick(random, KINDS);
    const { name, number } = pick(random, nodes);
    const text = (under: Law, node: number) =>
      randomText(random, { law: under, node, nodes: nodes.length });
    const take = (who: string, until: Micros) => void busyUntil.set(who, until);
    switch (kind) {
      case "weather":
        if (!free(kind)) break;
        take(kind, now + lasts);
        acts.push({ kind, at: now, lasts, weather: randomWeather(random) });
        break;
      case "part":
        if (!free(kind)) break;
        take(kind, now + lasts);
        acts.push({ kind, at: now, lasts, sides: randomSides(random, nodes) });
        break;
      case "law": {
        if (now < lawSettled) break;
        law = randomLaw(random);
        const spread = Math.round(random() * 5 * SECOND);
        lawSettled = now + spread + 1;
        const texts = Object.fromEntries(nodes.map((node) => [node.name, {
          after: Math.round(random() * spread),
          text: text(law, node.number),
        }]));
        under += 1;
        acts.push({ kind, at: now, lasts: spread + 1, number: under, law, texts });
        break;
      }
      case "reload":
        if (now < lawSettled) break;
        acts.push({ kind, at: now, lasts: 0, node: name, text: text(law, number), under });
        break;
      case "link":
        if (!free(name)) break;
        take(name, now + lasts);
        acts.push({ kind, at: now, lasts, node: name, segment: pick(random, ["lan", "inside"]) });
        break;
      default:
        if (!free(name)) break;
        take(name, now + lasts);
        acts.push({ kind, at: now, lasts, node: name });
    }
  }
  return acts;
}

const KINDS = [
  "weather",
  "weather",
  "part",
  "part",
  "link",
  "stop",
  "crash",
  "power",
  "stall",
  "pause",
  "reload",
  "reload",
  "law",
] as const;

function randomWeather(random: Random): Weather {
  return {
    loss: chance(random, 0.7) ? random() * 0.5 : 0,
    twice: chance(random, 0.5) ? random() * 0.5 : 0,
    // Packets overtake each other when the way is longer than the time between two.
    delay: [100, chance(random, 0.6) ? Math.round(random() * LONGEST_WAY) : 200],
  };
}

function randomSides(
  random: Random,
  nodes: readonly StoryNode[],
): readonly (readonly string[])[] {
  const sides: string[][] = [[], []];
  for (const { name } of nodes) sides[chance(random, 0.5) ? 0 : 1]?.push(name);
  return sides;
}
