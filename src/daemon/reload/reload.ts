/** One reload: the file is read again, apart from the loop, and the difference to what runs is made. */

import type { ProcessConfig } from "../../process/mod.ts";
import { guardReasons, planDeeds } from "../../plan/mod.ts";
import type { Core } from "../../native/mod.ts";
import { logConfiguration } from "../files/dumps.ts";
import { followAnew } from "../core/following.ts";
import type { Log } from "../log.ts";
import type { Loop } from "../loop.ts";
import { pause } from "../platform/mod.ts";
import { loadConfig, type LoadedConfig, partsOf } from "../reading/load_config.ts";
import { readApart } from "../reading/read_apart.ts";
import type { LoadOptions, Reading } from "../reading/reading.ts";
import { reread } from "../reading/reread.ts";
import { openConnections } from "./connections.ts";
import { appendFindings, keepState, markReload } from "./files.ts";
import type { ReloadOutcome, ReloadWish } from "./reloads.ts";
import { type ServiceManager, statusText } from "../process/service_manager.ts";

/** What a reload works with. */
export interface Reloading {
  readonly core: Core;
  readonly loop: Loop;
  readonly log: Log;
  readonly manager: ServiceManager;
  readonly options: LoadOptions & { readonly dumpConf: boolean };
  readonly pidFile: string;
  /** What stands in the state dumps. */
  state(): Promise<string>;
  /** Configuration in force. */
  inForce(): LoadedConfig;
  /** Another one comes into force, at this moment. */
  take(config: LoadedConfig): void;
}

/**
 * Reads and hands over. What cannot be read, lacks what runs by mistake, or is refused by a guard, changes nothing; nor does what
 * comes after the end.
 */
export async function reload(wish: ReloadWish, reloading: Reloading): Promise<ReloadOutcome> {
  const { core, loop, log, manager, options, pidFile, inForce, state } = reloading;
  const { file } = options;
  const { process } = inForce().config;
  const readMarked = async () => {
    using _marker = await markReload(process, pidFile, { core, log });
    const read = () => readApart(options, partsOf(inForce().config, options.parts), log);
    return await reread({ file, read, isWanted, log, pause });
  };
  const isWanted = () => loop.world().phase === "running";
  log({ level: "notice", from: "core", text: `Reloading ${file}` });
  manager.reloading();
  // Whatever comes of it, the manager hears that the reload is over.
  let status = "Runs with the configuration before a reload that failed";
  using _told = { [Symbol.dispose]: () => isWanted() && manager.ready(status) };
  const refused = (why: readonly string[]): ReloadOutcome => {
    const text = `Cannot reload: ${why.join("; ")}; what runs stays`;
    log({ level: "error", from: "core", text });
    return { kind: "refused", why };
  };
  await keepState(process, { when: "before", file, state }, { core, log });
  const reading = await readMarked();
  if (!isWanted()) return ENDING;
  const loaded = await loadConfig(options, { core, log }, reading);
  const why = whyNot(reading, process);
  if (why !== undefined) {
    const { reloadCheckConfig: check } = process;
    const findings = reading.lines.map(({ text }) => text);
    if (typeof check === "string" && reading.tested !== 0) appendFindings(check, findings, log);
    return refused([why]);
  }
  const guarded = process.reloadGuard === true && wish.force !== true;
  const stopped = await handOver(loaded, { ...reloading, guarded });
  if (!isWanted()) return ENDING;
  if (stopped.length > 0) {
    return refused([`it would do what reload_guard is against: ${stopped.join(", ")}`]);
  }
  status = statusText(loaded.parts);
  await keepState(loaded.config.process, { when: "after", file, state }, { core, log });
  if (options.dumpConf) {
    logConfiguration(loop.world(), { core, log, global: loaded.config.global });
  }
  return { kind: "done" };
}

const ENDING: ReloadOutcome = { kind: "refused", why: ["the daemon is about to end"] };

/**
 * Puts a configuration into force. With a guard it is asked in the very moment, of the very world: what it says is why nothing was
 * done; empty: it is done.
 */
export async function handOver(
  loaded: LoadedConfig,
  { core, loop, take, inForce, guarded }:
    & Pick<Reloading, "core" | "loop" | "take" | "inForce">
    & { readonly guarded: boolean },
): Promise<readonly string[]> {
  const connections = guarded ? await openConnections() : undefined;
  let stopped: readonly string[] = [];
  await followAnew({ core, loop }, loaded.parts, () => {
    if (loop.world().phase !== "running") return;
    if (guarded) {
      const plan = planDeeds(loop.world(), {
        config: loaded.parts,
        now: core.now(),
        ...(connections !== undefined && { connections }),
      });
      stopped = guardReasons(plan);
      if (stopped.length > 0) return;
    }
    take(loaded);
    loop.dispatch({ kind: "reload", config: loaded.parts });
  });
  // What runs speaks of other links than what does not.
  if (stopped.length > 0) await followAnew({ core, loop }, inForce().parts, () => {});
  return stopped;
}

/** Why what was read may not take the place of what runs; `undefined`: it may. */
export function whyNot(
  { refusal, refused, tested }: Reading,
  { reloadCheckConfig: check }: ProcessConfig,
): string | undefined {
  if (check !== undefined && tested !== 0) {
    return `it does not pass the test, by status ${tested} (reload_check_config)`;
  }
  if (refusal !== undefined) return refusal.why;
  return refused === 0 ? undefined : "a start with this configuration is refused";
}
