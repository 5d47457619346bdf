/** One reload: the file is read again, apart from the loop, and the difference to what runs is made. */

import type { Config } from "../../document/config.ts";
import type { ProcessConfig } from "../../process/mod.ts";
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
import { appendFindings, keepState, markReload } from "./files.ts";
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
  settings(): Config;
  /** Another one comes into force, at this moment. */
  take(config: LoadedConfig): void;
}

/** Reads and hands over. What cannot be read, or lacks what runs by mistake, changes nothing; nor does what comes after the end. */
export async function reload(
  { core, loop, log, manager, options, pidFile, settings, take, state }: Reloading,
): Promise<void> {
  const { file } = options;
  const readMarked = async () => {
    using _marker = await markReload(settings().process, pidFile, { core, log });
    const read = () => readApart(options, partsOf(settings(), options.parts), log);
    return await reread({ file, read, isWanted, log, pause });
  };
  const isWanted = () => loop.world().phase === "running";
  log({ level: "notice", from: "core", text: `Reloading ${file}` });
  manager.reloading();
  // Whatever comes of it, the manager hears that the reload is over.
  let status = "Runs with the configuration before a reload that failed";
  using _told = { [Symbol.dispose]: () => isWanted() && manager.ready(status) };
  const { process } = settings();
  await keepState(process, { when: "before", file, state }, { core, log });
  const reading = await readMarked();
  if (!isWanted()) return;
  const loaded = await loadConfig(options, { core, log }, reading);
  const why = whyNot(reading, process, log);
  if (why !== undefined) {
    log({ level: "error", from: "core", text: `Cannot reload: ${why}; what runs stays` });
    return;
  }
  await followAnew({ core, loop }, loaded.parts, () => {
    if (!isWanted()) return;
    take(loaded);
    loop.dispatch({ kind: "reload", config: loaded.parts });
  });
  status = statusText(loaded.parts);
  await keepState(loaded.config.process, { when: "after", file, state }, { core, log });
  if (options.dumpConf) {
    logConfiguration(loop.world(), { core, log, global: loaded.config.global });
  }
}

/** Why what was read may not take the place of what runs; `undefined`: it may. */
function whyNot(
  { refusal, refused, tested, lines }: Reading,
  { reloadCheckConfig: check }: ProcessConfig,
  log: Log,
): string | undefined {
  if (check !== undefined && tested !== 0) {
    if (typeof check === "string") appendFindings(check, lines.map(({ text }) => text), log);
    return `it does not pass the test, by status ${tested} (reload_check_config)`;
  }
  if (refusal !== undefined) return refusal.why;
  return refused === 0 ? undefined : "a start with this configuration is refused";
}
