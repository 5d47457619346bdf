/**
 * The options of the daemon: keepalived's (cli.tsv) and our own, each in one row, from which the command line is read,
 * help is printed and completion is made.
 */

import type { OptionForm } from "./getopt.ts";
import { SIGNAL_NUMBERS } from "../../src/daemon/process/signals.ts";
import { type Micros, seconds } from "../../src/net/micros.ts";

/** What was asked for. */
export interface RunOptions {
  /** `-f`; absent: the default path. */
  readonly file: string;
  /** `-P` was given; together with {@linkcode checkOnly}: both parts. */
  readonly vrrpOnly: boolean;
  /** `-C` was given. */
  readonly checkOnly: boolean;
  readonly logConsole: boolean;
  /** How often `-D` was given. */
  readonly logDetail: number;
  /** Syslog facility number. */
  readonly logFacility: number;
  readonly logFile?: string;
  readonly noSyslog: boolean;
  readonly keepAddresses: boolean;
  readonly keepServices: boolean;
  readonly releaseVips: boolean;
  readonly foreground: boolean;
  readonly dumpConf: boolean;
  readonly pidFile?: string;
  /** `-s`: network namespace to run in. */
  readonly namespace?: string;
  /** `-m`, or with a pattern `-M`: a crash may leave a core dump. */
  readonly coreDumps?: true | string;
  /** Pid files of keepalived's children: here, of the one process, while it runs the part. */
  readonly vrrpPidFile?: string;
  readonly checkPidFile?: string;
  /** `--all`: parts run, and have their pid files, also with nothing to do. */
  readonly allParts: boolean;
  /** What was asked for and is not there yet, for the log. */
  readonly unmet: readonly string[];
  readonly configId?: string;
  /** `-t`: only test; a path: messages are appended there. */
  readonly configTest?: true | string;
  readonly allConfig: boolean;
  readonly ignoreSigint: boolean;
  readonly umask?: number;
  readonly lease?: Micros;
}

/** A row of the table; `flags` is what help shows: `-f, --use-file <file>`, `[file]` when it is optional. */
type OptionRow =
  | {
    /** Sets fields by being there. */
    readonly kind: "switch";
    readonly flags: string;
    readonly text: string;
    /** To give it again means more. */
    readonly repeatable?: true;
    readonly set: (before: RunOptions) => Partial<RunOptions>;
  }
  | {
    /** Sets fields to what its value says. */
    readonly kind: "value";
    readonly flags: string;
    readonly text: string;
    /** Values to offer. */
    readonly words?: readonly string[];
    /** The fields; a text: what the value must be. */
    readonly read: (value: string, before: RunOptions) => Partial<RunOptions> | string;
  }
  | {
    /** Is answered, and ends the program, as soon as it is met (keepalived). */
    readonly kind: "end";
    readonly flags: string;
    readonly text: string;
    readonly words?: readonly string[];
    readonly answer: "version" | "help" | "signal-number" | "licenses";
  }
  | {
    /** An option of keepalived that is refused; known, so that its abbreviations mean no other. */
    readonly kind: "absent";
    readonly flags: string;
    /** Why, or what to do instead. */
    readonly why: string;
  };

/** An option of the daemon. */
export type DaemonOption = OptionForm & OptionRow;

/** Where the configuration is when nobody says. */
export const DEFAULT_FILE = "/etc/keepalived/keepalived.conf";

/** Without any option. */
export const DEFAULTS: RunOptions = {
  file: DEFAULT_FILE,
  vrrpOnly: false,
  checkOnly: false,
  logConsole: false,
  logDetail: 0,
  logFacility: 3,
  noSyslog: false,
  keepAddresses: false,
  keepServices: false,
  releaseVips: false,
  foreground: false,
  dumpConf: false,
  allConfig: false,
  allParts: false,
  unmet: [],
  ignoreSigint: false,
};

/** Facility numbers (RFC 5424 §6.2.1, table 1) of the names `-S` takes. */
const FACILITY: Readonly<Record<string, number>> = {
  daemon: 3,
  user: 1,
  ...Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`local${n}`, 16 + n])),
};

