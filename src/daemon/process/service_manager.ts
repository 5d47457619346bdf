/**
 * What the service manager is told (sd_notify(3)): that the daemon runs, reloads, stops, and that its loop is alive. The
 * socket is nobody else's: scripts do not inherit its name.
 */

import type { Core } from "../../native/mod.ts";
import type { Micros } from "../../net/micros.ts";
import type { WorldConfig } from "../../world/mod.ts";
import { clearTimer, setTimer, type Timer } from "../platform/mod.ts";

/** Pause before a message is sent again that the manager had no room for, ms, and how often. */
const RETRY_MS = 200;
const RETRIES = 50;

/** EAGAIN: the manager has not read what came before. */
const NO_ROOM = 11;

/** The service manager, or nobody. */
export interface ServiceManager extends Disposable {
  /** The daemon runs, at the start or again after a reload; `status` is for people. */
  ready(status: string): void;
  /** A reload begins; `ready` follows. */
  reloading(): void;
  stopping(): void;
  /** What keeps it from running, for people. */
  failing(status: string): void;
}

/** What the manager is told of. */
export interface ManagedProcess {
  readonly core: Pick<Core, "ask" | "now">;
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  /** When the loop wants to be called next, if at all. */
  deadline(): Micros | undefined;
}

/** Knows the manager by the environment. */
export function openServiceManager(process: ManagedProcess): ServiceManager {
  const { core, environment, pid } = process;
  const socket = environment["NOTIFY_SOCKET"] ?? "";
  const interval = watchdogInterval(environment, pid);
  let watchdog: Timer | undefined;

  function say(lines: readonly string[], retries = RETRIES): void {
    if (socket === "") return;
    core.ask({ call: "notify", socket, text: lines.join("\n") }, (result) => {
      if (result.result !== "failed" || result.errno !== NO_ROOM || retries === 0) return;
      setTimer(() => say(lines, retries - 1), RETRY_MS);
    });
  }

  /** A loop whose deadline has long passed is not alive, though timers fire. */
  function watch(every: Micros): void {
    const deadline = process.deadline();
    if (deadline === undefined || core.now() - deadline < every) say(["WATCHDOG=1"], 0);
    watchdog = setTimer(() => watch(every), every / 2000);
  }

  return {
    ready: (status) => {
      say(["READY=1", `MAINPID=${pid}`, `STATUS=${oneLine(status)}`]);
      if (watchdog === undefined && socket !== "" && interval !== undefined) watch(interval);
    },
    reloading: () => say(["RELOADING=1", `MONOTONIC_USEC=${Math.floor(core.now())}`]),
    stopping: () => say(["STOPPING=1", "STATUS=Stopping"]),
    failing: (status) => say([`STATUS=${oneLine(status)}`]),
    [Symbol.dispose]: () => clearTimer(watchdog),
  };
}

/** How often the manager wants to hear of this process, if at all (sd_watchdog_enabled(3)). */
export function watchdogInterval(
  environment: Readonly<Record<string, string>>,
  pid: number,
): Micros | undefined {
  const meant = environment["WATCHDOG_PID"];
  const interval = Number(environment["WATCHDOG_USEC"] ?? "");
  if (meant !== undefined && Number(meant) !== pid) return undefined;
  return Number.isSafeInteger(interval) && interval > 0 ? interval : undefined;
}

/** A message has one assignment a line. */
function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}

/** What runs, for people. */
export function statusText({ vrrp, lvs }: WorldConfig): string {
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
  const instances = count(vrrp.instances.length, "virtual router");
  return `Runs ${instances} and ${count(lvs.virtualServers.length, "virtual server")}`;
}
