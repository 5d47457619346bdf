/** Scripts as child processes, as cli.tsv describes: own process group, no descriptors, cleaned environment, a time limit. */

import type { ScriptCommand, ScriptUser } from "../global/config.ts";
import { type Micros, MILLISECOND } from "../net/micros.ts";
import { type Account, type Accounts, runsAs } from "./accounts.ts";
import type { Log } from "./log.ts";
import { limitTime } from "./time_limit.ts";
import {
  type Child,
  clearTimer,
  gid as ownGid,
  isDenied,
  isMissing,
  kill,
  setTimer,
  type SignalName,
  spawn,
  type Timer,
  uid as ownUid,
  variables,
} from "./platform/mod.ts";

/** Time between SIGTERM and SIGKILL for a script that ran out of time. */
const KILL_DELAY_MS = 2_000;

/** How long a notify script is waited for before the next one of the same transition starts as well. */
const HEAD_START_MS = 100;

/** Variables a script must not inherit. */
const DROPPED = ["IFS", "LD_PRELOAD", "LD_LIBRARY_PATH"];

/** How a script ended. */
export type ScriptEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" }
  /** It could not be started: counts as success for keepalived's helper, so the caller decides. The reason is not logged. */
  | { readonly kind: "not-started"; readonly reason: string };

/** What children need to know. */
export interface ChildrenOptions {
  readonly accounts: Accounts;
  readonly scriptUser?: ScriptUser;
  readonly log: Log;
}

/** Starts scripts and knows which are running. */
export interface Children {
  /** Runs a script that is asked something, at most for `timeout`. */
  ask(command: ScriptCommand, timeout: Micros): Promise<ScriptEnd>;
  /**
   * Runs scripts that are told something: one after another, so that quick ones see things in order, but none waits for
   * another that hangs.
   */
  tell(commands: readonly ScriptCommand[]): void;
  /** Takes new settings after a reload. */
  configure(options: ChildrenOptions): void;
  /**
   * Ends: who was asked is ended at once, who was told has time to finish and is ended then (keepalived's scripts get
   * SIGTERM when their parent dies). True when none had to be ended after the limit.
   */
  end(limit: Micros): Promise<boolean>;
}

/** No script is running yet. */
export function openChildren(initial: ChildrenOptions): Children {
  let options = initial;
  /** Process groups. */
  const asked = new Set<number>();
  const told = new Set<number>();
  /** Rows of scripts that are told something and have not ended. */
  const rows = new Set<Promise<void>>();
  return {
    ask: (command, timeout) => runScript(command, options, { timeout, group: asked }),
    tell: (commands) => {
      const row = tellInTurn(commands, options, told);
      rows.add(row);
      row.finally(() => rows.delete(row));
    },
    configure: (next) => {
      options = next;
    },
    end: async (limit) => {
      for (const pid of asked) signalGroup(pid, "SIGTERM");
      const done = await within(Promise.allSettled(rows), limit / MILLISECOND);
      for (const pid of told) signalGroup(pid, "SIGTERM");
      return done;
    },
  };
}

async function tellInTurn(
  commands: readonly ScriptCommand[],
  options: ChildrenOptions,
  group: Set<number>,
): Promise<void> {
  const ends: Promise<unknown>[] = [];
  for (const command of commands) {
    const end = runScript(command, options, { group }).then((end) => {
      if (end.kind !== "not-started") return;
      options.log({ level: "warning", from: "core", text: end.reason });
    });
    ends.push(end);
    await within(end, HEAD_START_MS);
  }
  await Promise.allSettled(ends);
}

/** Waits for `task` at most so many ms; whether it came in time. */
async function within(task: Promise<unknown>, limit: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimer(() => late.resolve(false), limit);
  const inTime = await Promise.race([task.then(() => true), late.promise]);
  clearTimer(timer);
  return inTime;
}

async function runScript(
  command: ScriptCommand,
  options: ChildrenOptions,
  { timeout, group }: { readonly timeout?: Micros; readonly group: Set<number> },
): Promise<ScriptEnd> {
  const child = start(command, options);
  if (typeof child === "string") return { kind: "not-started", reason: child };
  group.add(child.pid);
  let timedOut = false;
  let killer: Timer | undefined;
  using _limit = timeout === undefined
    ? undefined
    : limitTime(child.pid, timeout / MILLISECOND, () => {
      timedOut = true;
      signalGroup(child.pid, "SIGTERM");
      killer = setTimer(() => signalGroup(child.pid, "SIGKILL"), KILL_DELAY_MS);
    });
  const end = await child.end;
  clearTimer(killer);
  group.delete(child.pid);
  if (timedOut) return { kind: "timed-out" };
  return end.signal === undefined
    ? { kind: "exited", code: end.code }
    : { kind: "signalled", signal: end.signal };
}

/** The running child, or why there is none. */
function start(command: ScriptCommand, options: ChildrenOptions): Child | string {
  const [program = "", ...args] = command.argv;
  const runs = runsAs(command, options.scriptUser, options.accounts);
  if (runs.kind === "nobody") return runs.reason;
  try {
    return spawn(program, {
      args,
      env: childEnvironment(),
      ...(runs.kind === "account" && !isOwn(runs.account) ? { account: runs.account } : {}),
    });
  } catch (error) {
    return `Cannot run ${program}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Nothing to change, which without privileges would also be refused. */
function isOwn({ uid, gid }: Account): boolean {
  return uid === ownUid() && gid === ownGid();
}

function childEnvironment(): Record<string, string> {
  const all = Object.entries(variables());
  return Object.fromEntries(all.filter(([name]) => !DROPPED.includes(name)));
}

/** A script that has just ended is no error, and one of another account may be out of reach without privileges. */
function signalGroup(pid: number, signal: SignalName): void {
  try {
    kill(-pid, signal);
  } catch (error) {
    if (!(isMissing(error) || isDenied(error))) throw error;
  }
}