/** In the order of help. */
const ROWS: readonly OptionRow[] = [
  {
    kind: "value",
    flags: "-f, --use-file <file>",
    text: `configuration file; default: ${DEFAULT_FILE}`,
    read: (file) => ({ file }),
  },
  {
    kind: "switch",
    flags: "-P, --vrrp",
    text: "only run the VRRP part",
    set: () => ({ vrrpOnly: true }),
  },
  {
    kind: "switch",
    flags: "-C, --check",
    text: "only run the health checkers and LVS",
    set: () => ({ checkOnly: true }),
  },
  {
    kind: "switch",
    flags: "-l, --log-console",
    text: "log to the terminal",
    set: () => ({ logConsole: true }),
  },
  {
    kind: "switch",
    flags: "-D, --log-detail",
    text: "log more; twice: still more",
    repeatable: true,
    set: ({ logDetail }) => ({ logDetail: logDetail + 1 }),
  },
  {
    kind: "value",
    flags: "-S, --log-facility <0-7|local0-7|user|daemon>",
    text: "syslog facility; default: daemon",
    words: Object.keys(FACILITY),
    read: facility,
  },
  {
    // keepalived: the value is optional, and by default a file in /tmp. A separate word was never one there.
    kind: "value",
    flags: "-g, --log-file <file>",
    text: "log to a file as well",
    read: (logFile) => ({ logFile }),
  },
  {
    kind: "switch",
    flags: "-G, --no-syslog",
    text: "do not log to syslog",
    set: () => ({ noSyslog: true }),
  },
  {
    kind: "switch",
    flags: "-X, --release-vips",
    text: "delete VIPs whenever not master, also those found at start",
    set: () => ({ releaseVips: true }),
  },
  {
    kind: "switch",
    flags: "-V, --dont-release-vrrp",
    text: "leave addresses behind at exit",
    set: () => ({ keepAddresses: true }),
  },
  {
    kind: "switch",
    flags: "-I, --dont-release-ipvs",
    text: "leave the IPVS table behind at exit",
    set: () => ({ keepServices: true }),
  },
  {
    kind: "switch",
    flags: "-n, --dont-fork",
    text: "stay in the foreground",
    set: () => ({ foreground: true }),
  },
  {
    kind: "switch",
    flags: "-d, --dump-conf",
    text: "write the configuration to the log",
    set: () => ({ dumpConf: true }),
  },
  {
    kind: "value",
    flags: "-p, --pid <file>",
    text: "pid file",
    read: (pidFile) => ({ pidFile }),
  },
  {
    kind: "value",
    flags: "-r, --vrrp_pid <file>",
    text: "pid file as well while virtual routers run",
    read: (vrrpPidFile) => ({ vrrpPidFile }),
  },
  {
    kind: "value",
    flags: "-c, --checkers_pid <file>",
    text: "pid file as well while virtual servers run",
    read: (checkPidFile) => ({ checkPidFile }),
  },
  {
    // No session of BFD runs yet, so keepalived would write none either.
    kind: "value",
    flags: "-b, --bfd_pid <file>",
    text: "pid file as well while BFD runs",
    read: () => ({}),
  },
  {
    kind: "switch",
    flags: "--all",
    text: "run all parts, also those with nothing to do",
    set: () => ({ allParts: true }),
  },
  {
    kind: "switch",
    flags: "-B, --no_bfd",
    text: "do not run BFD",
    set: () => ({}),
  },
  {
    // There is one process, which ends with its parts; who starts it again is the service manager.
    kind: "switch",
    flags: "-R, --dont-respawn",
    text: "end when a part ends, as it always does",
    set: () => ({}),
  },
  {
    kind: "switch",
    flags: "--flush-log-file",
    text: "write each line of the log file at once, as it always does",
    set: () => ({}),
  },
  {
    kind: "switch",
    flags: "-x, --snmp",
    text: "serve SNMP; left out so far, with a warning",
    set: unmet("--snmp"),
  },
  {
    kind: "value",
    flags: "-A, --snmp-agent-socket <socket>",
    text: "socket of the SNMP agent; left out so far, with a warning",
    read: (_, before) => unmet("--snmp-agent-socket")(before),
  },
  {
    kind: "value",
    flags: "-i, --config-id <id>",
    text: "id for @ lines; default: host name up to the first dot",
    read: (configId) => ({ configId }),
  },
  {
    kind: "switch",
    flags: "-e, --all-config",
    text: "all problems of include lines are errors",
    set: () => ({ allConfig: true }),
  },
  {
    kind: "value",
    flags: "-u, --umask <mask>",
    text: "file creation mask, octal with a leading 0",
    read: umask,
  },
  {
    kind: "value",
    flags: "-t, --config-test [log]",
    text: "test the configuration and exit; findings go to stderr, or -tLOG: are appended there",
    read: (log, { configTest = true }) => ({ configTest: log === "" ? configTest : log }),
  },
  {
    kind: "value",
    flags: "-s, --namespace <name>",
    text: "network namespace to run in",
    read: (namespace) => ({ namespace }),
  },
  {
    kind: "switch",
    flags: "-m, --core-dump",
    text: "let a crash leave a core dump of any size",
    set: ({ coreDumps = true }) => ({ coreDumps }),
  },
  {
    kind: "value",
    flags: "-M, --core-dump-pattern [pattern]",
    text: "-m, and set the kernel's pattern of core dumps until the end; default: core",
    read: (pattern) => ({ coreDumps: pattern === "" ? "core" : pattern }),
  },
  {
    kind: "switch",
    flags: "--ignore-sigint",
    text: "do not stop on SIGINT",
    set: () => ({ ignoreSigint: true }),
  },
  {
    kind: "end",
    flags: "--signum <name>",
    text: "print the number of the signal for a function and exit",
    words: Object.keys(SIGNAL_NUMBERS),
    answer: "signal-number",
  },
  {
    kind: "value",
    flags: "--lease <seconds>",
    text: "how long a hung daemon stays master",
    read: lease,
  },
  { kind: "end", flags: "-v, --version", text: "print the version and exit", answer: "version" },
  {
    kind: "end",
    flags: "--licenses",
    text: "print the licenses of all that is inside and exit",
    answer: "licenses",
  },
  { kind: "end", flags: "-h, --help", text: "print this help and exit", answer: "help" },
  // Of keepalived's options, those of builds for its developers (--debug, --perf and the like) are not even known.
  { kind: "absent", flags: "-T, --genhash", why: "must come first" },
  {
    kind: "absent",
    flags: "-a, --address-monitoring",
    why: "run ip monitor address",
  },
];

