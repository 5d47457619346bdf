/** What a run is given: the options of the command line, and what is open before the configuration is looked at. */

import type { Config } from "../../document/config.ts";
import type { Core } from "../../native/mod.ts";
import type { RunningParts } from "../../process/mod.ts";
import type { WorldOptions } from "../../world/mod.ts";
import type { Log } from "../log.ts";
import { umask } from "../platform/mod.ts";
import type { LoadedConfig } from "../reading/load_config.ts";
import type { LoadOptions, Reading } from "../reading/reading.ts";
import type { Signals } from "../process/signals.ts";

/** Exit codes of cli.tsv that a run can end with by itself. */
export const EXIT = { ok: 0, fatal: 1, permission: 4, bug: 70 } as const;

/** The exit code, or that another run is to take the place of this process. */
export type RunEnd = number | "again";

/** File mode mask of everything the daemon and its scripts create (cli.tsv "script process"). */
export const DEFAULT_UMASK = 0o177;

/** What the command line decided, as far as the daemon is concerned. */
export interface DaemonOptions extends LoadOptions {
  /** Of the program, for who asks. */
  readonly version: string;
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

/** What all stages of a run work with. */
export interface Run {
  readonly signals: Signals;
  readonly core: Core;
  readonly log: Log;
  readonly options: DaemonOptions;
  readonly pidFile: string;
  /** The file as it was when this began. */
  readonly reading: Reading;
}

/** Which parts have something to do. */
export function partsThatRun(
  { parts, allParts }: Pick<DaemonOptions, "parts" | "allParts">,
  { vrrp, lvs }: LoadedConfig["parts"],
): RunningParts {
  return {
    vrrp: parts !== "check" && (allParts || vrrp.instances.length > 0),
    check: parts !== "vrrp" && (allParts || lvs.virtualServers.length > 0),
  };
}

/** Permission bits that no file of the daemon or its scripts gets; the command line goes before the configuration. */
export function maskFiles(options: DaemonOptions, { global }: Config): void {
  umask(options.umask ?? global.umask ?? DEFAULT_UMASK);
}

/** Says a warning of the process. */
export function warnBy(log: Log): (text: string) => void {
  return (text) => log({ level: "warning", from: "core", text });
}
