/** Errors that nobody caught. */

/** What was thrown, and whether it was thrown or rejected. */
export type UncaughtListener = (error: unknown, how: "thrown" | "rejected") => void;

/** Hears of every error nobody caught, which then ends nothing, until disposed of. */
export function onUncaught(listener: UncaughtListener): Disposable {
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    listener(event.error ?? event.message, "thrown");
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    listener(event.reason, "rejected");
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

/** Makes an error one that nobody caught, and goes on. */
export function report(error: unknown): void {
  reportError(error);
}
