/**
 * Signals and what they ask for (cli.tsv). The core takes all of them (`core-rs/src/sys/signal.rs`), so
 * that none ends or stops the daemon by a default; what none of the requests below is, is ignored and
 * said. Signals that mean that the program is broken never come here: the core says farewell by itself.
 */

import type { Core } from "../../native/mod.ts";

/** What a signal asks for. */
export type SignalRequest =
  | "stop"
  | "restart"
  | "reload"
  | "data"
  | "stats"
  | "stats-clear"
  | "json";

/** Numbers that `--signum` prints, by the names it takes. */
export const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  STOP: 15,
  RELOAD: 1,
  DATA: 10,
  STATS: 12,
  STATS_CLEAR: 63,
  JSON: 36,
  RESTART: 37,
};

const SIGINT = 2;

/** What the number of a signal asks for; the last three are SIGRTMIN+2, SIGRTMIN+3 (ours) and SIGRTMAX-1. */
const REQUESTS: Readonly<Record<number, SignalRequest>> = {
  15: "stop",
  [SIGINT]: "stop",
  1: "reload",
  10: "data",
  12: "stats",
  36: "json",
  37: "restart",
  63: "stats-clear",
};

/** Names of those somebody might send by mistake or as a habit with other programs. */
const NAMES: Readonly<Record<number, string>> = {
  3: "SIGQUIT",
  5: "SIGTRAP",
  14: "SIGALRM",
  16: "SIGSTKFLT",
  20: "SIGTSTP",
  21: "SIGTTIN",
  24: "SIGXCPU",
  25: "SIGXFSZ",
  26: "SIGVTALRM",
  27: "SIGPROF",
  29: "SIGIO",
  30: "SIGPWR",
  31: "SIGSYS",
};

/** How signals are heeded. */
export interface SignalOptions {
  /** SIGINT asks for nothing. */
  readonly ignoreSigint: boolean;
}

/** Requests by signal: kept from the first moment until somebody can act on them. */
export interface Signals {
  /** Hands requests to `act` from now on, and tells of other signals; first what has come already. */
  handle(handlers: SignalHandlers): void;
  /** Whether the daemon was asked to stop before {@linkcode Signals.handle}. */
  isStopWanted(): boolean;
}

/** Who acts on signals. */
export interface SignalHandlers {
  act(request: SignalRequest): void;
  /** A signal that asks for nothing, by its name. */
  ignored(name: string): void;
}

/** Listens for as long as the core is open. */
export function listenToSignals(
  core: Pick<Core, "listenToSignals">,
  { ignoreSigint }: SignalOptions,
): Signals {
  const early: number[] = [];
  let handle = (number: number): void => void early.push(number);
  const requestOf = (number: number): SignalRequest | undefined =>
    number === SIGINT && ignoreSigint ? undefined : REQUESTS[number];
  core.listenToSignals((number) => handle(number));
  return {
    handle: ({ act, ignored }) => {
      handle = (number) => {
        const request = requestOf(number);
        if (request !== undefined) act(request);
        else if (number !== SIGINT) ignored(NAMES[number] ?? `signal ${number}`);
      };
      for (const number of early.splice(0)) handle(number);
    },
    isStopWanted: () => early.some((number) => requestOf(number) === "stop"),
  };
}
