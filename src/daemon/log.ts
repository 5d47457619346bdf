/**
 * Where log lines go: console, file, syslog. One writer for the whole process, on logtape. Nothing here waits for whoever
 * reads a log: each of the three is a lane of the core with a thread and a bounded queue of its own.
 */

import { configure, getLogger, type LogRecord, reset, type Sink } from "@logtape/logtape";
import type { LogLine } from "../global/log.ts";
import type { Core, LogLane } from "../native/mod.ts";
import { clearTimer, isoTime, pid, setTimer } from "./platform/mod.ts";

/** Where and how much to log, as the command line says. */
export interface LogOptions {
  /** `-l`: the terminal (standard error). */
  readonly console: boolean;
  /** `-g`: append to this file. */
  readonly file?: string;
  /** Syslog facility number 0 to 23; absent (`-G`): no syslog. */
  readonly facility?: number;
  /** `-D`: 0 shows notice and above, 1 also info, 2 also debug. */
  readonly detail: number;
}

/** What of the core the log is written with. */
export type LogCore = Pick<Core, "call" | "log">;

/** A log that was asked for cannot be opened. */
export class LogError extends Error {
  override readonly name = "LogError";
  /** Error number of the system; 0: none. */
  readonly errno: number;

  constructor(message: string, errno: number) {
    super(message);
    this.errno = errno;
  }
}

/** How long an end waits for the lanes, ms: a reader may never come. */
const LAST_LINES_MS = 1_000;

/** Writes one line. */
export type Log = (line: Omit<LogLine, "kind">) => void;

/** Tags as log-based alerting knows them from keepalived. */
const TAG: Readonly<Record<LogLine["from"], string>> = {
  core: "Keepalived",
  vrrp: "Keepalived_vrrp",
  check: "Keepalived_healthcheckers",
};

/** Severity numbers of RFC 5424 §6.2.1, table 2. */
const SEVERITY: Readonly<Record<LogLine["level"], number>> = {
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

/** Opens the lanes; may be called again. Returns the writer. Throws {@linkcode LogError}. */
export async function openLog(core: LogCore, options: LogOptions): Promise<Log> {
  await reset();
  const { facility } = options;
  const sinks: Partial<Record<LogLane, Sink>> = {};
  const open = async (lane: LogLane, textOf: (record: LogRecord) => string, path?: string) => {
    const opened = await core.call({
      call: "log-open",
      lane,
      ...(path === undefined ? {} : { path }),
    });
    if (opened.result === "failed") {
      throw new LogError(`Cannot log: ${opened.message}`, opened.errno);
    }
    sinks[lane] = (record) => core.log(lane, textOf(record));
  };
  if (options.console) await open("console", lineOf);
  if (options.file !== undefined) await open("file", lineOf, options.file);
  if (facility !== undefined) await open("syslog", (record) => syslogOf(record, facility));
  await configure({
    sinks,
    loggers: [
      { category: "holdfast", lowestLevel: "trace", sinks: Object.keys(sinks) },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: Object.keys(sinks) },
    ],
  });
  const most = Math.min(SEVERITY.notice + options.detail, SEVERITY.debug);
  return ({ level, from, text }) => {
    if (SEVERITY[level] > most) return;
    const logger = getLogger(["holdfast", from]);
    const properties = { line: text, severity: level };
    if (level === "error") logger.error("{line}", properties);
    else if (level === "warning") logger.warn("{line}", properties);
    else logger.info("{line}", properties);
  };
}

/** Ends the log when everything is written, or when nobody takes it. */
export async function closeLog(core: LogCore): Promise<void> {
  await reset();
  const lanes: readonly LogLane[] = ["console", "file", "syslog"];
  const flushed = Promise.all(lanes.map((lane) => core.call({ call: "log-flush", lane })));
  const late = Promise.withResolvers<void>();
  const timer = setTimer(late.resolve, LAST_LINES_MS);
  await Promise.race([flushed, late.promise]);
  clearTimer(timer);
}

/** Time stamp, tag, text: what keepalived prints with `-l`, with the part named. */
function lineOf(record: LogRecord): string {
  const when = isoTime(record.timestamp).replace("T", " ").replace("Z", "");
  return `${when} ${tagOf(record)}: ${textOf(record)}\n`;
}

/** Without a time: the receiver adds that of arrival, in its own zone. */
function syslogOf(record: LogRecord, facility: number): string {
  const priority = 8 * facility + SEVERITY[severityOf(record)];
  return `<${priority}>${tagOf(record)}[${pid()}]: ${textOf(record)}`;
}

function tagOf({ category }: LogRecord): string {
  const part = category[1];
  return part === "vrrp" || part === "check" ? TAG[part] : TAG.core;
}

function textOf({ properties, message }: LogRecord): string {
  return typeof properties["line"] === "string" ? properties["line"] : message.join("");
}

function severityOf({ properties, level }: LogRecord): LogLine["level"] {
  const said = properties["severity"];
  if (said === "notice" || said === "info" || said === "debug") return said;
  return level === "warning" ? "warning" : "error";
}
