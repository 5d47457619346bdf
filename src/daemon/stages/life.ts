/** The world of one run and the loop around it: at rest until it begins, and over by an exit code or for another run. */

import { DEFAULT_OPTIONS, newWorld } from "../../world/mod.ts";
import { openComplaints } from "../core/complaints.ts";
import { carryOut, type Outside } from "../core/effects.ts";
import { follow } from "../core/following.ts";
import { type ClaimsFile, openClaimsFile } from "../files/claims_file.ts";
import { logConfiguration } from "../files/dumps.ts";
import { type Loop, startLoop } from "../loop.ts";
import { wallClock } from "../platform/mod.ts";
import { logBug } from "../process/failures.ts";
import type { LoadedConfig } from "../reading/load_config.ts";
import type { End } from "../succession/leaving.ts";
import type { Succession } from "../succession/succession.ts";
import { othersRun } from "../telling/mod.ts";
import type { Equipment } from "./equipment.ts";
import { EXIT, type Run } from "./given.ts";
import { listenToCore } from "./hearing.ts";

/** One life of the world. */
export interface Life extends Disposable {
  readonly loop: Loop;
  /** What of the kernel may be ours, on disk. */
  readonly claims: ClaimsFile;
  /** What effects are carried out with. */
  readonly outside: Outside;
  readonly over: Promise<number | End>;
  /** When it began, ms since 1970. */
  readonly began: number;
  /** Whether there is a guardian, as far as it was heard. */
  readonly guard: { runs: boolean };
  /** It is over: the first word counts. */
  finish(end: number | End): void;
}

/** What a life begins with. */
export interface LifeOptions {
  readonly loaded: LoadedConfig;
  readonly equipment: Equipment;
  readonly succession: Succession;
}

/** Makes the world; nothing moves in it yet. */
export function openLife(run: Run, { loaded, equipment, succession }: LifeOptions): Life {
  const { core, log, options, pidFile } = run;
  const { parts, config } = loaded;
  const { children, fifos, mails, threads } = equipment;
  const over = Promise.withResolvers<number | End>();
  const world = newWorld(parts, { ...DEFAULT_OPTIONS, ...options.world }, core.now());
  if (options.dumpConf) logConfiguration(world, { core, log, global: config.global });
  const loop = startLoop({
    world,
    now: () => core.now(),
    carryOut: (effect) => carryOut(effect, outside),
    hearAll: (heard) => core.ask({ call: "settle" }, heard),
    complain: (error, during) => logBug(log, error, during),
    late: threads.late,
    settled: (world) => succession.note(world),
  });
  const claims = openClaimsFile({
    core,
    pidFile,
    parts: { vrrp: options.parts !== "check", check: options.parts !== "vrrp" },
    log,
  });
  const outside: Outside = {
    core,
    children,
    log,
    complaints: openComplaints(log, () => core.now()),
    fifos,
    mails,
    claims,
    dispatch: (event) => loop.dispatch(event),
    exit: () => over.resolve(EXIT.ok),
  };
  return {
    loop,
    claims,
    outside,
    over: over.promise,
    began: wallClock().ms,
    guard: { runs: false },
    finish: over.resolve,
    [Symbol.dispose]: () => loop[Symbol.dispose](),
  };
}

/** Begins it with what the kernel holds. Gives the exit code where it is over before that. */
export async function begin(
  run: Run,
  life: Life,
  { loaded, equipment, succession, guarded }: LifeOptions & {
    /** There is a guardian. */
    readonly guarded: boolean;
  },
): Promise<number | undefined> {
  const { loop, claims: { left } } = life;
  const { before } = succession;
  const { config: { global }, accounts, parts } = loaded;
  equipment.fifos.configure(global.told.fifos, accounts);
  const { settings = [] } = left;
  if (settings.length > 0) run.core.tell({ call: "settings-were", settings });
  const start = await follow(run.core, parts, left);
  if (run.signals.isStopWanted()) {
    await succession.decline();
    return EXIT.ok;
  }
  const neighbours = othersRun();
  loop.dispatch({ kind: "start", ...start, left, guarded, neighbours, ...(before && { before }) });
  succession.begun(loop.world());
  // A world that cannot begin is a bug, and was logged.
  if (loop.world().phase === "starting") return EXIT.bug;
  life.guard.runs = guarded;
  listenToCore(run, loop, { ...equipment, guard: life.guard, outside: life.outside });
  equipment.locals.configure(parts.vrrp);
  succession.configure(global.crashPolicy, loop.world());
  return undefined;
}
