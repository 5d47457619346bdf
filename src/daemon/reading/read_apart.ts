/** Reading in a thread of its own: nothing the loop does waits for a file of any size. */

import { askThread, threadModule } from "../platform/mod.ts";
import type { Log } from "../log.ts";
import { type LoadOptions, readFile, type Reading, type Running } from "./reading.ts";
import { putSecrets } from "./secrets_across.ts";
import type { ReadingAnswer, ReadingQuestion } from "./thread.ts";

/** Reads and judges against what runs; here, where no thread can be started. */
export async function readApart(
  options: LoadOptions,
  running: Running,
  log: Log,
): Promise<Reading> {
  const question: ReadingQuestion = { options, running };
  try {
    const { reading, secrets } = await askThread(threadOfReading(), question) as ReadingAnswer;
    putSecrets(reading, secrets);
    return reading;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `Cannot read in a thread of its own: ${why}; what runs waits for the reading`;
    log({ level: "warning", from: "core", text });
    return readFile(options, running);
  }
}

function threadOfReading(): URL {
  return threadModule("reload", () => new URL("./thread.ts", import.meta.url));
}
