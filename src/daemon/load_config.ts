/** Reads the configuration for a run: file to parts, findings to the log, scripts checked. */

import { startStatus } from "../language/mod.ts";
import type { ScriptCommand } from "../global/config.ts";
import { type BoundConfig, type Config, readBound } from "../document/config.ts";
import type { WorldConfig } from "../world/mod.ts";
import { commandsOf, withoutCommands } from "../document/commands/mod.ts";
import type { Core } from "../native/mod.ts";
import { type Accounts, insecurity, readAccounts } from "./scripts/mod.ts";
import { logFindings, MAX_LINES } from "./config_log.ts";
import type { Log } from "./log.ts";
import { hostFacts, systemFiles } from "./source_files.ts";

/** Which file, as what node, which parts. */
export interface LoadOptions {
  readonly file: string;
  readonly configId?: string;
  /** `-e`: every include problem counts. */
  readonly allConfig: boolean;
  readonly parts: "both" | "vrrp" | "check";
}

/** What was read. */
export interface LoadedConfig {
  readonly config: Config;
  /** The same for the parts that run. */
  readonly parts: WorldConfig;
  readonly accounts: Accounts;
  /** Exit code with which a start is refused; 0: it can run. */
  readonly refused: number;
}

/** Reads the file for this machine. Never throws for what it says. */
export function readFileOf({ file, configId, allConfig }: LoadOptions): BoundConfig {
  const files = systemFiles(configId === undefined ? {} : { configId });
  return readBound(file, files, { allConfig, host: hostFacts() });
}

/** Reads, tells what is found, drops what must not run. The last is what the file says, when that is known. */
export async function loadConfig(
  options: LoadOptions,
  { core, log }: { readonly core: Pick<Core, "call">; readonly log: Log },
  { config, diagnostics }: BoundConfig = readFileOf(options),
): Promise<LoadedConfig> {
  logFindings(log, diagnostics, options.file);
  const accounts = readAccounts();
  const parts = partsOf(config, options.parts);
  const safe = config.global.enableScriptSecurity
    ? await withoutInsecure(parts, config, { core, accounts, log })
    : parts;
  return { config, parts: safe, accounts, refused: startStatus(diagnostics) };
}

/** What of a configuration runs. */
export function partsOf({ vrrp, lvs }: Config, which: LoadOptions["parts"]): WorldConfig {
  return {
    vrrp: which === "check" ? { ...vrrp, instances: [], groups: [], scripts: [] } : vrrp,
    lvs: which === "vrrp" ? { ...lvs, virtualServers: [], flush: false } : lvs,
  };
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
  return withoutCommands(parts, forbidden);
}
