/**
 * Errors nobody caught. They are bugs, and a bug must not end the daemon without a farewell: it is logged and the daemon goes on.
 * Deno ends the process for each of them otherwise, and nothing of the core would be closed.
 */

import type { Log } from "../log.ts";
import { onUncaught } from "../platform/mod.ts";

/** Frames of a stack that say where it happened. */
const FRAMES = 3;

/** Logs a bug: what was thrown, and while what was done. */
export function logBug(log: Log, error: unknown, during: string): void {
  log({ level: "error", from: "core", text: `Internal error during ${during}: ${bugText(error)}` });
}

/** Logs errors and rejections nobody caught, until disposed of. */
export function surviveBugs(log: Log): Disposable {
  return onUncaught((error, how) => logBug(log, error, how === "thrown" ? "an answer" : "a task"));
}

/** One line: the message and the first places of the stack. */
export function bugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const where = frames.slice(0, FRAMES).map((line) => line.trim());
  return [`${error.name}: ${error.message}`, ...where].join(" ").replaceAll("\n", " ");
}
