/** Reading the configuration again: a file that is being written is waited for, one that would lose what runs by mistake is refused. */

import type { Log } from "../log.ts";
import type { Reading } from "./reading.ts";

/** What reading needs. */
export interface RereadOptions {
  /** For the log. */
  readonly file: string;
  /** Reads it, and judges it against what runs. */
  readonly read: () => Promise<Reading>;
  /** Whether it is still wanted. */
  readonly isWanted: () => boolean;
  readonly log: Log;
  /** Resolves after so many ms. */
  readonly pause: (ms: number) => Promise<void>;
}

/** How often, and how long after each other, a file that seems unfinished is read again: who writes it is mostly about to end. */
const AGAIN = 3;
const AGAIN_MS = 1_000;

/** Reads until the file seems whole, it has been waited for long enough, or nobody wants it any more. */
export async function reread(
  { file, read, isWanted, log, pause }: RereadOptions,
): Promise<Reading> {
  for (let left = AGAIN;; left--) {
    const reading = await read();
    const { refusal } = reading;
    if (refusal?.isUnfinished !== true || left === 0 || !isWanted()) return reading;
    if (left === AGAIN) {
      const text = `Waiting for the rest of ${file}: ${refusal.why}`;
      log({ level: "notice", from: "core", text });
    }
    await pause(AGAIN_MS);
  }
}
