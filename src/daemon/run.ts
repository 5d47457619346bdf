/** One run of the daemon: from the options to the exit code. */

import { errnoText } from "../net/errno.ts";
import { type Core, holdSignals, NativeError, openCore, restart, STATUS } from "../native/mod.ts";
import { type Micros, MILLISECOND, SECOND } from "../net/micros.ts";
import { unreachable } from "../net/unreachable.ts";
import type { Config } from "../document/config.ts";
import { pidFileOf, type ProcessConfig, type RunningParts } from "../process/mod.ts";
import {
  DEFAULT_OPTIONS,
  newWorld,
  nextDeadline,
  type WorldEffect,
  type WorldEvent,
  type WorldOptions,
} from "../world/mod.ts";
import { openClaimsFile } from "./files/claims_file.ts";
import { openBuffers } from "./core/buffers.ts";
import { coreEvent } from "./core/core_events.ts";
import { type DumpRequest, logConfiguration, openDumps, stateText } from "./files/dumps.ts";
import { openComplaints } from "./core/complaints.ts";
import { carryOut } from "./core/effects.ts";
import { bugText, logBug, surviveBugs } from "./process/failures.ts";
import { loadConfig, type LoadedConfig } from "./reading/load_config.ts";
import { type LoadOptions, readFile, type Reading } from "./reading/reading.ts";
import { openReloadTimer } from "./reload/timer.ts";
import { runAwaited } from "./process/awaited_script.ts";
import { allowCoreDumps } from "./process/core_dumps.ts";
import { enterNamespace, NamespaceError } from "./process/namespace.ts";
import { closeLog, type Log, LogError, openLog } from "./log.ts";
import { follow } from "./core/following.ts";
import { guardianEnded, startGuardian } from "./core/guardian.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  AlreadyRunningError,
  makePidFolder,
  PidFileError,
  writePidFile,
} from "./files/pid_file.ts";
import {
  hostname,
  isDenied,
  isSystemError,
  pause,
  pid,
  readTextFileSync,
  startVariables,
  stderr,
  umask,
  variables,
  writeText,
} from "./platform/mod.ts";
import { type Capability, missingCapabilities, NotPermittedError } from "./process/privileges.ts";
import { handOver, reload } from "./reload/reload.ts";
import { openReloads, type Reloads } from "./reload/reloads.ts";
import { answerTo, openControl } from "./control/mod.ts";
import { controlPath } from "../control/mod.ts";
import { type Children, childrenCall, type ChildrenOptions, openChildren } from "./scripts/mod.ts";
import { sentence } from "./scripts/guard.ts";
import { type Fifos, type MailSettings, openFifos, openMails } from "./telling/mod.ts";
import { openServiceManager, type ServiceManager, statusText } from "./process/service_manager.ts";
import { openTidying } from "./process/tidying.ts";
import { openThreadSettings, type ThreadSettings } from "./process/thread_settings.ts";
import { type End, type Leaving, openLeaving } from "./succession/leaving.ts";
import { openSuccession } from "./succession/succession.ts";
import { listenToSignals, type SignalRequest, type Signals } from "./process/signals.ts";

export { rehearse } from "./rehearsal.ts";

/** Exit codes of cli.tsv that a run can end with by itself. */
const EXIT = { ok: 0, fatal: 1, permission: 4, bug: 70 } as const;

/** File mode mask of everything the daemon and its scripts create (cli.tsv "script process"). */
const DEFAULT_UMASK = 0o177;

/** How long scripts started at exit are waited for (cli.tsv "notify at exit"). */
const LAST_SCRIPTS: Micros = 1 * SECOND;

/** Too many open files. */
const EMFILE = 24;

/** keepalived does with 14; the runtime alone has about as many. */
const TOO_FEW_FILES =
  "Cannot start: it may open too few files, let it have 48 at least (LimitNOFILE=, ulimit -n)";

/** How long a disk is waited for that is to forget what was ours, at exit. */
const LAST_CLAIMS: Micros = 1 * SECOND;

