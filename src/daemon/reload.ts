/** One reload: the file is read again, apart from the loop, and the difference to what runs is made. */

import type { Config } from "../document/config.ts";
import type { Core } from "../native/mod.ts";
import { logConfiguration } from "./dumps.ts";
import { followAnew } from "./following.ts";
import type { Log } from "./log.ts";
import type { Loop } from "./loop.ts";
import { pause } from "./platform/mod.ts";
import { loadConfig, type LoadedConfig, partsOf } from "./reading/load_config.ts";
import { readApart } from "./reading/read_apart.ts";
import type { LoadOptions } from "./reading/reading.ts";
import { reread } from "./reading/reread.ts";
import { type ServiceManager, statusText } from "./service_manager.ts";

/** What a reload works with. */
export interface Reloading {
  readonly core: Core;
  readonly loop: Loop;
  readonly log: Log;
  readonly manager: ServiceManager;
  readonly options: LoadOptions & { readonly dumpConf: boolean };
  /** Configuration in force. */
  settings(): Config;
  /** Another one comes into force, at this moment. */
  take(config: LoadedConfig): void;
}

/** Reads and hands over. What cannot be read, or lacks what runs by mistake, changes nothing; nor does what comes after the end. */
export async function reload(
  { core, loop, log, manager, options, settings, take }: Reloading,
): Promise<void> {
  const { file } = options;
  const isWanted = () => loop.world().phase === "running";
  log({ level: "notice", from: "core", text: `Reloading ${file}` });
  manager.reloading();
  // Whatever comes of it, the manager hears that the reload is over.
  let status = "Runs with the configuration before a reload that failed";
  using _told = { [Symbol.dispose]: () => isWanted() && manager.ready(status) };
  const read = () => readApart(options, partsOf(settings(), options.parts), log);
  const reading = await reread({ file, read, isWanted, log, pause });
  if (!isWanted()) return;
  const loaded = await loadConfig(options, { core, log }, reading);
  if (reading.refusal !== undefined || loaded.refused !== 0) {
    const why = reading.refusal?.why ?? "a start with this configuration is refused";
    log({ level: "error", from: "core", text: `Cannot reload: ${why}; what runs stays` });
    return;
  }
  await followAnew({ core, loop }, loaded.parts, () => {
    if (!isWanted()) return;
    take(loaded);
    loop.dispatch({ kind: "reload", config: loaded.parts });
  });
  status = statusText(loaded.parts);
  if (options.dumpConf) {
    logConfiguration(loop.world(), { core, log, global: loaded.config.global });
  }
}
