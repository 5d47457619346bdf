/** Signals, to this process and from it. */

/** Names of signals that can be listened to or sent. */
export type SignalName = "SIGHUP" | "SIGINT" | "SIGKILL" | "SIGTERM" | "SIGUSR1" | "SIGUSR2";

/** Calls `listener` at each such signal, which then ends nothing, until disposed of. */
export function onSignal(name: SignalName, listener: () => void): Disposable {
  Deno.addSignalListener(name, listener);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(name, listener) };
}

/** Sends a signal to a process, or to a group by its negative number. */
export function kill(pid: number, name: SignalName): void {
  Deno.kill(pid, name);
}
