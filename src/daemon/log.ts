/** Where log lines go: console, file, syslog. One writer for the whole process, on logtape. */

import { configure, getLogger, type LogRecord, reset, type Sink } from "@logtape/logtape";
import type { LogLine } from "../global/log.ts";
import { openToAppend } from "./append_file.ts";
import { isoTime, pid, stderr, type Stream, writeText } from "./platform/mod.ts";

/** Where and how much to log, as the command line says. */
export interface LogOptions {
  /** `-l`: the terminal (standard error). */
  readonly console: boolean;
  /** `-g`: append to this file. */
  readonly file?: string;
  /** Not with `-G`: facility number 0 to 23, and how a message reaches the socket. */
  readonly syslog?: { readonly facility: number; readonly send: SyslogSender };
  /** `-D`: 0 shows notice and above, 1 also info, 2 also debug. */
  readonly detail: number;
}

/** Hands one message to the local syslog. Must not throw. */
export type SyslogSender = (
  message: { readonly priority: number; readonly tag: string; readonly text: string },
) => void;

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

/** Sets up the sinks; may be called again. Returns the writer. */
export async function openLog(options: LogOptions): Promise<Log> {
  await reset();
  const sinks: Record<string, Sink> = {};
  if (options.console) sinks["console"] = textSink((text) => write(stderr, text));
  if (options.file !== undefined) {
    const file = openToAppend(options.file, { mode: 0o666 });
    sinks["file"] = Object.assign(textSink((text) => write(file, text)), {
      [Symbol.dispose]: () => file[Symbol.dispose](),
    });
  }
  const { syslog } = options;
  if (syslog) sinks["syslog"] = (record) => syslog.send(syslogMessage(record, syslog.facility));
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

/** Closes the sinks after everything was written. */
export function closeLog(): Promise<void> {
  return reset();
}

/** Time stamp, tag, text: what keepalived prints with `-l`, with the part named. */
function textSink(print: (text: string) => void): Sink {
  return (record) => {
    const when = isoTime(record.timestamp).replace("T", " ").replace("Z", "");
    print(`${when} ${tagOf(record)}: ${textOf(record)}\n`);
  };
}

function syslogMessage(record: LogRecord, facility: number): Parameters<SyslogSender>[0] {
  return {
    priority: 8 * facility + SEVERITY[severityOf(record)],
    tag: `${tagOf(record)}[${pid()}]`,
    text: textOf(record),
  };
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

/** A log that cannot be written must not end the daemon: a closed pipe is nobody's emergency. */
function write(target: Stream, text: string): void {
  try {
    writeText(target, text);
  } catch {
    return;
  }
}
