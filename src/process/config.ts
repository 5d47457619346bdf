/** What is configured of the process itself. What is absent was not written. */

import type { FieldsOf } from "../language/mod.ts";
import type { PROCESS_ROWS } from "./keywords.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { Micros } from "../net/micros.ts";

/** How a part is run: keepalived's process of it, here the threads that take its role. */
export interface PartSchedule {
  /** Niceness, -20 to 19. */
  readonly nice?: number;
  /** Priority of real time (SCHED_RR), 1 to 99. */
  readonly realTime?: number;
  /** µs it may run without a blocking call at real time. */
  readonly realTimeLimit?: Micros;
  /** Numbers of processors, not empty. */
  readonly processors?: readonly number[];
  /** Its memory is not swapped out. */
  readonly noSwap?: true;
}

/** A time of day, or a moment, at which to read again. */
export interface ReloadTime {
  /** File whose text says when. */
  readonly file: string;
  /** A time without a date comes every day. */
  readonly repeat: boolean;
}

/** A command that is awaited, and for how long. */
export interface AwaitedScript {
  readonly command: ScriptCommand;
  readonly timeout: Micros;
}

/** Everything. */
export interface ProcessConfig extends FieldsOf<typeof PROCESS_ROWS> {
  /** Names for `ps`: of the process, and of the threads of its parts; at most 15 bytes. */
  readonly names: {
    readonly process?: string;
    readonly vrrp?: string;
    readonly checker?: string;
  };
  readonly vrrp: PartSchedule;
  readonly checker: PartSchedule;
  /** Highest priority of real time that lateness raises to, 1 to 99; absent: it does not. */
  readonly maxAutoPriority?: number;
  /** Lateness that raises it, µs; 1 s when not written. */
  readonly minAutoPriorityDelay: Micros;
  /** Folder that keeps what was read and how things stood, around each reload. */
  readonly configSaveDir?: string;
  /** A reload is tested first; a text: messages are appended there. */
  readonly reloadCheckConfig?: true | string;
  /** A reload that would end connections or move mastership is refused. */
  readonly reloadGuard?: true;
  /** File that is there while a reload reads; `true`: keepalived.reload beside the pid file. */
  readonly reloadFile?: true | string;
  readonly reloadTime?: ReloadTime;
  /** Dumps bear the names of namespace and instance. */
  readonly dataUseInstance: boolean;
  /** Places of dumps: a file, or with a slash at the end a folder. */
  readonly dumps: {
    readonly state?: string;
    readonly stats?: string;
    readonly json?: string;
  };
  readonly jsonVersion: 1 | 2;
  readonly startupScript?: AwaitedScript;
  readonly shutdownScript?: AwaitedScript;
}
