/**
 * Reloads, one after another, whoever asks: by signal nobody hears what came of it but the log, by the
 * socket who asked does. One that has to be confirmed is rolled back when nobody does it in time.
 */

import { MILLISECOND, SECOND } from "../../net/micros.ts";
import type { Log } from "../log.ts";
import { clearTimer, isoTime, setTimer, type Timer, wallClock } from "../platform/mod.ts";
import type { LoadedConfig } from "../reading/load_config.ts";

/** What is wanted. */
export interface ReloadWish {
  /** Rolled back after so many seconds, unless it is confirmed. */
  readonly confirm?: number;
  /** Whatever `reload_guard` says. */
  readonly force?: true;
}

/** What came of it. */
export type ReloadOutcome =
  | { readonly kind: "done"; /** ISO 8601. */ readonly rollsBackAt?: string }
  | { readonly kind: "refused"; readonly why: readonly string[] };

/** The reloads of one daemon. */
export interface Reloads extends Disposable {
  /** By signal, or by a time that has come. However many come while one runs, one runs after it. */
  request(): void;
  ask(wish: ReloadWish): Promise<ReloadOutcome>;
  /** What waits stays; false when nothing waits. */
  confirm(): boolean;
  /** What waits is rolled back now; false when nothing waits. */
  rollBack(): Promise<boolean>;
  /** Until when something waits to be confirmed, ISO 8601. */
  rollsBackAt(): string | undefined;
  /** Why the last reload was refused; `undefined`: it was not. */
  refused(): readonly string[] | undefined;
}

/** What reloads work with. */
export interface ReloadsOptions {
  /** Reads the file again and hands it over. */
  run(wish: ReloadWish): Promise<ReloadOutcome>;
  /** Hands over what was in force before. */
  restore(config: LoadedConfig): Promise<void>;
  inForce(): LoadedConfig;
  /** For the log. */
  readonly file: string;
  readonly log: Log;
  /** Hears of a bug. */
  failed(error: unknown): void;
}

/** A reload that has to be confirmed. */
interface Waiting {
  readonly before: LoadedConfig;
  readonly timer: Timer;
  readonly until: string;
}

/** Nothing runs yet. */
export function openReloads(
  { run, restore, inForce, file, log, failed }: ReloadsOptions,
): Reloads {
  let last: Promise<unknown> = Promise.resolve();
  let requested = false;
  let waiting: Waiting | undefined;
  let refused: readonly string[] | undefined;

  function behind<T>(task: () => Promise<T>): Promise<T> {
    const done = last.then(task);
    last = done.catch(() => {});
    return done;
  }

  function notWaiting(): void {
    clearTimer(waiting?.timer);
    waiting = undefined;
  }

  /** What waits may be followed by another that waits as well; anything else would confirm it without a word. */
  function refusal(wish: ReloadWish): string | undefined {
    return waiting === undefined || wish.confirm !== undefined
      ? undefined
      : `a reload waits until ${waiting.until} to be confirmed (holdfast reload --confirmed)`;
  }

  async function carryOut(wish: ReloadWish): Promise<ReloadOutcome> {
    const why = refusal(wish);
    if (why !== undefined) {
      log({ level: "error", from: "core", text: `Cannot reload: ${why}` });
      return { kind: "refused", why: [why] };
    }
    const before = waiting?.before ?? inForce();
    const outcome = await run(wish);
    refused = outcome.kind === "refused" ? outcome.why : undefined;
    if (outcome.kind === "refused" || wish.confirm === undefined) return outcome;
    notWaiting();
    const until = isoTime(wallClock().ms + 1_000 * wish.confirm);
    const timer = setTimer(
      () => rollBack(`Nobody has confirmed the reload within ${wish.confirm} s`).catch(failed),
      wish.confirm * SECOND / MILLISECOND,
    );
    waiting = { before, timer, until };
    log({ level: "notice", from: "core", text: `Rolls back at ${until} unless it is confirmed` });
    return { kind: "done", rollsBackAt: until };
  }

  function rollBack(why: string): Promise<boolean> {
    return behind(async () => {
      if (waiting === undefined) return false;
      const { before } = waiting;
      notWaiting();
      const text =
        `${why}: rolls back to the configuration before it; ${file} is as it was written`;
      log({ level: "warning", from: "core", text });
      refused = undefined;
      await restore(before);
      return true;
    });
  }

  return {
    request: () => {
      if (requested) return;
      requested = true;
      behind(() => {
        requested = false;
        return carryOut({});
      }).catch(failed);
    },
    ask: (wish) => behind(() => carryOut(wish)),
    confirm: () => {
      if (waiting === undefined) return false;
      notWaiting();
      log({ level: "notice", from: "core", text: "The reload is confirmed" });
      return true;
    },
    rollBack: () => rollBack("Asked to roll back the reload"),
    rollsBackAt: () => waiting?.until,
    refused: () => refused,
    [Symbol.dispose]: notWaiting,
  };
}
