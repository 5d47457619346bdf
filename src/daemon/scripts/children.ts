/** Scripts as children of the core: whom they run as, and what comes of them. */

import type { ScriptCommand, ScriptUser } from "../../global/config.ts";
import type { Core, Event } from "../../native/mod.ts";
import { type Micros, MILLISECOND, SECOND } from "../../net/micros.ts";
import type { Log } from "../log.ts";
import { clearTimer, gid as ownGid, pause, setTimer, uid as ownUid } from "../platform/mod.ts";
import { type Account, type Accounts, runsAs } from "./accounts.ts";
import { sentence, shellPrograms } from "./guard.ts";
import { signalName } from "./signal_names.ts";

/** Time between SIGTERM and SIGKILL for a script that ran out of time. */
const GRACE: Micros = 2 * SECOND;

/** How long a notify script is waited for before the next one of the same subject starts as well, unless it says otherwise. */
const HEAD_START: Micros = 100 * MILLISECOND;

/** Pauses before a notify script that could not begin is tried again, ms. */
const FIRST_PAUSE = 100;
const LAST_PAUSE = 5_000;

/** Error numbers that say something about this host, not about the script: EAGAIN, ENOMEM, ENFILE, EMFILE, ETXTBSY. */
const WANTS: ReadonlySet<number> = new Set([11, 12, 23, 24, 26]);

/** What comes of a script. One ends it, but `late`, after which `gone` follows. */
export type ScriptNews =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  /** Its time is over: it is being ended. */
  | { readonly kind: "late" }
  | { readonly kind: "gone" }
  /** It cannot be run: counts as success for keepalived's helper, so the caller decides. The reason is not logged. */
  | { readonly kind: "not-started"; readonly reason: string }
  /** This host lacked what it takes to start it: nothing is known of it. The reason is not logged. */
  | { readonly kind: "not-begun"; readonly reason: string };

/** What children need to know. */
export interface ChildrenOptions {
  readonly accounts: Accounts;
  readonly scriptUser?: ScriptUser;
  /** `enable_script_security`. */
  readonly guarded: boolean;
  readonly log: Log;
}

/** A question to a script. */
export interface Question {
  readonly command: ScriptCommand;
  /** Longest time it may take. */
  readonly timeout: Micros;
  /** By which it can be ended before. */
  readonly key: string;
  /** Hears what comes of it, in order with the core's events. */
  hear(news: ScriptNews): void;
}

/** How long scripts that are told something are waited for. */
export interface TellingTimes {
  /** Before the next of the subject starts as well; absent: a moment. */
  readonly headStart?: Micros | undefined;
  /** It is ended after this time, and the next of the subject waits for its end; absent: it takes as long as it likes. */
  readonly limit?: Micros | undefined;
}

/** Starts scripts and knows which are running. */
export interface Children {
  /** Runs a script that is asked something. */
  ask(question: Question): void;
  /** Ends a script that was asked something; nobody hears of it any more. */
  dismiss(key: string): void;
  /**
   * Runs scripts that are told something of `subject`: one after another, and after those that were told of it before,
   * so that quick ones see things in order, but none waits for another that hangs. One that cannot begin for want of
   * this host is tried again, and what is told later waits for it.
   */
  tell(subject: string, commands: readonly ScriptCommand[], times?: TellingTimes): void;
  /** Runs a program for as long as it is wanted; `ended` hears that it has ended by itself, or why it did not begin. */
  keep(key: string, command: ScriptCommand, ended: (why: string) => void): void;
  /** Takes what the core says of a child. */
  heard(event: Extract<Event, { readonly event: "child-late" | "child-ended" }>): void;
  /** Takes new settings after a reload. */
  configure(options: ChildrenOptions): void;
  /**
   * Ends: who was asked is told to end at once, who was told something has time to finish. Whoever is left is ended by
   * the core when it is closed. True when nobody is.
   */
  end(limit: Micros): Promise<boolean>;
}

/** A script that is told something. */
interface Told {
  readonly ended: () => void;
  readonly limit?: Micros | undefined;
}

