/** One command line: argument vector in, exit code out. */

import { readCommandLine } from "./line/command_line.ts";
import { complaintText } from "./line/complaint_text.ts";
import { DEFAULT_FILE, type RunOptions } from "./line/options.ts";
import type { Parts } from "./parts.ts";
import { isSubcommand, likelySubcommand } from "./line/subcommands.ts";
import { VERSION, versionText } from "./version.ts";
import {
  absolutePath,
  goToBackground,
  isInBackground,
  leaveFolder,
} from "../src/daemon/process/background.ts";
import {
  embeddedText,
  isMissing,
  ownStartLine,
  statSync,
  stderr,
  stdout,
  type Stream,
  writeText,
} from "../src/daemon/platform/mod.ts";
import { holdSignals } from "../src/native/load.ts";
import { SIGNAL_NUMBERS } from "../src/daemon/process/signals.ts";

/** Exit code of a bad option (cli.tsv). */
const BAD_OPTION = 1;

/** Exit code without a configuration (cli.tsv). */
const NO_CONFIG = 6;

/** Where it will be. */
const DEFAULT_FOLDER = DEFAULT_FILE.slice(0, DEFAULT_FILE.lastIndexOf("/"));

/** What to do first. */
const FIRST_RUN = `Cannot start: there is no ${DEFAULT_FILE} yet
  mkdir -p ${DEFAULT_FOLDER} && holdfast example > ${DEFAULT_FILE}    then change the lines it marks
  holdfast check && holdfast    "holdfast --help" tells the rest
`;

/** The process in the background has no terminal to say why. */
const ENDED_AT_ONCE =
  'Cannot start: the log says why, and "holdfast -n -l" with the same options on the terminal\n';

/** What runs from its sources contains nothing. */
const NO_LICENSES = "holdfast is under the Apache License, version 2.0: see LICENSE\n";

/** Runs one command line and gives its exit code. Of the parts only the one it needs is loaded. */
export async function runLine(words: readonly string[], parts: Parts): Promise<number> {
  const called = calledName();
  const args = genhashLine(called, words) ?? words;
  const { request, complaints } = readCommandLine(args, isSubcommand);
  for (const complaint of complaints) print(stderr, `${complaintText(complaint)}\n`);
  switch (request.kind) {
    // The first three are answered beside complaints (keepalived).
    case "version":
      return print(stderr, versionText());
    case "help":
      // keepalived: to stderr. People page through help.
      return print(stdout, (await parts.tools()).helpText());
    case "licenses":
      return print(stdout, embeddedText("licenses") ?? NO_LICENSES);
    case "signal-number":
      return printSignal(request.name);
    case "subcommand": {
      if (complaints.length > 0) return BAD_OPTION;
      return await (await parts.tools()).runSubcommand(request.words, request.options);
    }
    case "run":
      if (request.ignored.length > 0 && !mayIgnore(request.ignored, { called, args })) {
        return BAD_OPTION;
      }
      return complaints.length > 0 ? BAD_OPTION : await run(request.options, args, parts);
  }
}

/** The name this program was called by. */
function calledName(): string {
  const { program } = ownStartLine();
  return program.slice(program.lastIndexOf("/") + 1);
}

/** The command behind keepalived's ways to its genhash: the option as the first word (all others are genhash's), or a link of that name. */
function genhashLine(called: string, words: readonly string[]): readonly string[] | undefined {
  if (called === "genhash") return ["genhash", ...words];
  return /^(?:-T|--genhash)$/.test(words[0] ?? "") ? ["genhash", ...words.slice(1)] : undefined;
}

