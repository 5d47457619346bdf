/** Reads the configuration for a run: file to parts, findings to the log, scripts checked. */

import type { ScriptCommand } from "../../global/config.ts";
import { notifyConfigOf } from "../../notify/mod.ts";
import type { Config } from "../../document/config.ts";
import type { LvsConfig } from "../../lvs/config.ts";
import type { WorldConfig } from "../../world/mod.ts";
import { commandsOf, withoutCommands } from "../../document/commands/mod.ts";
import type { Core } from "../../native/mod.ts";
import { type Accounts, insecurity, readAccounts } from "../scripts/mod.ts";
import type { Log } from "../log.ts";
import { MAX_LINES } from "./config_log.ts";
import { type LoadOptions, readFile, type Reading } from "./reading.ts";

/** What was read. */
export interface LoadedConfig {
  readonly config: Config;
  /** The same for the parts that run. */
  readonly parts: WorldConfig;
  readonly accounts: Accounts;
  /** Exit code with which a start is refused; 0: it can run. */
  readonly refused: number;
}

/** Reads, tells what is found, drops what must not run. The last is what the file says, when that is known. */
export async function loadConfig(
  options: LoadOptions,
  { core, log }: { readonly core: Pick<Core, "call">; readonly log: Log },
  { config, lines, refused }: Reading = readFile(options),
): Promise<LoadedConfig> {
  for (const line of lines) log(line);
  const accounts = readAccounts();
  const parts = partsOf(config, options.parts);
  const safe = config.global.enableScriptSecurity
    ? await withoutInsecure(parts, config, { core, accounts, log })
    : parts;
  return { config, parts: safe, accounts, refused };
}

/** What of a configuration runs. */
export function partsOf(
  { vrrp, lvs, track, global }: Config,
  which: LoadOptions["parts"],
): WorldConfig {
  return {
    vrrp: which === "check" ? { ...vrrp, instances: [], groups: [] } : vrrp,
    lvs: which === "vrrp" ? onlySynchronised(lvs) : lvs,
    track,
    notify: notifyConfigOf(global),
  };
}

/** keepalived: its VRRP process has the sync daemon. */
function onlySynchronised({ syncDaemon }: LvsConfig): LvsConfig {
  return { virtualServers: [], flush: false, ...(syncDaemon && { syncDaemon }) };
}

/** The parts without the scripts that `enable_script_security` forbids; each is told. */
async function withoutInsecure(
  parts: WorldConfig,
  { global }: Config,
  { core, accounts, log }: {
    readonly core: Pick<Core, "call">;
    readonly accounts: Accounts;
    readonly log: Log;
  },
): Promise<WorldConfig> {
  const { scriptUser } = global;
  const context = { core, accounts, ...(scriptUser === undefined ? {} : { scriptUser }) };
  const forbidden = new Set<ScriptCommand>();
  const reasons = new Set<string>(); // of one program that thousands of blocks name it is said once
  for (const command of commandsOf(parts)) {
    const reason = await insecurity(command, context);
    if (reason === undefined) continue;
    forbidden.add(command);
    reasons.add(reason);
  }
  for (const reason of [...reasons].slice(0, MAX_LINES)) {
    log({ level: "error", from: "core", text: `${reason} (enable_script_security)` });
  }
  if (reasons.size > MAX_LINES) {
    const text = `${reasons.size - MAX_LINES} more programs are not run (enable_script_security)`;
    log({ level: "error", from: "core", text });
  }
  return { ...parts, ...withoutCommands(parts, forbidden) };
}