/** What the command line decided, as far as the daemon is concerned. */
export interface DaemonOptions extends LoadOptions {
  /** Absent: by the configuration. */
  readonly pidFile?: string;
  /** Network namespace; absent: by the configuration. */
  readonly namespace?: string;
  /** A crash may leave a core dump; a text: by this pattern. */
  readonly coreDumps?: true | string;
  /** More pid files, of keepalived's children: written while their part runs. */
  readonly partPidFiles: { readonly vrrp?: string; readonly check?: string };
  /** A part runs also with nothing to do. */
  readonly allParts: boolean;
  /** Options that are not acted on yet. */
  readonly unmet: readonly string[];
  readonly dumpConf: boolean;
  readonly ignoreSigint: boolean;
  readonly umask?: number;
  readonly log: {
    readonly console: boolean;
    readonly file?: string;
    readonly detail: number;
    /** Facility number; absent: no syslog. */
    readonly facility?: number;
  };
  readonly world: Partial<WorldOptions>;
}

/** Runs until stopped; gives the exit code. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const end = await runOnce(options);
  if (end !== "again") return end;
  const errno = restart({ anew: true, variables: [] });
  sayAtStart(`Cannot begin anew in the place of this process: ${errnoText(errno)}`);
  return EXIT.bug;
}

/** The exit code, or that another run is to take the place of this process. */
async function runOnce(options: DaemonOptions): Promise<number | "again"> {
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

function warnBy(log: Log): (text: string) => void {
  return (text) => log({ level: "warning", from: "core", text });
}

function failed(log: Log, error: Error, code: number): number {
  log({ level: "error", from: "core", text: error.message });
  return code;
}

/** What a run works with. */
interface Run {
  readonly signals: Signals;
  readonly core: Core;
  readonly log: Log;
  readonly options: DaemonOptions;
  readonly pidFile: string;
  /** The file as it was when this began. */
  readonly reading: Reading;
}

/** What a request by signal works with. */
interface Running extends Run {
  readonly loop: Loop;
  readonly children: Children;
  readonly threads: ThreadSettings;
  readonly manager: ServiceManager;
  /** Writes a dump. */
  dump(request: DumpRequest): void;
  readonly leaving: Leaving;
}

async function runWith(run: Run): Promise<number | "again"> {
  const { core, log, options, signals, pidFile } = run;
  const loaded = await loadConfig(options, { core, log }, run.reading);
  maskFiles(options, loaded.config);
  if (loaded.refused !== 0) return loaded.refused;
  demandPrivileges(loaded.parts);
  if (loaded.parts.lvs.virtualServers.length > 0 && !await ipvsIsThere(run)) return EXIT.fatal;

  // Asked before there is a guardian of this run: who waits for those before must not wait for that one.
  const succeeding = openSuccession({ core, log, pidFile });
  // It takes a while to start, and what it guards against begins with what is put into the kernel.
  const { log: { console } } = options;
  const guardian = options.parts === "check"
    ? Promise.resolve(false)
    : startGuardian(core, log, { pidFile, console });

  using _pidFiles = writePartPidFiles(options, loaded.parts, log);
  for (const option of options.unmet) {
    log({ level: "warning", from: "core", text: `Cannot act on ${option} yet: it is left out` });
  }
  const threads = openThreadSettings({ core, log });
  threads.configure(loaded.config.process, partsThatRun(options, loaded.parts));
  const buffers = openBuffers({ core, log });
  buffers.configure(loaded.config.global.netlinkBuffers);
  const children = openChildren(core, childrenOptions(loaded, log));
  const { told } = loaded.config.global;
  const fifos = openFifos(core, { children, log });
  const mails = openMails(core, { settings: mailSettings(loaded.config), log });
  const stopped = Promise.withResolvers<number | End>();
  using succession = await succeeding;
  const { before } = succession;
  if (before === undefined) await runAtStart(run, children, loaded.config.process);
  if (signals.isStopWanted()) {
    await succession.decline();
    return EXIT.ok;
  }
  const world = newWorld(loaded.parts, { ...DEFAULT_OPTIONS, ...options.world }, core.now());
  if (options.dumpConf) logConfiguration(world, { core, log, global: loaded.config.global });
  const carry = (effect: WorldEffect) => carryOut(effect, outside);
  const complain = (error: unknown, during: string) => logBug(log, error, during);
  const hearAll = (heard: () => void) => core.ask({ call: "settle" }, heard);
  using loop = startLoop({
    world,
    now: () => core.now(),
    carryOut: carry,
    hearAll,
    complain,
    late: threads.late,
    settled: (world) => succession.note(world),
  });
  const dispatch = (event: WorldEvent) => loop.dispatch(event);
  const claims = openClaimsFile({
    core,
    pidFile,
    parts: { vrrp: options.parts !== "check", check: options.parts !== "vrrp" },
    log,
  });
  const exit = () => stopped.resolve(EXIT.ok);
  const complaints = openComplaints(log, () => core.now());
  const outside = { core, children, log, complaints, fifos, mails, claims, dispatch, exit };

  fifos.configure(told.fifos, loaded.accounts);
  const guarded = await guardian;
  const start = await follow(core, loaded.parts, claims.left);
  if (signals.isStopWanted()) {
    await succession.decline();
    return EXIT.ok;
  }
  dispatch({ kind: "start", ...start, left: claims.left, guarded, ...(before && { before }) });
  succession.begun(loop.world());
  // A world that cannot begin is a bug, and was logged.
  if (loop.world().phase === "starting") return EXIT.bug;
  listenToCore(run, { loop, children, threads, fifos });
  let inForce = loaded;
  succession.configure(loaded.config.global.crashPolicy, loop.world());
  const abandon = () => stopped.resolve(EXIT.bug);
  using manager = openServiceManager({
    core,
    environment: variables(),
    pid: pid(),
    deadline: () => nextDeadline(loop.world()),
  });
  const dumps = {
    core,
    loop,
    log,
    global: () => inForce.config.global,
    process: () => inForce.config.process,
  };
  const dump = openDumps(dumps);
  let again = false;
  const leaving = openLeaving({
    succession,
    loop,
    children,
    log,
    environment: variables(),
    guarded,
    farewell: () => {
      loop.dispatch({ kind: "shutdown" });
      if (loop.world().phase === "running") abandon();
    },
    left: stopped.resolve,
    again: () => void (again = true),
  });
  const running: Running = { ...run, loop, children, threads, manager, dump, leaving };
  const take = (next: LoadedConfig) => {
    maskFiles(options, next.config);
    threads.configure(next.config.process, partsThatRun(options, next.parts));
    buffers.configure(next.config.global.netlinkBuffers);
    children.configure(childrenOptions(next, log));
    timer.configure(next.config.process);
    tidying.soon();
    warnOfMoves(inForce.config.process, next.config.process, log);
    mails.configure(mailSettings(next.config));
    fifos.configure(next.config.global.told.fifos, next.accounts);
    inForce = next;
    succession.configure(next.config.global.crashPolicy, loop.world());
  };
  const state = () => stateText(dumps);
  const reloading = { ...running, inForce: () => inForce, take, state };
  using reloads = openReloads({
    run: (wish) => reload(wish, reloading),
    restore: async (before) => void await handOver(before, { ...reloading, guarded: false }),
    inForce: () => inForce,
    file: options.file,
    log,
    failed: (error) => {
      log({ level: "error", from: "core", text: `Cannot reload: ${bugText(error)}` });
    },
  });
  using tidying = openTidying();
  using timer = openReloadTimer({ reload: reloads.request, log });
  timer.configure(inForce.config.process);
  using _control = openControl({
    path: controlPath(pidFile),
    log,
    answer: (request) => answerTo(request, { ...reloading, reloads }),
  });
  manager.ready(statusText(loaded.parts));
  tidying.soon();
  signals.handle({
    act: (request) => onSignal(request, running, reloads),
    ignored: (name) => {
      const text = name === "SIGXCPU" ? TOO_LONG_AT_REAL_TIME : `Ignored ${name}`;
      log({ level: "notice", from: "core", text });
    },
  });
  const end = await stopped.promise;
  const left = end === "left" || end === "again";
  if (!left) succession.end();
  const ended = async () => {
    await Promise.all([children.end(LAST_SCRIPTS), mails.end(LAST_SCRIPTS)]);
    fifos.close();
    await Promise.race([claims.kept(), pause(LAST_CLAIMS / MILLISECOND)]);
  };
  await Promise.race([ended(), pause(inForce.config.process.childWaitTime / MILLISECOND)]);
  if (left) {
    log({ level: "notice", from: "core", text: "Left everything to another run of holdfast" });
    return end === "left" ? EXIT.ok : end;
  }
  const { shutdownScript } = inForce.config.process;
  await runAwaited(shutdownScript, { keyword: "shutdown_script", children, log });
  log({ level: "notice", from: "core", text: "Stopped holdfast" });
  return again && end === EXIT.ok ? "again" : end;
}

/** Nothing but this script runs yet; a stop does not wait for it. */
async function runAtStart(
  { core, log, signals }: Run,
  children: Children,
  { startupScript }: ProcessConfig,
): Promise<void> {
  if (startupScript === undefined) return;
  core.listen({
    packet: () => {},
    event: (event) => {
      if (event.event === "child-late" || event.event === "child-ended") children.heard(event);
    },
    failed: ({ message }) => log({ level: "error", from: "core", text: message }),
  });
  const script = { over: false };
  const run = runAwaited(startupScript, { keyword: "startup_script", children, log })
    .then(() => script.over = true);
  while (!script.over && !signals.isStopWanted()) await Promise.race([run, pause(STOP_LOOK_MS)]);
}

/** How often it is looked whether a start is still wanted, ms. */
const STOP_LOOK_MS = 50;

/** SIGXCPU: of the limits that lead to it, we set this one. */
const TOO_LONG_AT_REAL_TIME =
  "A thread ran at real time for longer than rlimit_rttime without waiting: goes on (SIGXCPU)";

/** What a reload cannot change (keepalived). */
function warnOfMoves(before: ProcessConfig, after: ProcessConfig, log: Log): void {
  for (const [field, keyword] of FIXED) {
    if (before[field] === after[field]) continue;
    const text = `Cannot change ${keyword} by a reload: it counts from the next start`;
    log({ level: "warning", from: "core", text });
  }
}

const FIXED = [
  ["netNamespace", "net_namespace"],
  ["instance", "instance"],
  ["usePidDir", "use_pid_dir"],
] as const;

/** The pid files of keepalived's children that would run, all with the number of the one process. */
function writePartPidFiles(
  options: DaemonOptions,
  loaded: LoadedConfig["parts"],
  log: Log,
): Disposable {
  const { partPidFiles } = options;
  const runs = partsThatRun(options, loaded);
  using files = new DisposableStack();
  for (const part of ["vrrp", "check"] as const) {
    const path = partPidFiles[part];
    if (path !== undefined && runs[part]) files.use(writePidFile(path, warnBy(log)));
  }
  return files.move();
}

/** Which parts have something to do. */
function partsThatRun(
  { parts, allParts }: Pick<DaemonOptions, "parts" | "allParts">,
  { vrrp, lvs }: LoadedConfig["parts"],
): RunningParts {
  return {
    vrrp: parts !== "check" && (allParts || vrrp.instances.length > 0),
    check: parts !== "vrrp" && (allParts || lvs.virtualServers.length > 0),
  };
}

/** Permission bits that no file of the daemon or its scripts gets; the command line goes before the configuration. */
function maskFiles(options: DaemonOptions, { global }: Config): void {
  umask(options.umask ?? global.umask ?? DEFAULT_UMASK);
}

/** Throws for an account that may do none of what is configured. */
function demandPrivileges({ vrrp, lvs }: LoadedConfig["parts"]): void {
  const needed: readonly Capability[] = vrrp.instances.length > 0
    ? ["CAP_NET_ADMIN", "CAP_NET_RAW"]
    : lvs.virtualServers.length > 0
    ? ["CAP_NET_ADMIN"]
    : [];
  const missing = missingCapabilities(needed, readTextFileSync("/proc/self/status"));
  if (missing.length === 0) return;
  throw new NotPermittedError(`Cannot run without ${missing.join(" and ")}: be root`);
}

async function ipvsIsThere({ core, log }: Run): Promise<boolean> {
  const info = await core.call({ call: "ipvs-info" });
  if (info.result !== "failed") return true;
  log({ level: "error", from: "check", text: `Cannot use IPVS: ${info.message}` });
  return false;
}

/** Who mails, and to whom. */
function mailSettings({ global }: Config): MailSettings {
  const { told, smtpServer: server, notificationEmail: to, notificationEmailFrom: from } = global;
  const host = hostname();
  const config = server === undefined || to.length === 0 ? undefined : {
    server,
    to,
    timeout: global.smtpConnectTimeout,
    ...(from !== undefined && { from }),
    ...(told.smtpHeloName !== undefined && { helo: told.smtpHeloName }),
  };
  return { config, router: global.routerId ?? host, host };
}

function childrenOptions({ config, accounts }: LoadedConfig, log: Log): ChildrenOptions {
  const { scriptUser, enableScriptSecurity: guarded } = config.global;
  return { accounts, guarded, log, ...(scriptUser === undefined ? {} : { scriptUser }) };
}

function listenToCore(
  { core, log }: Run,
  { loop, children, threads, fifos }: Pick<Running, "loop" | "children" | "threads"> & {
    readonly fifos: Fifos;
  },
): void {
  core.listen({
    turn: (deliver) => loop.turn(deliver),
    packet: (packet) => loop.dispatch({ kind: "packet", ...packet }),
    event: (event) => {
      const known = coreEvent(event);
      if (known !== undefined) loop.dispatch(known);
      else if (event.event === "child-late" || event.event === "child-ended") children.heard(event);
      else if (event.event === "fifo-dropped") fifos.dropped(event);
      else if (event.event === "log-dropped") {
        const text = `Dropped ${event.count} log messages: nobody took them (${event.lane})`;
        log({ level: "warning", from: "core", text });
      } else if (event.event === "guardian-ended") guardianEnded(event.replaced, log);
      else if (event.event === "unseen") {
        const time = (event.time / SECOND).toFixed(1);
        const text = `Did not run for ${time} s: stopped, starved, or the machine stood still`;
        log({ level: "warning", from: "core", text });
        threads.late(event.time);
      } else if (event.event === "announce-failed") {
        const text = `Cannot announce addresses on ${event.ifname}: ${errnoText(event.errno)}`;
        log({ level: "error", from: "vrrp", text });
      }
    },
    // A farewell through an interface that just went down cannot be sent, and need not. What is asked of an order that has
    // lapsed meanwhile is not done, and why follows.
    failed: (error) => {
      const lapsed = error.status === STATUS.lapsed;
      const level = error.call === "cease" || lapsed ? "info" : "error";
      log({ level, from: "core", text: sentence(error.message) });
    },
  });
}

function onSignal(request: SignalRequest, context: Running, reloads: Reloads): void {
  const { log } = context;
  switch (request) {
    case "stop":
      log({ level: "notice", from: "core", text: "Stopping" });
      context.manager.stopping();
      return void context.leaving.stop();
    case "restart": {
      // The next run would read what nobody has confirmed.
      const until = reloads.rollsBackAt();
      if (until !== undefined) {
        const text = `Cannot restart: a reload waits until ${until} to be confirmed`;
        return log({ level: "error", from: "core", text });
      }
      log({ level: "notice", from: "core", text: "Restarting" });
      context.manager.reloading();
      return void context.leaving.restart();
    }
    case "reload":
      return reloads.request();
    case "data":
    case "stats":
    case "stats-clear":
    case "json":
      return context.dump(request);
    default:
      return unreachable(request);
  }
}