/** keepalived: passes over operands. Who begins a line of holdfast with one has mistyped a command, and wants no daemon. */
function mayIgnore(
  operands: readonly string[],
  { called, args }: { readonly called: string; readonly args: readonly string[] },
): boolean {
  const [first = ""] = operands;
  const likely = likelySubcommand(first);
  const mayBeIgnored = likely === undefined &&
    (called.startsWith("keepalived") || first !== args[0]);
  const instead = likely === undefined ? '"holdfast --help" lists them' : `did you mean ${likely}`;
  print(
    stderr,
    mayBeIgnored
      ? `Ignored arguments: ${operands.join(" ")}\n`
      : `Cannot run ${first}: there is no such command, ${instead}\n`,
  );
  return mayBeIgnored;
}

async function run(
  options: RunOptions,
  args: readonly string[],
  parts: Parts,
): Promise<number> {
  if (options.configTest !== undefined) return (await parts.test()).runCheck(options);
  if (isFirstRun(options.file)) return print(stderr, FIRST_RUN, NO_CONFIG);
  const { pidFile } = options;
  if (!options.foreground && !isInBackground()) {
    const start = await goToBackground({ args, ...(pidFile === undefined ? {} : { pidFile }) });
    switch (start.kind) {
      case "up":
        return 0;
      case "starting":
        return print(
          stderr,
          `Runs as process ${start.pid}, without a pid file so far: see its log\n`,
          0,
        );
      case "ended":
        return start.code === 0 ? 0 : print(stderr, ENDED_AT_ONCE, start.code);
    }
  }
  // What follows is much to load: a signal that comes meanwhile is not to end a daemon by its default.
  holdSignals();
  const { runDaemon } = await parts.daemon();
  const inBackground = isInBackground();
  const place = inBackground ? absolutePath : (path: string) => path;
  const file = place(options.file);
  const logFile = options.logFile === undefined ? {} : { file: place(options.logFile) };
  const ownPidFile = pidFile === undefined ? {} : { pidFile: place(pidFile) };
  const partPidFiles = {
    ...(options.vrrpPidFile === undefined ? {} : { vrrp: place(options.vrrpPidFile) }),
    ...(options.checkPidFile === undefined ? {} : { check: place(options.checkPidFile) }),
  };
  // From here on a path without a folder means another file.
  if (inBackground) leaveFolder();
  const { vrrpOnly, checkOnly } = options;
  return await runDaemon({
    version: VERSION,
    file,
    allConfig: options.allConfig,
    parts: vrrpOnly === checkOnly ? "both" : vrrpOnly ? "vrrp" : "check",
    ...ownPidFile,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.coreDumps === undefined ? {} : { coreDumps: options.coreDumps }),
    dumpConf: options.dumpConf,
    ignoreSigint: options.ignoreSigint,
    ...(options.configId === undefined ? {} : { configId: options.configId }),
    partPidFiles,
    allParts: options.allParts,
    unmet: options.unmet,
    ...(options.umask === undefined ? {} : { umask: options.umask }),
    log: {
      console: options.logConsole && !inBackground,
      detail: options.logDetail,
      ...logFile,
      ...(options.noSyslog ? {} : { facility: options.logFacility }),
    },
    world: {
      keepAddresses: options.keepAddresses,
      keepServices: options.keepServices,
      releaseVips: options.releaseVips,
      ...(options.lease === undefined ? {} : { lease: options.lease }),
    },
  });
}

function printSignal(name: string): number {
  const number = SIGNAL_NUMBERS[name];
  if (number !== undefined) return print(stdout, `${number}\n`);
  const known = Object.keys(SIGNAL_NUMBERS).join(", ");
  print(stderr, `Cannot print the signal for "${name}": must be one of ${known}\n`);
  return BAD_OPTION;
}

function print(to: Stream, text: string, code = 0): number {
  writeText(to, text);
  return code;
}

/** Whether nobody has written a configuration yet. Only then: a file that was named, or cannot be read, is told by the reader. */
function isFirstRun(file: string): boolean {
  if (file !== DEFAULT_FILE) return false;
  try {
    statSync(file);
    return false;
  } catch (error) {
    return isMissing(error);
  }
}
