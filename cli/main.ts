/** The program: argument vector in, exit code out. The only place that ends the process. */

import { readCommandLine } from "./command_line.ts";
import { DEFAULT_FILE, type RunOptions } from "./options.ts";
import { isSubcommand, likelySubcommand } from "./subcommands.ts";

/** Exit code of a bad option (cli.tsv). */
const BAD_OPTION = 1;

/** Exit code without a configuration (cli.tsv). */
const NO_CONFIG = 6;

/** What to do first. */
const FIRST_RUN = `Cannot start: there is no ${DEFAULT_FILE} yet
  holdfast example > ${DEFAULT_FILE}    then change the lines it marks
  holdfast check && holdfast    "holdfast --help" tells the rest
`;

/** Runs one command line and gives its exit code. What it does not need is not loaded. */
export async function main(args: readonly string[]): Promise<number> {
  const { request, complaints } = readCommandLine(args, isSubcommand);
  if (complaints.length > 0) {
    const { complaintText } = await import("./complaint_text.ts");
    for (const complaint of complaints) print(Deno.stderr, `${complaintText(complaint)}\n`);
  }
  switch (request.kind) {
    // The first three are answered beside complaints (keepalived).
    case "version":
      return print(Deno.stderr, (await import("./version.ts")).versionText());
    case "help":
      // keepalived: to stderr. People page through help.
      return print(Deno.stdout, (await import("./help.ts")).helpText());
    case "signal-number":
      return await printSignal(request.name);
    case "subcommand": {
      if (complaints.length > 0) return BAD_OPTION;
      const { runSubcommand } = await import("./program.ts");
      return await runSubcommand(request.words, request.options);
    }
    case "run":
      if (request.ignored.length > 0 && !mayIgnore(request.ignored)) return BAD_OPTION;
      return complaints.length > 0 ? BAD_OPTION : await run(request.options, args);
  }
}

/** keepalived: passes over operands. A misspelt command is none: nobody wants it to start a daemon. */
function mayIgnore(operands: readonly string[]): boolean {
  const [first = ""] = operands;
  const likely = likelySubcommand(first);
  print(
    Deno.stderr,
    likely === undefined
      ? `Ignored arguments: ${operands.join(" ")}\n`
      : `Cannot run ${first}: there is no such command, did you mean ${likely}\n`,
  );
  return likely === undefined;
}

async function run(options: RunOptions, args: readonly string[]): Promise<number> {
  if (args.length === 0 && isFirstRun(options.file)) {
    return print(Deno.stderr, FIRST_RUN, NO_CONFIG);
  }
  if (options.configTest !== undefined) return await (await import("./check.ts")).runCheck(options);
  const { goToBackground, isInBackground } = await import("../src/daemon/background.ts");
  const { DEFAULT_PID_FILE } = await import("../src/daemon/pid_file.ts");
  const pidFile = options.pidFile ?? DEFAULT_PID_FILE;
  if (!options.foreground && !isInBackground()) return await goToBackground({ args, pidFile });
  const { runDaemon } = await import("../src/daemon/run.ts");
  const { vrrpOnly, checkOnly } = options;
  return await runDaemon({
    file: options.file,
    allConfig: options.allConfig,
    parts: vrrpOnly === checkOnly ? "both" : vrrpOnly ? "vrrp" : "check",
    pidFile,
    dumpConf: options.dumpConf,
    ignoreSigint: options.ignoreSigint,
    ...(options.configId === undefined ? {} : { configId: options.configId }),
    ...(options.umask === undefined ? {} : { umask: options.umask }),
    log: {
      console: options.logConsole && !isInBackground(),
      detail: options.logDetail,
      ...(options.logFile === undefined ? {} : { file: options.logFile }),
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

async function printSignal(name: string): Promise<number> {
  const { SIGNAL_NUMBERS } = await import("../src/daemon/signals.ts");
  const number = SIGNAL_NUMBERS[name];
  if (number !== undefined) return print(Deno.stdout, `${number}\n`);
  const known = Object.keys(SIGNAL_NUMBERS).join(", ");
  print(Deno.stderr, `Cannot print the signal for "${name}": must be one of ${known}\n`);
  return BAD_OPTION;
}

function print(
  to: { writeSync(bytes: Uint8Array): number },
  text: string,
  code = 0,
): number {
  to.writeSync(new TextEncoder().encode(text));
  return code;
}

/** Whether nobody has written a configuration yet. Only then: a file that cannot be read is told by the reader. */
function isFirstRun(file: string): boolean {
  try {
    Deno.statSync(file);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
