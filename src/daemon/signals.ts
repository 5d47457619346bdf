/** Signals and what they ask for (cli.tsv). */

/** What a signal asks for. */
export type SignalRequest = "stop" | "reload" | "data" | "stats";

/** Signal of each function. SIGRTMAX-1 and SIGRTMIN+2 cannot be listened to on this runtime. */
const SIGNALS: readonly (readonly [Deno.Signal, SignalRequest])[] = [
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

/** Listens until disposed. */
export function listenToSignals(
  handle: (request: SignalRequest) => void,
  { ignoreSigint }: { readonly ignoreSigint: boolean },
): Disposable {
  const listeners = SIGNALS.map(([signal, request]) => {
    const listener = () => {
      if (signal !== "SIGINT" || !ignoreSigint) handle(request);
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return { [Symbol.dispose]: () => listeners.forEach((remove) => remove()) };
}
