/** What the simulation is asked for. */

/** Options with their defaults. */
export interface Arguments {
  readonly seeds: number;
  readonly from: number;
  readonly minutes: number;
  readonly tape?: string;
  /** Which of every `of` seeds. */
  readonly share: number;
  readonly of: number;
}

const DEFAULTS: Arguments = { seeds: 1000, from: 0, minutes: 60, share: 0, of: 1 };

/** Reads `--name value`. Throws `RangeError` for anything else. */
export function parseArgs(words: readonly string[]): Arguments {
  let read: Arguments = DEFAULTS;
  for (let at = 0; at < words.length; at += 2) {
    const [name, value] = [words[at]?.replace(/^--/, "") ?? "", words[at + 1]];
    if (value === undefined || (name !== "tape" && !(name in DEFAULTS))) {
      throw new RangeError(`Cannot read ${words[at]}`);
    }
    if (name !== "tape" && !Number.isInteger(Number(value))) {
      throw new RangeError(`Cannot set ${name} to ${value}: must be a whole number`);
    }
    read = { ...read, [name]: name === "tape" ? value : Number(value) };
  }
  return read;
}
