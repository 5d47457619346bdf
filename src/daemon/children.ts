/** Scripts as child processes, as cli.tsv describes: own process group, no descriptors, cleaned environment, a time limit. */

import type { ScriptCommand, ScriptUser } from "../global/config.ts";
import { type Micros, MILLISECOND } from "../net/micros.ts";
import { type Account, type Accounts, runsAs } from "./accounts.ts";
import type { Log } from "./log.ts";

/** Time between SIGTERM and SIGKILL for a script that ran out of time. */
const KILL_DELAY_MS = 2_000;

/** Variables a script must not inherit. */
const DROPPED = ["IFS", "LD_PRELOAD", "LD_LIBRARY_PATH"];

/** How a script ended. */
export type ScriptEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" }
  /** It could not be started: counts as success for keepalived's helper, so the caller decides. */
  | { readonly kind: "not-started"; readonly reason: string };

/** What children need to know. */
export interface ChildrenOptions {
  readonly accounts: Accounts;
  readonly scriptUser?: ScriptUser;
  readonly log: Log;
}

/** Starts scripts and knows which are running. */
export interface Children {
  run(command: ScriptCommand, timeout?: Micros): Promise<ScriptEnd>;
  /** Takes new settings after a reload. */
  configure(options: ChildrenOptions): void;
  /** Waits until every script has ended, at most this long. True when all have. */
  settled(limit: Micros): Promise<boolean>;
}

/** No script is running yet. */
export function openChildren(initial: ChildrenOptions): Children {
  let options = initial;
  const running = new Set<Promise<ScriptEnd>>();
  return {
    run: (command, timeout) => {
      const end = runScript(command, timeout, options);
      running.add(end);
      end.finally(() => running.delete(end));
      return end;
    },
    configure: (next) => {
      options = next;
    },
    settled: async (limit) => {
      const all = Promise.allSettled(running).then(() => true);
      const timer = Promise.withResolvers<boolean>();
      const id = setTimeout(() => timer.resolve(false), limit / MILLISECOND);
      const done = await Promise.race([all, timer.promise]);
      clearTimeout(id);
      return done;
    },
  };
}

async function runScript(
  command: ScriptCommand,
  timeout: Micros | undefined,
  options: ChildrenOptions,
): Promise<ScriptEnd> {
  const child = spawn(command, options);
  if (typeof child === "string") {
    options.log({ level: "warning", from: "core", text: child });
    return { kind: "not-started", reason: child };
  }
  let timedOut = false;
  const timers = timeout === undefined ? [] : [
    setTimeout(() => {
      timedOut = true;
      signalGroup(child.pid, "SIGTERM");
    }, timeout / MILLISECOND),
    setTimeout(() => signalGroup(child.pid, "SIGKILL"), timeout / MILLISECOND + KILL_DELAY_MS),
  ];
  const status = await child.status;
  timers.forEach(clearTimeout);
  if (timedOut) return { kind: "timed-out" };
  return status.signal === null
    ? { kind: "exited", code: status.code }
    : { kind: "signalled", signal: status.signal };
}

/** The running child, or why there is none. */
function spawn(command: ScriptCommand, options: ChildrenOptions): Deno.ChildProcess | string {
  const [program = "", ...args] = command.argv;
  const runs = runsAs(command, options.scriptUser, options.accounts);
  if (runs.kind === "nobody") return runs.reason;
  try {
    return new Deno.Command(program, {
      args,
      clearEnv: true,
      env: childEnvironment(),
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
      ...(runs.kind === "account" && !isOwn(runs.account) ? runs.account : {}),
    }).spawn();
  } catch (error) {
    return `Cannot run ${program}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Nothing to change, which without privileges would also be refused. */
function isOwn({ uid, gid }: Account): boolean {
  return uid === Deno.uid() && gid === Deno.gid();
}

function childEnvironment(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => !DROPPED.includes(name)));
}

/** A script that has just ended is no error. */
function signalGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
