/** Reading in a thread of its own; in the server's where no thread can be started. */

import { Worker } from "node:worker_threads";
import { threadModule } from "../../src/daemon/platform/mod.ts";
import type { Found, ReadingOptions, ReadingTask } from "./reading.ts";
import type { ThreadAnswer, ThreadTask } from "./reading_thread.ts";

/** Somebody who reads one task after the other. */
export interface FindingsReader {
  /** Only when the task before is done. */
  readonly read: (task: ReadingTask) => Promise<Found>;
}

/** How to read in a thread. */
export interface ThreadOptions {
  /** Hears of a thread that does not run. */
  readonly complain: (error: unknown) => void;
  /** Another thread, in tests. */
  readonly module?: URL;
}

/** Reads in a thread until it is disposed. */
export function threadReader(
  options: ReadingOptions,
  { complain, module = readingThread() }: ThreadOptions,
): FindingsReader & Disposable {
  const thread = new Worker(module, { workerData: options });
  let sent: ReadonlyMap<string, string> = new Map();
  let asked: Question | undefined;
  let instead: Promise<Read> | undefined;
  thread.on("message", (answer: ThreadAnswer) => {
    if (answer.kind === "found") asked?.resolve(answer.found);
    else asked?.reject(new Error(answer.stack));
  });
  thread.on("error", (error) => {
    complain(error);
    instead ??= import("./reading.ts").then(({ readingOf }) => readingOf(options));
    if (asked !== undefined) asked.resolve(readWith(instead, asked.task));
  });
  return {
    read: (task) => {
      if (instead !== undefined) return readWith(instead, task);
      const { promise, resolve, reject } = Promise.withResolvers<Found>();
      asked = { task, resolve, reject };
      const { texts, forgetPrograms } = task;
      const changed = new Map(texts.entries().filter(([path, text]) => sent.get(path) !== text));
      const message: ThreadTask = { open: [...texts.keys()], changed, forgetPrograms };
      sent = texts;
      thread.postMessage(message);
      return promise;
    },
    [Symbol.dispose]: () => void thread.terminate(),
  };
}

function readingThread(): URL {
  return threadModule("reading", () => new URL("./reading_thread.ts", import.meta.url));
}

type Read = (task: ReadingTask) => Promise<Found>;

/** What the thread has not answered yet. */
interface Question {
  readonly task: ReadingTask;
  readonly resolve: (found: Found | Promise<Found>) => void;
  readonly reject: (error: Error) => void;
}

async function readWith(reading: Promise<Read>, task: ReadingTask): Promise<Found> {
  return await (await reading)(task);
}
