/** Lines, and what any shell offers at their ends. */

import { FILES, type Shell } from "./fixture.ts";

/** A line as it is typed. */
export interface Row {
  readonly line: string;
  /** Sorted; what is before the value of `--option=value` is left out. */
  readonly offers: readonly string[];
  /** Shells that offer something else by their own custom. */
  readonly but?: Readonly<Partial<Record<Shell, readonly string[]>>>;
}

const COMMANDS = [
  "check",
  "completion",
  "doctor",
  "example",
  "explain",
  "fmt",
  "genhash",
  "help",
  "install",
  "lsp",
  "plan",
  "real-server",
  "reload",
  "restart",
  "status",
  "stop",
  "trace",
  "uninstall",
  "upgrade",
];
const LOCAL = Array.from({ length: 8 }, (_, number) => `local${number}`);
const SIGNALS = ["DATA", "JSON", "RELOAD", "RESTART", "STATS", "STATS_CLEAR", "STOP"];
const WEIGHT_RULES = ["weight-nopreempt", "weight-too-small"];

function behind(option: string, values: readonly string[]): readonly string[] {
  return values.map((value) => `${option}${value}`);
}

/** The daemon's own options. */
const OPTIONS: readonly Row[] = [
  { line: "holdfast --use", offers: ["--use-file"] },
  { line: "holdfast --config-te", offers: ["--config-test"] },
  { line: "holdfast --use-file FI", offers: FILES },
  { line: "holdfast --use-file=FI", offers: FILES },
  { line: "holdfast -f FI", offers: FILES },
  { line: "holdfast -fFI", offers: behind("-f", FILES) },
  { line: "holdfast -f FI\\ N", offers: ["FI NE"] },
  { line: "holdfast --config-test=FI", offers: FILES },
  { line: "holdfast --config-test FI", offers: [] },
  { line: "holdfast -tFI", offers: behind("-t", FILES) },
  // A log's name whose first letters are options as well.
  { line: "holdfast -tpid.", offers: ["-tpid.log"] },
  { line: "holdfast -t FI", offers: [] },
  { line: "holdfast -S local", offers: LOCAL },
  { line: "holdfast -Slocal", offers: behind("-S", LOCAL) },
  { line: "holdfast --log-facility=loc", offers: LOCAL },
  { line: "holdfast --signum ", offers: SIGNALS },
  { line: "holdfast --signum REL", offers: ["RELOAD"] },
  { line: "holdfast --signum=", offers: SIGNALS },
  { line: "holdfast --signum=REL", offers: ["RELOAD"] },
  { line: "holdfast -i ", offers: [] },
  { line: "holdfast --lease=", offers: [] },
  { line: "holdfast -nlf FI", offers: FILES },
  { line: "holdfast -nlfFI", offers: behind("-nlf", FILES) },
  { line: "holdfast -nltFI", offers: behind("-nlt", FILES) },
  { line: "holdfast -nlS local", offers: LOCAL },
  { line: "holdfast -- --", offers: [] },
];

/** What stands before a command. */
const BEFORE_COMMANDS: readonly Row[] = [
  { line: "holdfast ", offers: COMMANDS },
  { line: "holdfast expl", offers: ["explain"] },
  { line: "holdfast -t ", offers: COMMANDS },
  { line: "holdfast -t expl", offers: ["explain"] },
  { line: "holdfast --config-test expl", offers: ["explain"] },
  { line: "holdfast -tFILE expl", offers: ["explain"] },
  { line: "holdfast -f x.conf expl", offers: ["explain"] },
  { line: "holdfast -fx.conf expl", offers: ["explain"] },
  { line: "holdfast --use-file=x.conf expl", offers: ["explain"] },
  { line: "holdfast -f a=b expl", offers: ["explain"] },
  { line: "holdfast -f fmt compl", offers: ["completion"] },
  { line: "holdfast -nlD expl", offers: ["explain"] },
  { line: "holdfast -nlf fmt expl", offers: ["explain"] },
  { line: "holdfast -nlt expl", offers: ["explain"] },
  { line: "holdfast -D -D expl", offers: ["explain"] },
  { line: "holdfast -- expl", offers: ["explain"] },
  { line: "holdfast nothing expl", offers: [] },
  { line: "holdfast help expl", offers: ["explain"] },
];

/** Commands, and what is their own. */
const BEHIND_COMMANDS: readonly Row[] = [
  { line: "holdfast fmt --", offers: ["--check", "--help", "--write"] },
  { line: "holdfast -nl fmt --wr", offers: ["--write"] },
  { line: "holdfast fmt FILE --wr", offers: ["--write"] },
  { line: "holdfast fmt --use", offers: [] },
  { line: "holdfast fmt --check FI", offers: FILES },
  { line: "holdfast fmt a b FIL", offers: ["FILE"] },
  { line: "holdfast fmt a=b FIL", offers: ["FILE"] },
  { line: "holdfast fmt -- FI", offers: FILES },
  { line: "holdfast fmt -- --", offers: [] },
  { line: "holdfast check --format ", offers: ["json", "sarif", "text"] },
  { line: "holdfast check --format=js", offers: ["json"] },
  { line: "holdfast check --off weight-", offers: WEIGHT_RULES },
  { line: "holdfast check --off=weight-", offers: WEIGHT_RULES },
  { line: "holdfast check --off no-such --off weight-", offers: WEIGHT_RULES },
  { line: "holdfast check --peer FI", offers: FILES },
  { line: "holdfast check --peer=FI", offers: FILES },
  { line: "holdfast check --peer FILE --str", offers: ["--strict"] },
  { line: "holdfast check -ei FI", offers: [] },
  { line: "holdfast check -ei x FI", offers: FILES },
  { line: "holdfast explain advert", offers: ["advert_int"] },
  { line: "holdfast explain duplicate-n", offers: ["duplicate-name"] },
  { line: "holdfast explain weight real_", offers: ["real_server"] },
  {
    line: "holdfast explain weight real_server ",
    offers: [],
    but: { zsh: ["--help", "-h"] },
  },
  { line: "holdfast -f explain explain weight real_", offers: ["real_server"] },
  { line: "holdfast completion ", offers: ["bash", "fish", "zsh"] },
];

/** All of them. */
export const TABLE: readonly Row[] = [...OPTIONS, ...BEFORE_COMMANDS, ...BEHIND_COMMANDS];
