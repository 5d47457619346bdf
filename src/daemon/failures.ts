/**
 * Errors nobody caught. They are bugs, and a bug must not end the daemon without a farewell: it is logged and the daemon goes on.
 * Deno ends the process for each of them otherwise, and nothing of the core would be closed.
 */

import type { Log } from "./log.ts";

/** Frames of a stack that say where it happened. */
const FRAMES = 3;

/** Logs a bug: what was thrown, and while what was done. */
export function logBug(log: Log, error: unknown, during: string): void {
  log({ level: "error", from: "core", text: `Internal error during ${during}: ${bugText(error)}` });
}

/** Logs errors and rejections nobody caught, until disposed of. */
export function surviveBugs(log: Log): Disposable {
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    logBug(log, event.error ?? event.message, "an answer");
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    logBug(log, event.reason, "a task");
  };
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]: () => {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}

/** One line: the message and the first places of the stack. */
export function bugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const where = frames.slice(0, FRAMES).map((line) => line.trim());
  return [`${error.name}: ${error.message}`, ...where].join(" ").replaceAll("\n", " ");
}
