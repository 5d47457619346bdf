/**
 * One run of the daemon takes the place of another, and nobody notices: the guardian of the one before speaks for it until this one does,
 * and what was known is taken over (`systemctl restart`, an upgrade, a crash under a supervisor).
 */

import { type Micros, MILLISECOND, SECOND } from "../../net/micros.ts";
import type { Core } from "../../native/mod.ts";
import { type Before, isLoop, loopEnds, recent, withCrash, type World } from "../../world/mod.ts";
import { type HeldRouter, heldRouters } from "../../vrrp/mod.ts";
import type { Log } from "../log.ts";
import type { Loop } from "../loop.ts";
import { clearTimer, setTimer, type Timer } from "../platform/mod.ts";
import { openStateFile, type StateFile } from "./state_file.ts";

/** What happens to mastership when the daemon dies. */
export type CrashPolicy = "failover" | "restart";

/** How long a supervisor has to start the daemon anew after a crash. */
const CRASH_WAIT: Micros = 15 * SECOND;

/** How long whoever asked for a restart has. */
const RESTART_WAIT: Micros = 30 * SECOND;

/** The succession of the runs of one daemon. */
export interface Succession extends Disposable {
  /** What this run takes the place of; absent: it begins. */
  readonly before?: Before;
  /** The world has begun: what it did not take over is given up. */
  begun(world: World): void;
  /** This run does not begin after all: nothing is taken over. */
  decline(): Promise<void>;
  /** What a crash is to do from now on. */
  configure(policy: CrashPolicy, world: World): void;
  /** The world has moved. */
  note(world: World): void;
  /** Leaves everything as it is for another run. Gives why it cannot be done; the run goes on then. */
  leave(loop: Pick<Loop, "halt" | "world">): Promise<string | undefined>;
  /** Leaves nothing to another run. */
  end(): void;
}

/** Finds out what there is to take over, when guardians that hold nothing have done their work. */
export async function openSuccession(
  { core, log, pidFile }: { readonly core: Core; readonly log: Log; readonly pidFile: string },
): Promise<Succession> {
  const file = openStateFile({ core, pidFile, log });
  const found = await inherit(core, { file, log, pidFile });
  const { held } = found;
  let crashes = found.crashes;
  let policy: CrashPolicy = "failover";
  let timer: Timer | undefined;

  function bridge(): void {
    clearTimer(timer);
    const now = core.now();
    const within = policy === "restart" && !isLoop(crashes, now) ? CRASH_WAIT : 0;
    core.tell({ call: "bridge", within });
    const ends = policy === "restart" ? loopEnds(crashes, now) : undefined;
    if (ends === undefined) return;
    const text = `Crashed ${crashes.length} times in a row: the next crash is a failover`;
    log({ level: "error", from: "core", text });
    timer = setTimer(() => {
      crashes = recent(crashes, core.now());
      bridge();
    }, (ends - now) / MILLISECOND + 1);
  }

  return {
    ...(found.before && { before: found.before }),
    begun: (world) => {
      const taken = heldRouters(world.vrrp);
      const left = held.filter((each) => !taken.some((one) => isSame(one, each)));
      if (left.length > 0) core.tell({ call: "renounce", routers: left, wait: false });
      if (found.before !== undefined) logTaken(log, held.length - left.length);
    },
    decline: async () => {
      if (held.length > 0) await core.call({ call: "renounce", routers: held, wait: true });
    },
    configure: (next, world) => {
      policy = next;
      if (policy === "restart") file.note(world, crashes);
      else file.remove();
      bridge();
    },
    note: (world) => {
      if (policy === "restart") file.note(world, crashes);
    },
    leave: async (loop) => {
      const goOn = loop.halt();
      const problem = await file.write(loop.world(), recent(crashes, core.now()));
      if (problem === undefined) {
        const left = await core.call({ call: "leave", within: RESTART_WAIT });
        if (left.result !== "failed") return undefined;
        file.remove();
        goOn();
        return left.message;
      }
      goOn();
      return problem;
    },
    end: () => file.remove(),
    [Symbol.dispose]: () => {
      clearTimer(timer);
      file[Symbol.dispose]();
    },
  };
}

/** What is taken over. */
interface Inheritance {
  readonly before?: Before;
  readonly held: readonly HeldRouter[];
  readonly crashes: readonly Micros[];
}

const NOTHING: Inheritance = { held: [], crashes: [] };

async function inherit(
  core: Core,
  { file, log, pidFile }: {
    readonly file: StateFile;
    readonly log: Log;
    readonly pidFile: string;
  },
): Promise<Inheritance> {
  const answer = await core.call({ call: "inherit", name: pidFile });
  if (answer.result !== "inherited" || !answer.lives) return NOTHING;
  const { planned, routers: held } = answer;
  const found = file.take();
  if (typeof found === "string") {
    const text = `The run before left what it was, but ${found}: begins anew`;
    log({ level: "warning", from: "core", text });
    await core.call({ call: "renounce", routers: held, wait: true });
    return NOTHING;
  }
  const now = core.now();
  const crashes = planned ? recent(found.crashes, now) : withCrash(found.crashes, now);
  return { before: { saved: found.saved, held }, held, crashes };
}

function logTaken(log: Log, masters: number): void {
  const routers = masters === 1 ? "virtual router" : "virtual routers";
  const text = `Goes on where the run before has ended, as master of ${masters} ${routers}`;
  log({ level: "notice", from: "core", text });
}

function isSame(a: HeldRouter, b: HeldRouter): boolean {
  return a.ifindex === b.ifindex && a.vrid === b.vrid && a.ipv6 === b.ipv6;
}
