/** Reading the configuration again: a file that is being written is waited for, one that would lose what runs by mistake is refused. */

import type { BoundConfig } from "../document/config.ts";
import { reloadRefusal } from "../document/reload.ts";
import type { WorldConfig } from "../world/mod.ts";
import type { Log } from "./log.ts";

/** What reading needs. */
export interface RereadOptions {
  /** For the log. */
  readonly file: string;
  readonly read: () => BoundConfig;
  readonly running: () => WorldConfig;
  readonly log: Log;
  /** Resolves after so many ms. */
  readonly pause: (ms: number) => Promise<void>;
}

/** How often, and how long after each other, a file that seems unfinished is read again: who writes it is mostly about to end. */
const AGAIN = 3;
const AGAIN_MS = 1_000;

/** What the file says now, and why it may not take the place of what runs. */
export interface Reread {
  readonly bound: BoundConfig;
  readonly why: string | undefined;
}

/** Reads until the file seems whole, or it has been waited for long enough. */
export async function reread(
  { file, read, running, log, pause }: RereadOptions,
): Promise<Reread> {
  for (let left = AGAIN;; left--) {
    const bound = read();
    const refusal = reloadRefusal(running(), bound);
    if (refusal?.isUnfinished !== true || left === 0) return { bound, why: refusal?.why };
    if (left === AGAIN) {
      const text = `Waiting for the rest of ${file}: ${refusal.why}`;
      log({ level: "notice", from: "core", text });
    }
    await pause(AGAIN_MS);
  }
}
