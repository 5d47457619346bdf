/** The command line of the daemon: keepalived's options, their meaning and their checks (cli.tsv). */

import { type Command, InvalidArgumentError, Option } from "commander";
import { type Micros, seconds } from "../src/net/micros.ts";

/** What was asked for. */
export interface RunOptions {
  /** `-f`; absent: the default path. */
  readonly file: string;
  /** `-P`, `-C`: only this part. */
  readonly parts: "both" | "vrrp" | "check";
  readonly logConsole: boolean;
  /** How often `-D` was given. */
  readonly logDetail: number;
  /** Syslog facility number, default 3 (daemon). */
  readonly logFacility: number;
  readonly logFile?: string;
  readonly noSyslog: boolean;
  readonly keepAddresses: boolean;
  readonly keepServices: boolean;
  readonly releaseVips: boolean;
  readonly foreground: boolean;
  readonly dumpConf: boolean;
  readonly pidFile?: string;
  readonly configId?: string;
  /** `-t`: only test; a path: messages are appended there. */
  readonly configTest?: true | string;
  readonly allConfig: boolean;
  readonly ignoreSigint: boolean;
  readonly umask?: number;
  readonly signum?: string;
  readonly lease?: Micros;
}

/** Where the configuration is when nobody says. */
export const DEFAULT_FILE = "/etc/keepalived/keepalived.conf";

/** Facility numbers (RFC 5424 §6.2.1, table 1) of the names `-S` takes. */
const FACILITY: Readonly<Record<string, number>> = {
  user: 1,
  daemon: 3,
  ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`local${n}`, 16 + n])),
};

/** Adds the daemon's options to a command. */
export function addRunOptions(command: Command): Command {
  return command
    .addOption(new Option("-f, --use-file <file>", "configuration file").default(DEFAULT_FILE))
    .option("-P, --vrrp", "only run the VRRP part")
    .option("-C, --check", "only run the health checkers and LVS")
    .option("-l, --log-console", "log to the terminal")
    .option("-D, --log-detail", "log more; twice: still more", (_, n: number) => n + 1, 0)
    .option("-S, --log-facility <0-7|local0-7|user|daemon>", "syslog facility", facility, 3)
    .option("-g, --log-file <file>", "log to a file as well")
    .option("-G, --no-syslog", "do not log to syslog")
    .option("-X, --release-vips", "delete VIPs whenever not master, also those found at start")
    .option("-V, --dont-release-vrrp", "leave addresses behind at exit")
    .option("-I, --dont-release-ipvs", "leave the IPVS table behind at exit")
    .option("-n, --dont-fork", "stay in the foreground")
    .option("-d, --dump-conf", "write the configuration to the log")
    .option("-p, --pid <file>", "pid file")
    .option("-i, --config-id <id>", "id for @ lines; default: host name up to the first dot")
    .option("-e, --all-config", "all problems of include lines are errors")
    .option("-u, --umask <mask>", "file creation mask, octal", octal)
    .option("-t, --config-test [log]", "test the configuration and exit")
    .option("--ignore-sigint", "do not stop on SIGINT")
    .option("--signum <name>", "print the number of the signal for a function and exit")
    .addOption(
      new Option("--lease <seconds>", "how long a hung daemon stays master").argParser(lease),
    );
}

/** Reads what commander parsed. */
export function runOptions(parsed: Readonly<Record<string, unknown>>): RunOptions {
  const text = (name: string) => typeof parsed[name] === "string" ? parsed[name] : undefined;
  const number = (name: string) => typeof parsed[name] === "number" ? parsed[name] : undefined;
  const flag = (name: string) => parsed[name] === true;
  const configTest = parsed["configTest"];
  return {
    file: text("useFile") ?? DEFAULT_FILE,
    parts: flag("vrrp") === flag("check") ? "both" : flag("vrrp") ? "vrrp" : "check",
    logConsole: flag("logConsole"),
    logDetail: number("logDetail") ?? 0,
    logFacility: number("logFacility") ?? 3,
    noSyslog: parsed["syslog"] === false,
    keepAddresses: flag("dontReleaseVrrp"),
    keepServices: flag("dontReleaseIpvs"),
    releaseVips: flag("releaseVips"),
    foreground: flag("dontFork"),
    dumpConf: flag("dumpConf"),
    allConfig: flag("allConfig"),
    ignoreSigint: flag("ignoreSigint"),
    ...optional("logFile", text("logFile")),
    ...optional("pidFile", text("pid")),
    ...optional("configId", text("configId")),
    ...optional("umask", number("umask")),
    ...optional("signum", text("signum")),
    ...optional("lease", number("lease")),
    ...optional<"configTest", true | string>(
      "configTest",
      configTest === true ? true : text("configTest"),
    ),
  };
}

/** A field that is there only with a value. */
function optional<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V };
}

function facility(text: string): number {
  const number = /^[0-7]$/.test(text) ? 16 + Number(text) : FACILITY[text];
  if (number === undefined) {
    throw new InvalidArgumentError("Must be 0 to 7, local0 to local7, user or daemon.");
  }
  return number;
}

function octal(text: string): number {
  if (!/^(0o?)?[0-7]{1,4}$/.test(text)) throw new InvalidArgumentError("Must be octal, 0 to 0777.");
  return parseInt(text.replace("0o", ""), 8);
}

/** Shorter than a second would lapse by ordinary pauses, longer than a minute would be no protection. */
function lease(text: string): Micros {
  const value = Number(text);
  if (!(value >= 1 && value <= 60)) throw new InvalidArgumentError("Must be 1 to 60 seconds.");
  return seconds(value);
}
