/** The two ways this run may end: for good, or for another one that goes on where it was. */

import type { Children } from "../scripts/mod.ts";
import type { Log } from "../log.ts";
import type { Loop } from "../loop.ts";
import { isMissing, isSystemError, readTextFileSync } from "../platform/mod.ts";
import { isRestarted, serviceOf } from "./service_job.ts";
import type { Succession } from "./succession.ts";

/** How a run ends that leaves everything to another. */
export type End =
  /** Somebody starts it. */
  | "left"
  /** It takes this one's place, in this process. */
  | "again";

/** Ends the run on request. */
export interface Leaving {
  /** Stops; for another run, when that is what the service manager is about to start. */
  stop(): Promise<void>;
  /** Goes on as a new run in the place of this process, from the file of the program as it is by now. */
  restart(): Promise<void>;
}

/** What it depends on. */
export interface LeavingOptions {
  readonly succession: Succession;
  readonly loop: Pick<Loop, "halt" | "world" | "dispatch">;
  readonly children: Pick<Children, "ask">;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string>>;
  /** There is a guardian. */
  readonly guarded: boolean;
  /** Says goodbye as at every stop. */
  farewell(): void;
  /** The run is over; what is said and done from here on is nobody's. */
  left(end: End): void;
  /** From now on the end of the world is that of this run only: another one begins in its place. */
  again(): void;
}

/** Set by service managers for what they start (systemd.exec(5)). */
const MANAGED = "INVOCATION_ID";

/** Takes requests; what is asked for while another is carried out hastens that. */
export function openLeaving(options: LeavingOptions): Leaving {
  const { succession, loop, children, log, environment, guarded, farewell, left, again } = options;
  let leaving = false;

  async function leaveFor(end: End): Promise<boolean> {
    const problem = guarded ? await succession.leave(loop) : "there is no guardian";
    if (problem === undefined) {
      left(end);
      return true;
    }
    const text = `Cannot restart without a failover: ${problem}; says goodbye and begins anew`;
    log({ level: "warning", from: "core", text });
    return false;
  }

  return {
    stop: async () => {
      // Who asks twice does not want to wait.
      if (leaving) return farewell();
      leaving = true;
      const unit = environment[MANAGED] === undefined ? undefined : ownService();
      if (unit !== undefined && guarded && await isRestarted(unit, children)) {
        if (await leaveFor("left")) return;
      }
      farewell();
    },
    restart: async () => {
      if (leaving) return;
      leaving = true;
      if (await leaveFor("again")) return;
      again();
      farewell();
    },
  };
}

function ownService(): string | undefined {
  try {
    return serviceOf(readTextFileSync("/proc/self/cgroup"));
  } catch (error) {
    if (!isMissing(error) && !isSystemError(error)) throw error;
    return undefined;
  }
}
