/** One run of the daemon: from the options to the exit code. Its stages are in `stages/`. */

import { errnoText } from "../net/errno.ts";
import { type Core, holdSignals, NativeError, openCore, restart } from "../native/mod.ts";
import { pidFileOf } from "../process/mod.ts";
import {
  AlreadyRunningError,
  makePidFolder,
  PidFileError,
  writePidFile,
} from "./files/pid_file.ts";
import { closeLog, type Log, LogError, openLog } from "./log.ts";
import {
  isDenied,
  isSystemError,
  startVariables,
  stderr,
  umask,
  variables,
  writeText,
} from "./platform/mod.ts";
import { allowCoreDumps } from "./process/core_dumps.ts";
import { surviveBugs } from "./process/failures.ts";
import { enterNamespace, NamespaceError } from "./process/namespace.ts";
import { NotPermittedError } from "./process/privileges.ts";
import { listenToSignals } from "./process/signals.ts";
import { loadConfig } from "./reading/load_config.ts";
import { readFile } from "./reading/reading.ts";
import { childrenCall } from "./scripts/mod.ts";
import {
  begin,
  type DaemonOptions,
  DEFAULT_UMASK,
  endRun,
  EXIT,
  guardianOf,
  maskFiles,
  openEquipment,
  openInForce,
  openLife,
  openRequests,
  type Run,
  type RunEnd,
  runStartupScript,
  warnBy,
  whyNotBegin,
  writePartPidFiles,
} from "./stages/mod.ts";
import { openSuccession } from "./succession/succession.ts";

export type { DaemonOptions } from "./stages/mod.ts";
export { rehearse } from "./rehearsal.ts";

/** Too many open files. */
const EMFILE = 24;

/** keepalived does with 14; the runtime alone has about as many. */
const TOO_FEW_FILES =
  "Cannot start: it may open too few files, let it have 48 at least (LimitNOFILE=, ulimit -n)";

/** Runs until stopped; gives the exit code. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const end = await runOnce(options);
  if (end !== "again") return end;
  const errno = restart({ anew: true, variables: [] });
  sayAtStart(`Cannot begin anew in the place of this process: ${errnoText(errno)}`);
  return EXIT.bug;
}

/** All that stands around a run: core, signals, log, namespace, pid file. */
async function runOnce(options: DaemonOptions): Promise<RunEnd> {
  umask(options.umask ?? DEFAULT_UMASK);
  using core = tryOpenCore();
  if (core === undefined) return EXIT.fatal;
  const signals = listenToSignals(core, options);
  core.tell(childrenCall({ ...startVariables(), ...variables() }));
  const log = await tryOpenLog(core, options);
  if (log === undefined) return EXIT.fatal;
  using _survivor = surviveBugs(log);
  const reading = readFile(options);
  const { process } = reading.config;
  const namespace = options.namespace ?? process.netNamespace;
  try {
    if (namespace !== undefined) enterNamespace(namespace);
    log({ level: "notice", from: "core", text: `Starting holdfast with ${options.file}` });
    const pidFile = options.pidFile ??
      pidFileOf({ ...process, ...(namespace && { netNamespace: namespace }) });
    if (options.pidFile === undefined) makePidFolder(pidFile);
    using _pidFile = writePidFile(pidFile, warnBy(log));
    using _pattern = allowCoreDumps(options.coreDumps, { core, log });
    return await runWith({ core, log, options, signals, reading, pidFile });
  } catch (error) {
    if (error instanceof AlreadyRunningError) return failed(log, error, EXIT.fatal);
    if (error instanceof NamespaceError) return failed(log, error, EXIT.fatal);
    if (error instanceof NotPermittedError) return failed(log, error, EXIT.permission);
    if (error instanceof PidFileError) {
      return failed(log, error, error.denied ? EXIT.permission : EXIT.fatal);
    }
    if (!isSystemError(error)) throw error;
    return failed(log, error, isDenied(error) ? EXIT.permission : EXIT.fatal);
  } finally {
    await closeLog(core);
    core[Symbol.dispose]();
    await core.closed;
  }
}

/** The stages of a run, from the configuration to the last script. */
async function runWith(run: Run): Promise<RunEnd> {
  const loaded = await loadConfig(run.options, run, run.reading);
  const refused = await whyNotBegin(run, loaded);
  if (refused !== undefined) return refused;
  maskFiles(run.options, loaded.config);

  // Asked before there is a guardian of this run: who waits for those before must not wait for that one.
  const succeeding = openSuccession(run);
  const guardian = guardianOf(run);
  using _pidFiles = writePartPidFiles(run, loaded.parts);
  for (const option of run.options.unmet) {
    warnBy(run.log)(`Cannot act on ${option} yet: it is left out`);
  }
  const equipment = openEquipment(run, loaded);
  using succession = await succeeding;
  if (succession.before === undefined) await runStartupScript(run, equipment, loaded);
  if (run.signals.isStopWanted()) {
    await succession.decline();
    return EXIT.ok;
  }

  using life = openLife(run, { loaded, equipment, succession });
  const guarded = await guardian;
  const over = await begin(run, life, { loaded, equipment, succession, guarded });
  if (over !== undefined) return over;

  const { loop } = life;
  using inForce = openInForce(loaded, { equipment, succession, loop, log: run.log });
  using requests = openRequests(run, { life, equipment, succession, inForce, guarded });
  return await endRun(run, { life, equipment, succession, inForce, requests });
}

/** Without the core there is nothing to run, and nothing but the terminal to say so. */
function tryOpenCore(): Core | undefined {
  try {
    holdSignals();
    return openCore();
  } catch (error) {
    if (!(error instanceof NativeError)) throw error;
    return sayAtStart(error.errno === EMFILE ? TOO_FEW_FILES : error.message);
  }
}

/** An operator who asked for a log file is not left with a daemon that writes none. */
async function tryOpenLog(core: Core, options: DaemonOptions): Promise<Log | undefined> {
  try {
    return await openLog(core, options.log);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    return sayAtStart(error.errno === EMFILE ? TOO_FEW_FILES : error.message);
  }
}

/** There is no log yet. */
function sayAtStart(text: string): undefined {
  writeText(stderr, `${text}\n`);
}

function failed(log: Log, error: Error, code: number): number {
  log({ level: "error", from: "core", text: error.message });
  return code;
}
