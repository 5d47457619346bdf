/**
 * `holdfast check`: every finding of the language and of lint, for people, programs or code hosts.
 */

import { type Command, InvalidArgumentError, Option } from "commander";
import { coverageJson, coverageText } from "./coverage.ts";
import { nameOf, readStdin, STDIN, withStdin } from "./standard_input.ts";
import { wantsColour, write } from "./output.ts";
import { VERSION } from "./version.ts";
import {
  ALL_RULES,
  countsText,
  type Diagnostic,
  exitStatus,
  isRuleName,
  nearest,
  renderFinding,
  renderJson,
  renderSarif,
  type RuleName,
  type SourceLines,
  toldOf,
} from "../src/language/mod.ts";
import { secretNamesIn } from "../src/language/findings/render_mask.ts";
import { recordFiles } from "../src/language/source/recorded_files.ts";
import { resolvePath, type SourceFiles } from "../src/language/source/source.ts";
import { hostAddresses, scriptFacts } from "../src/daemon/host/lint_facts.ts";
import { hostFacts, systemFiles } from "../src/daemon/host/source_files.ts";
import { readBound } from "../src/document/config.ts";
import { lint, type PeerConfig, programsOf } from "../src/document/lint/mod.ts";

/** What was asked for. */
interface CheckOptions {
  readonly strict: boolean;
  readonly format: "text" | "json" | "sarif";
  readonly peers: readonly string[];
  readonly off: ReadonlySet<RuleName>;
  readonly coverage: boolean;
  readonly configId: string | undefined;
  readonly allConfig: boolean;
  /** The files are for this machine. */
  readonly host: boolean;
}

/** Exit code of errors that keepalived accepts and of warnings that `--strict` makes fail, as of other findings (cli.tsv). */
const OTHER_FINDINGS = 5;

/**
 * Exit code of a start whose main file cannot be read (cli.tsv). keepalived: `-t` of such a file
 * gives 0.
 */
const NO_FILE = 6;

/** Adds the command; `finish` takes its exit code. */
export function addCheckCommand(program: Command, finish: (code: number) => void): void {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  program.command("check")
    .description("Check configuration files, more thoroughly than -t does")
    .argument("[file...]", "configuration files, - for standard input; default: that of -f")
    .option("--strict", "warnings fail")
    .addOption(
      new Option("--format <format>", "how findings are written")
        .choices(["text", "json", "sarif"]).default("text"),
    )
    .option(
      "--peer <file>",
      "configuration of another node of the pair; may be repeated",
      collect,
      [],
    )
    .option("--off <rule>", "switch a rule off; may be repeated", collectRules, [])
    .option("--no-host", "the files are for another machine: ignore what this one has")
    .option("--coverage", "print every keyword and whether holdfast acts on it")
    .option("-e, --all-config", "all problems of include lines are errors")
    .option("-i, --config-id <id>", "id for @ lines; default: host name up to the first dot")
    .action(async (files: readonly string[], _: unknown, command: Command) => {
      const parsed = command.optsWithGlobals();
      finish(
        await runCheckCommand(files.length > 0 ? files : [parsed["useFile"]], {
          strict: parsed["strict"] === true,
          format: parsed["format"],
          peers: parsed["peer"],
          off: new Set(parsed["off"]),
          coverage: parsed["coverage"] === true,
          configId: parsed["configId"],
          allConfig: parsed["allConfig"] === true,
          host: parsed["host"] !== false,
        }),
      );
    });
}

function collectRules(value: string, before: readonly RuleName[]): readonly RuleName[] {
  const names = value.split(",").filter((name) => name !== "").map((name) => {
    if (isRuleName(name)) return name;
    const likely = nearest(name, Object.keys(ALL_RULES));
    throw new InvalidArgumentError(
      `There is no rule ${name}${likely === undefined ? "." : `, did you mean ${likely}?`}`,
    );
  });
  return [...before, ...names];
}

async function runCheckCommand(
  paths: readonly string[],
  options: CheckOptions,
): Promise<number> {
  if (options.coverage) {
    write(Deno.stdout, options.format === "text" ? coverageText() : coverageJson());
    return 0;
  }
  const system = systemFiles(options.configId === undefined ? {} : { configId: options.configId });
  const files = [...paths, ...options.peers].includes(STDIN)
    ? withStdin(system, await readStdin())
    : system;
  const checked: Checked[] = [];
  for (const path of paths) checked.push(await checkFile(nameOf(path), { files, options }));
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  write(Deno.stdout, rendered(checked, options));
  return exitCode(diagnostics, options.strict);
}

/** Findings of one configuration. */
interface Checked {
  /** Also those that only follow from others: they count for the exit code. */
  readonly diagnostics: readonly Diagnostic[];
  readonly lines: SourceLines;
  /** Names that some file uses for a secret. */
  readonly secretNames: () => ReadonlySet<string>;
}

async function checkFile(
  path: string,
  { files, options }: {
    readonly files: SourceFiles;
    readonly options: CheckOptions;
  },
): Promise<Checked> {
  const recorded = recordFiles(files);
  const { allConfig } = options;
  const own = readBound(path, recorded.files, {
    allConfig,
    ...(options.host && { host: hostFacts() }),
  });
  const peers = options.peers.map(nameOf).map((peer): PeerConfig => ({
    path: peer,
    ...readBound(peer, files, { allConfig }),
  }));
  const unread = peers.flatMap(({ diagnostics }) => diagnostics.filter(isUnread));
  const main = resolvePath(files.directory, path);
  const diagnostics = lint({
    ...own,
    diagnostics: [...own.diagnostics, ...unread],
    peers: peers.filter((peer) => !peer.diagnostics.some(isUnread)),
    ...(options.host && {
      addresses: hostAddresses(),
      scripts: await scriptFacts(programsOf(own.root)),
    }),
  }, {
    off: options.off,
    files: recorded.paths().map((each) => each === main ? path : each),
    lines: recorded.lines,
  });
  const secretNames = () =>
    new Set(recorded.paths().flatMap((file) => [...secretNamesIn(recorded.lines(file) ?? [])]));
  return { diagnostics, lines: recorded.lines, secretNames };
}

function isUnread({ code }: Diagnostic): boolean {
  return code === "main-file-missing";
}

function rendered(
  checked: readonly Checked[],
  { format }: CheckOptions,
): string {
  const told = checked.flatMap(({ diagnostics }) => toldOf(diagnostics));
  switch (format) {
    case "json":
      return renderJson(told);
    case "sarif":
      return renderSarif(told, { version: VERSION });
    case "text": {
      const colour = wantsColour(Deno.stdout);
      const texts = checked.flatMap(({ diagnostics, lines, secretNames }) =>
        toldOf(diagnostics).map((one) => `${renderFinding(one, { lines, colour, secretNames })}\n`)
      );
      return `${texts.join("")}${countsText(told, checked.length)}\n`;
    }
  }
}

function exitCode(diagnostics: readonly Diagnostic[], strict: boolean): number {
  if (diagnostics.some(isUnread)) return NO_FILE;
  const code = exitStatus(diagnostics);
  // keepalived: accepts some of what is refused here, and what it runs then is not what is written.
  const fails = diagnostics.some(({ severity }) =>
    severity === "error" || strict && severity === "warning"
  );
  return code === 0 && fails ? OTHER_FINDINGS : code;
}
