/** Signals and what they ask for (cli.tsv). */

import { onSignal, type SignalName } from "./platform/mod.ts";

/** What a signal asks for. */
export type SignalRequest = "stop" | "reload" | "data" | "stats";

/** Signal of each function. SIGRTMAX-1 and SIGRTMIN+2 cannot be listened to on this runtime. */
const SIGNALS: readonly (readonly [SignalName, SignalRequest])[] = [
  ["SIGTERM", "stop"],
  ["SIGINT", "stop"],
  ["SIGHUP", "reload"],
  ["SIGUSR1", "data"],
  ["SIGUSR2", "stats"],
];

/** Numbers that `--signum` prints, by the names it takes. */
export const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  STOP: 15,
  RELOAD: 1,
  DATA: 10,
  STATS: 12,
  STATS_CLEAR: 63,
  JSON: 36,
};

/** Requests by signal: heeded from the first moment, so that none ends the program by default. */
export interface Signals extends Disposable {
  /** Hands requests to `handler` from now on, first those that have come already. */
  handle(handler: (request: SignalRequest) => void): void;
}

/** Listens until disposed. */
export function listenToSignals(
  { ignoreSigint }: { readonly ignoreSigint: boolean },
): Signals {
  const early: SignalRequest[] = [];
  let handle = (request: SignalRequest): void => void early.push(request);
  const listeners = SIGNALS.map(([signal, request]) => {
    const listener = () => {
      if (signal !== "SIGINT" || !ignoreSigint) handle(request);
    };
    return onSignal(signal, listener);
  });
  return {
    handle: (handler) => {
      handle = handler;
      for (const request of early.splice(0)) handler(request);
    },
    [Symbol.dispose]: () => listeners.forEach((each) => each[Symbol.dispose]()),
  };
}
