/**
 * Tapes: a run of one daemon as JSON lines, replayed by its own reducer. What happened goes in,
 * what was done must come out the same. The format is described in `tests/scenarios/README.md`.
 */

import { fromHex, type Micros, Secret, toHex } from "../net/mod.ts";
import {
  newWorld,
  update,
  type WorldConfig,
  type WorldEffect,
  type WorldEvent,
  type WorldOptions,
} from "../world/mod.ts";

/** A run on tape. */
export interface Tape {
  /** What it shows, for a person. */
  readonly about: string;
  /** When the daemon was started. */
  readonly at: Micros;
  readonly config: WorldConfig;
  readonly options: WorldOptions;
  readonly moments: readonly Moment[];
}

/** One event and what came of it. */
export interface Moment {
  readonly at: Micros;
  readonly event: WorldEvent;
  readonly effects: readonly WorldEffect[];
}

/** An event and when it came. */
export type Happening = Omit<Moment, "effects">;

/** Plays events to a new daemon and writes down what it does. */
export function recordTape(
  head: Omit<Tape, "moments">,
  happenings: readonly Happening[],
): Tape {
  let world = newWorld(head.config, head.options, head.at);
  const moments = happenings.map(({ at, event }) => {
    const [next, effects] = update(world, event, at);
    world = next;
    return { at, event, effects };
  });
  return { ...head, moments };
}

/** A tape as text: a line for the head, then one for each moment. */
export function formatTape({ moments, ...head }: Tape): string {
  const lines = [{ tape: FORMAT, ...head }, ...moments];
  return lines.map((line) => `${JSON.stringify(line, bytesToHex)}\n`).join("");
}

/** Reads a tape. Throws `SyntaxError` for text that is none. */
export function parseTape(text: string): Tape {
  const [first, ...rest] = text.split("\n").filter((line) => line !== "");
  const head = first === undefined ? undefined : JSON.parse(first, bytesFromHex);
  if (head?.tape !== FORMAT) throw new SyntaxError(`Cannot read a tape: must begin with {"tape":1`);
  const { tape: _, ...tape } = head;
  return { ...tape, moments: rest.map((line) => JSON.parse(line, bytesFromHex)) };
}

const FORMAT = 1;

/** A tape is replayed, so it holds what a dump must not: handle one as the configuration it was made of. */
function bytesToHex(this: unknown, key: string, value: unknown): unknown {
  const raw = typeof this === "object" && this !== null ? Reflect.get(this, key) : undefined;
  if (raw instanceof Secret) return { secret: toHex(raw.reveal()) };
  return value instanceof Uint8Array ? { hex: toHex(value) } : value;
}

function bytesFromHex(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return value;
  const secret: unknown = Reflect.get(value, "secret");
  if (typeof secret === "string") return new Secret(fromHex(secret));
  const hex: unknown = Reflect.get(value, "hex");
  return typeof hex === "string" ? fromHex(hex) : value;
}
