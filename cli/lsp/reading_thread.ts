/** The thread that reads for `holdfast lsp`: questions of the editor need not wait until a large file is read. */

import { parentPort, workerData } from "node:worker_threads";
import { type Found, readingOf, type ReadingOptions } from "./reading.ts";

/** What the thread is asked. */
export interface ThreadTask {
  /** Paths of all open documents, in the order of the editor. */
  readonly open: readonly string[];
  /** Texts of those that are not as they were in the task before. */
  readonly changed: ReadonlyMap<string, string>;
  readonly forgetPrograms: boolean;
}

/** What the thread answers: findings, or the stack of what was thrown. */
export type ThreadAnswer =
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "thrown"; readonly stack: string };

const options: ReadingOptions = workerData;
const read = readingOf(options);
let texts: ReadonlyMap<string, string> = new Map();

parentPort?.on("message", ({ open, changed, forgetPrograms }: ThreadTask) => {
  const textOf = (path: string) => changed.get(path) ?? texts.get(path) ?? "";
  texts = new Map(open.map((path) => [path, textOf(path)]));
  const answer = (message: ThreadAnswer) => parentPort?.postMessage(message);
  read({ texts, forgetPrograms }).then(
    (found) => answer({ kind: "found", found }),
    (error) =>
      answer({ kind: "thrown", stack: error instanceof Error ? `${error.stack}` : `${error}` }),
  );
});