/** No script is running yet. */
export function openChildren(
  core: Pick<Core, "ask" | "tell">,
  initial: ChildrenOptions,
): Children {
  let options = initial;
  let lastChild = 0;
  let ending = false;
  const running = new Map<number, (event: ChildEvent) => void>();
  const asked = new Map<string, number>();
  /** Rows of scripts that are told something and have not ended, and questions at the end. */
  const open = new Set<Promise<unknown>>();
  /** By subject: passed when what was told of it has ended or had its head start. */
  const turns = new Map<string, Promise<void>>();
  /** Passed when whatever was told before has begun. */
  let gate: Promise<unknown> = Promise.resolve();

  function nextChild(): number {
    lastChild = (lastChild + 1) >>> 0;
    return lastChild;
  }

  function start(
    child: number,
    command: ScriptCommand,
    { limit, begun, hear }: {
      readonly limit?: Micros;
      readonly begun?: () => void;
      readonly hear: (news: ScriptNews) => void;
    },
  ): void {
    const runs = runsAs(command, options.scriptUser, options.accounts);
    if (runs.kind === "nobody") {
      return hear({ kind: "not-started", reason: runs.reason });
    }
    let late = false;
    running.set(child, (event) => {
      if (event.event === "child-ended") running.delete(child);
      const news = newsOf(event, late);
      late ||= event.event === "child-late";
      hear(news);
    });
    const call = {
      call: "spawn",
      child,
      argv: command.argv,
      ...(runs.kind === "account" && !isOwn(runs.account) ? { account: runs.account } : {}),
      ...(options.guarded ? { guard: shellPrograms(command) } : {}),
      ...(limit === undefined ? {} : { limit }),
      grace: GRACE,
    } as const;
    core.ask(call, (result) => {
      if (result.result !== "failed") return begun?.();
      running.delete(child);
      const kind = WANTS.has(result.errno) ? "not-begun" : "not-started";
      hear({ kind, reason: sentence(result.message) });
    });
  }

  /** Passed when all of them have ended. */
  function tellInTurn(
    subject: string,
    commands: readonly ScriptCommand[],
    times: TellingTimes,
  ): Promise<unknown> {
    const ends: Promise<void>[] = [];
    const begun = () => begin(commands, ends, times);
    const turn = (turns.get(subject) ?? Promise.resolve()).then(begun);
    turns.set(subject, turn);
    return turn.then(() => {
      if (turns.get(subject) === turn) turns.delete(subject);
      return Promise.allSettled(ends);
    });
  }

  /** Begins them one after another; passed when the last one has ended or had its head start. */
  async function begin(
    commands: readonly ScriptCommand[],
    ends: Promise<void>[],
    { headStart = HEAD_START, limit }: TellingTimes,
  ): Promise<void> {
    for (const command of commands) {
      const end = Promise.withResolvers<void>();
      ends.push(end.promise);
      const ended = () => end.resolve();
      gate = gate.then(() => beginOne(command, { ended, limit }));
      await gate;
      if (limit === undefined) await within(end.promise, headStart / MILLISECOND);
      else await end.promise;
    }
  }

  /** Resolved when the script has begun, or never will. */
  async function beginOne(command: ScriptCommand, told: Told): Promise<void> {
    const { ended } = told;
    for (let wait = FIRST_PAUSE;; wait = Math.min(2 * wait, LAST_PAUSE)) {
      const reason = await attempt(command, told);
      if (reason === undefined) return;
      if (wait === FIRST_PAUSE) complain(`${reason}, tries again`);
      if (ending) return ended();
      await pause(wait);
    }
  }

  /** Gives why the script could not begin for want of this host. */
  function attempt(
    command: ScriptCommand,
    { ended, limit }: Told,
  ): Promise<string | undefined> {
    return new Promise((resolve) => {
      const hear = (news: ScriptNews) => {
        if (news.kind === "late") {
          return complain(`Ends ${command.argv[0]}: it takes longer than hook_timeout`);
        }
        if (news.kind === "not-begun") return resolve(news.reason);
        if (news.kind === "not-started") complain(news.reason);
        ended();
        resolve(undefined);
      };
      start(nextChild(), command, {
        ...(limit !== undefined && { limit }),
        begun: () => resolve(undefined),
        hear,
      });
    });
  }

  function complain(text: string): void {
    options.log({ level: "warning", from: "core", text });
  }

  function remember(task: Promise<unknown>): void {
    open.add(task);
    task.finally(() => open.delete(task));
  }

  return {
    ask: ({ command, timeout, key, hear }) => {
      const end = Promise.withResolvers<void>();
      remember(end.promise);
      const child = nextChild();
      asked.set(key, child);
      start(child, command, {
        limit: timeout,
        hear: (news) => {
          if (news.kind !== "late") {
            if (asked.get(key) === child) asked.delete(key);
            end.resolve();
          }
          hear(news);
        },
      });
    },
    dismiss: (key) => {
      const child = asked.get(key);
      if (child === undefined) return;
      asked.delete(key);
      running.set(child, () => running.delete(child));
      core.tell({ call: "end-child", child });
    },
    keep: (key, command, ended) => {
      const child = nextChild();
      asked.set(key, child);
      start(child, command, {
        hear: (news) => {
          if (news.kind === "late") return;
          if (asked.get(key) === child) asked.delete(key);
          if (!ending) ended(howItEnded(news));
        },
      });
    },
    tell: (subject, commands, times = {}) => {
      if (commands.length > 0) remember(tellInTurn(subject, commands, times));
    },
    heard: (event) => running.get(event.child)?.(event),
    configure: (next) => {
      options = next;
    },
    end: (limit) => {
      ending = true;
      for (const child of asked.values()) core.tell({ call: "end-child", child });
      return within(Promise.allSettled(open), limit / MILLISECOND);
    },
  };
}

function howItEnded(news: Exclude<ScriptNews, { readonly kind: "late" }>): string {
  switch (news.kind) {
    case "exited":
      return `exited with status ${news.code}`;
    case "signalled":
      return `exited due to signal ${news.signal}`;
    case "gone":
      return "ended";
    case "not-started":
    case "not-begun":
      return news.reason;
  }
}

/** What the core says of a child. */
type ChildEvent = Extract<Event, { readonly event: "child-late" | "child-ended" }>;

function newsOf(event: ChildEvent, late: boolean): ScriptNews {
  if (event.event === "child-late") return { kind: "late" };
  if (late) return { kind: "gone" };
  const { exit } = event;
  return exit.kind === "exited" ? exit : { kind: "signalled", signal: signalName(exit.signal) };
}

/** Waits for `task` at most so many ms; whether it came in time. */
async function within(task: Promise<unknown>, limit: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimer(() => late.resolve(false), limit);
  const inTime = await Promise.race([task.then(() => true), late.promise]);
  clearTimer(timer);
  return inTime;
}

/** Nothing to change, which without privileges would also be refused. */
function isOwn({ uid, gid }: Account): boolean {
  return uid === ownUid() && gid === ownGid();
}
