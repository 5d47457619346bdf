/** What a run is asked for while it goes on: by signal, by its socket, by a time that has come. */

import { unreachable } from "../../net/unreachable.ts";
import { nextDeadline } from "../../world/mod.ts";
import { controlPath } from "../../control/mod.ts";
import { type Answering, answerTo, openControl } from "../control/mod.ts";
import { type DumpRequest, look, openDumps, stateText } from "../files/dumps.ts";
import type { Log } from "../log.ts";
import { pid, variables } from "../platform/mod.ts";
import { bugText } from "../process/failures.ts";
import { openServiceManager, type ServiceManager, statusText } from "../process/service_manager.ts";
import type { SignalRequest } from "../process/signals.ts";
import { handOver, reload, type Reloading } from "../reload/reload.ts";
import { openReloads, type Reloads } from "../reload/reloads.ts";
import { openReloadTimer } from "../reload/timer.ts";
import { type Leaving, openLeaving } from "../succession/leaving.ts";
import type { Succession } from "../succession/succession.ts";
import type { Equipment } from "./equipment.ts";
import { EXIT, type Run } from "./given.ts";
import type { InForce } from "./in_force.ts";
import type { Life } from "./life.ts";

/** Everything that requests may change. */
export interface RequestsOptions {
  readonly life: Life;
  readonly equipment: Equipment;
  readonly succession: Succession;
  readonly inForce: InForce;
  /** There is a guardian. */
  readonly guarded: boolean;
}

/** The requests of one run. */
export interface Requests extends Disposable {
  /** Another run was asked for, and could only be had by an end and a beginning. */
  isBegunAnew(): boolean;
}

/** From now on they are taken; the service manager hears that the run is ready. */
export function openRequests(run: Run, options: RequestsOptions): Requests {
  const { core, log, pidFile, signals } = run;
  const { life: { loop, began, guard }, inForce } = options;
  using opened = new DisposableStack();
  const manager = opened.use(openServiceManager({
    core,
    environment: variables(),
    pid: pid(),
    deadline: () => nextDeadline(loop.world()),
  }));
  const dumps = {
    core,
    loop,
    log,
    global: () => inForce.now().config.global,
    process: () => inForce.now().config.process,
  };
  const reloading: Reloading = {
    core,
    loop,
    log,
    manager,
    options: run.options,
    pidFile,
    state: () => stateText(dumps),
    inForce: inForce.now,
    take: (next) => {
      inForce.take(next);
      timer.configure(next.config.process);
    },
  };
  const reloads = opened.use(reloadsOf(reloading));
  const timer = opened.use(openReloadTimer({ reload: reloads.request, log }));
  timer.configure(inForce.now().config.process);
  const { leaving, isBegunAnew } = leavingOf(run, options);
  const signalled = { log, manager, reloads, leaving, dump: openDumps(dumps) };
  const { parts, version } = run.options;
  const answering: Answering = {
    ...reloading,
    reloads,
    began,
    version,
    snapshot: () => look(dumps),
    guardian: () => parts === "check" ? "not-needed" : guard.runs ? "runs" : "missing",
    stop: () => onSignal("stop", signalled),
  };
  opened.use(openControl({
    path: controlPath(pidFile),
    log,
    answer: (request) => answerTo(request, answering),
  }));
  manager.ready(statusText(inForce.now().parts));
  signals.handle({
    act: (request) => onSignal(request, signalled),
    ignored: (name) => {
      const text = name === "SIGXCPU" ? TOO_LONG_AT_REAL_TIME : `Ignored ${name}`;
      log({ level: "notice", from: "core", text });
    },
  });
  const all = opened.move();
  return { isBegunAnew, [Symbol.dispose]: () => all.dispose() };
}

/** SIGXCPU: of the limits that lead to it, we set this one. */
const TOO_LONG_AT_REAL_TIME =
  "A thread ran at real time for longer than rlimit_rttime without waiting: goes on (SIGXCPU)";

function reloadsOf(reloading: Reloading): Reloads {
  const { log, inForce, options: { file } } = reloading;
  return openReloads({
    run: (wish) => reload(wish, reloading),
    restore: async (before) => void await handOver(before, { ...reloading, guarded: false }),
    inForce,
    file,
    log,
    failed: (error) => {
      log({ level: "error", from: "core", text: `Cannot reload: ${bugText(error)}` });
    },
  });
}

function leavingOf(
  { log }: Run,
  { life, equipment, succession, guarded }: RequestsOptions,
): { readonly leaving: Leaving; isBegunAnew(): boolean } {
  const { loop } = life;
  let again = false;
  const leaving = openLeaving({
    succession,
    loop,
    children: equipment.children,
    log,
    environment: variables(),
    guarded,
    farewell: () => {
      loop.dispatch({ kind: "shutdown" });
      // A world that cannot end is a bug, and was logged.
      if (loop.world().phase === "running") life.finish(EXIT.bug);
    },
    left: life.finish,
    again: () => void (again = true),
  });
  return { leaving, isBegunAnew: () => again };
}

/** What signals act on. */
interface Signalled {
  readonly log: Log;
  readonly manager: ServiceManager;
  readonly reloads: Reloads;
  readonly leaving: Leaving;
  /** Writes a dump. */
  dump(request: DumpRequest): void;
}

function onSignal(
  request: SignalRequest,
  { log, manager, reloads, leaving, dump }: Signalled,
): void {
  switch (request) {
    case "stop":
      log({ level: "notice", from: "core", text: "Stopping" });
      manager.stopping();
      return void leaving.stop();
    case "restart": {
      // The next run would read what nobody has confirmed.
      const until = reloads.rollsBackAt();
      if (until !== undefined) {
        const text = `Cannot restart: a reload waits until ${until} to be confirmed`;
        return log({ level: "error", from: "core", text });
      }
      log({ level: "notice", from: "core", text: "Restarting" });
      manager.reloading();
      return void leaving.restart();
    }
    case "reload":
      return reloads.request();
    case "data":
    case "stats":
    case "stats-clear":
    case "json":
      return dump(request);
    default:
      return unreachable(request);
  }
}