/** All options. */
export const OPTIONS: readonly DaemonOption[] = ROWS.map((row) => ({ ...row, ...form(row.flags) }));

/** Reads what help shows. */
function form(flags: string): OptionForm {
  const words = flags.split(/,? /);
  const named = words.filter((word) => word.startsWith("-"));
  const value = words.at(named.length) ?? "";
  const [long = "", short] = named.map((word) => word.replace(/^--?/, "")).reverse();
  return {
    long,
    takes: value === "" ? "nothing" : value.startsWith("[") ? "optional-value" : "value",
    ...(short === undefined ? {} : { short }),
  };
}

function facility(text: string): Partial<RunOptions> | string {
  const logFacility = /^[0-7]$/.test(text) ? 16 + Number(text) : FACILITY[text];
  return logFacility === undefined ? "0 to 7, local0 to local7, user or daemon" : { logFacility };
}

/** Remembers what was asked for in vain. */
function unmet(option: string): (before: RunOptions) => Partial<RunOptions> {
  return ({ unmet }) => ({ unmet: [...unmet, option] });
}

/** A number as C writes it, which is how keepalived reads this option: 022, 18 and 0x12 are the same. */
function cNumber(text: string): number {
  if (/^0[0-7]*$/.test(text)) return parseInt(text, 8);
  return /^(?:[1-9]\d*|0x[\da-f]+|0o[0-7]+)$/i.test(text) ? Number(text) : NaN;
}

function umask(text: string): Partial<RunOptions> | string {
  const mask = cNumber(text);
  return mask <= 0o777 ? { umask: mask } : "0 to 0777, octal with a leading 0";
}

/** Shorter than a second would lapse by ordinary pauses, longer than a minute would be no protection. */
function lease(text: string): Partial<RunOptions> | string {
  const value = Number(text);
  return value >= 1 && value <= 60 ? { lease: seconds(value) } : "1 to 60 seconds";
}
