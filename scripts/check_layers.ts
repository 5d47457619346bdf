// deno-lint-ignore-file no-console -- a script talks on the console
/**
 * Proves the import order and the purity rule of docs/ARCHITECTURE.md, and that no files of the
 * core use one another in a circle. Ends with 1 and one line per breach.
 *
 * Run with `deno task layers`.
 */

import { usesOfCore } from "./check_layers_rust.ts";

/**
 * Rooms of src/ in import order: a file imports from its own room and from rooms above it. Where a folder has rooms of its own,
 * `folder/.` stands for the files beside them, and `folder` for its face: `mod.ts`, and what tests share.
 */
const ORDER = [
  "persistent",
  "core",
  "net",
  "kernel",
  "language/findings",
  "language/source",
  "language/rows",
  "language/recover",
  "language/tree",
  "language/format",
  "language",
  "global",
  "process",
  "notify",
  "track",
  "bfd",
  "check/.",
  "check/checker",
  "check/read",
  "check",
  "route",
  "vrrp/.",
  "vrrp/packet",
  "vrrp/read",
  "vrrp/fsm",
  "vrrp/part",
  "vrrp",
  "lvs/rows",
  "lvs/.",
  "lvs/beside",
  "lvs/asking",
  "lvs/slowly",
  "lvs/servers",
  "lvs/read",
  "lvs/part",
  "lvs",
  "document/table",
  "document/commands",
  "document/across",
  "document/consequences",
  "document/.",
  "document/explain",
  "document/lint",
  "document",
  "world",
  "plan",
  "status",
  "control",
  "doctor",
  "editor",
  "sim",
  // Above: no I/O, no clock. Below: the shell, of which one room names what the runtime has.
  "daemon/platform",
  "native",
  "daemon",
] as const;

/** Files of a folder that stand behind its rooms. */
const FACE = /^(mod|fixtures?)\.ts$|_test\.ts$/;

/** The room that may touch the outside world. */
const PLATFORM = "src/daemon/platform/";

/** What only it may say. */
const IMPURE =
  /\b(Deno\.|fetch\(|setTimeout\b|setInterval\b|Date\b|performance\b|Math\.random\b|crypto\.|globalThis\b)/;

/** Packages that reach outside, by import specifier. */
const IMPURE_PACKAGE = /^(node:(?!assert)|npm:)|^(commander|vscode-.*|@logtape\/logtape)$/;

/** Where each may be imported all the same. */
const PACKAGE_USER: Readonly<Record<string, string>> = { "@logtape/logtape": "src/daemon/log.ts" };

/** Where what the daemon and `-t` run begins; what it does not import at its head it does not load. */
const DAEMON_ENTRIES = ["cli/line.ts", "cli/check.ts", "src/daemon/run.ts"];

/** A source file and its text. */
export interface SourceText {
  /** Path from the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every breach of the rules in one file of src/, or of the daemon's path, as `path:line: message`. */
export function breaches({ path, text }: SourceText): readonly string[] {
  const isTest = path.endsWith("_test.ts");
  const isShell = path.startsWith(PLATFORM);
  return text.split("\n").flatMap((line, index) => {
    const at = `${path}:${index + 1}`;
    const found: string[] = [];
    const specifier = /^\s*(?:import|export)\b[^"]*"([^"]+)"|^\} from "([^"]+)"/.exec(line);
    const target = specifier?.[1] ?? specifier?.[2];
    if (target !== undefined) {
      const wrong = wrongImport(path, target, isTest || isShell);
      if (wrong !== undefined) found.push(`${at}: ${wrong}`);
    }
    const impure = isShell || isTest ? null : IMPURE.exec(withoutComments(line));
    if (impure) {
      found.push(`${at}: Cannot use ${impure[1]} here: only ${PLATFORM}`);
    }
    return found;
  });
}

function wrongImport(path: string, target: string, mayReachOut: boolean): string | undefined {
  if (!target.startsWith(".")) {
    return !mayReachOut && IMPURE_PACKAGE.test(target) && PACKAGE_USER[target] !== path
      ? `Cannot import "${target}" here: the daemon's path and what is above it do without`
      : undefined;
  }
  const imported = new URL(target, `file:///${path}`).pathname.slice(1);
  const from = rank(path);
  const to = rank(imported);
  if (from === undefined) return undefined;
  if (path.endsWith("_test.ts") && imported.startsWith("tests/data/")) return undefined;
  if (to === undefined) return `Cannot import ${imported}: not above ${path}`;
  // What tests share may stand behind the room they are in.
  const shared = path.endsWith("_test.ts") && folderOf(path) === folderOf(imported);
  if (to > from && !shared) {
    return `Cannot import ${imported}: ${ORDER[to]} stands below ${ORDER[from]}`;
  }
  return undefined;
}

/** Position of a path's room in {@linkcode ORDER}; `undefined` outside src/. */
function rank(path: string): number | undefined {
  const [, folder = "", room, file = ""] = /^src\/([^/]+)\/(?:([^/]+)\/)?(.*)$/.exec(path) ?? [];
  const names = room === undefined && !FACE.test(file)
    ? [`${folder}/.`, folder]
    : [`${folder}/${room}`, folder];
  const index = names.map((name) => ORDER.findIndex((each) => each === name))
    .find((found) => found >= 0);
  return index;
}

/** The folder directly under src/. */
function folderOf(path: string): string | undefined {
  return path.split("/")[1];
}

function withoutComments(line: string): string {
  return /^\s*(\*|\/\*|\/\/)/.test(line)
    ? ""
    : line.replace(/\/\/.*$|"(\\.|[^"\\])*"|`[^`]*`/g, "");
}

/** Files the daemon or `-t` loads: all that its entries import, and what those import. */
export function daemonPath(sources: readonly SourceText[]): readonly SourceText[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const seen = new Set<SourceText>();
  const visit = (path: string): void => {
    const source = byPath.get(path);
    if (source === undefined || seen.has(source)) return;
    seen.add(source);
    importsOf(source, "values").forEach(visit);
  };
  DAEMON_ENTRIES.forEach(visit);
  return [...seen];
}

/** Import cycles between files, each as one line. Types count: what cannot be read alone is one subject. */
export function cycles(sources: readonly SourceText[]): readonly string[] {
  return circles(new Map(sources.map((source) => [source.path, importsOf(source)])));
}

/** Circles of a graph by paths, each as one line. */
export function circles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`Import cycle: ${[...trail.slice(start), path].join(" → ")}`);
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

/** Files a file imports values from, or also types. */
function importsOf(
  { path, text }: SourceText,
  what: "values" | "values and types" = "values and types",
): readonly string[] {
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?(?:[^"';]*?from\s+)?"(\.[^"]+)"/gm,
  );
  return [...statements]
    .filter(([, onlyTypes]) => onlyTypes === undefined || what === "values and types")
    .map(([, , target]) => new URL(target ?? "", `file:///${path}`).pathname.slice(1));
}

/** Fewest files, without tests, with which a folder of src/ has to say what it is for. */
const ROOM = 3;

/** Folders whose `mod.ts` does not begin with a comment that says what the folder is for, and rooms of src/ without one. */
export function missingFolderComments(sources: readonly SourceText[]): readonly string[] {
  const faces = new Set(sources.map(({ path }) => path).filter((path) => path.endsWith("/mod.ts")));
  const files = sources.filter(({ path }) => path.startsWith("src/") && !path.endsWith("_test.ts"));
  const rooms = Object.entries(countsByFolder(files)).filter(([, count]) => count >= ROOM);
  return [
    ...rooms.map(([folder]) => `${folder}/mod.ts`).filter((path) => path !== "src/mod.ts")
      .filter((path) => !faces.has(path)).map((path) =>
        `${path}: Cannot leave out the face of the folder: it says what the folder is for`
      ),
    ...sources
      .filter(({ path, text }) => path.endsWith("/mod.ts") && !text.startsWith("/**"))
      .map(({ path }) =>
        `${path}:1: Cannot leave out the module comment: it says what the folder is for`
      ),
  ];
}

function countsByFolder(sources: readonly SourceText[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { path } of sources) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    counts[folder] = (counts[folder] ?? 0) + 1;
  }
  return counts;
}

/** Most files side by side in one folder that a reader still takes in, tests among them. */
const MOST_FILES = 25;

/** Folders with more files side by side than {@linkcode MOST_FILES}. */
export function crowdedFolders(sources: readonly SourceText[]): readonly string[] {
  return Object.entries(countsByFolder(sources)).filter(([, count]) => count > MOST_FILES)
    .map(([folder, count]) =>
      `${folder}: Cannot hold ${count} files side by side: at most ${MOST_FILES}`
    );
}

/** A value that stands for the keyword where it is not written: the row has it. `false` is no default of a flag, but its absence. */
const OWN_DEFAULT =
  /(?:lastValue\([^()]*\)|\buse\??\.value)\s*\?\?\s*(?!false\b)(-?\d|true\b|"|[A-Z][A-Z_]+\b(?!\.))/;

/** Lines of readers that give a default again which a row of the keyword tables owns. */
export function repeatedDefaults(sources: readonly SourceText[]): readonly string[] {
  return sources.filter(({ path }) =>
    /\/read(\/[^/]*|_?\w*)\.ts$/.test(path) && !path.endsWith("_test.ts")
  )
    .flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) =>
        OWN_DEFAULT.test(line)
          ? [`${path}:${index + 1}: Cannot give a default here: its row has it (valueIn)`]
          : []
      )
    );
}

/** Files whose names are not plain `snake_case.ts`. */
export function oddNames(sources: readonly SourceText[]): readonly string[] {
  return sources.map(({ path }) => path)
    .filter((path) => !/\/[a-z][a-z0-9]*(_[a-z0-9]+)*\.ts$/.test(path))
    .map((path) => `${path}: Cannot name a file so: snake_case.ts, nothing before it`);
}

async function* filesOf(folder: string, ending: ".ts" | ".rs"): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesOf(path, ending);
    else if (entry.name.endsWith(ending)) yield path;
  }
}

async function sourcesOf(folder: string, ending: ".ts" | ".rs"): Promise<readonly SourceText[]> {
  const sources: SourceText[] = [];
  for await (const path of filesOf(folder, ending)) {
    sources.push({ path, text: await Deno.readTextFile(path) });
  }
  return sources;
}

if (import.meta.main) {
  const all: SourceText[] = [];
  for (const folder of ["src", "cli", "tests", "scripts"]) {
    all.push(...await sourcesOf(folder, ".ts"));
  }
  const core = [
    ...await sourcesOf("core-rs/src", ".rs"),
    ...await sourcesOf("core-rs/guardian", ".rs"),
  ];
  const sources = all.filter(({ path }) => path.startsWith("src/"));
  const ofDaemon = daemonPath(all);
  const found = [
    ...sources.flatMap(breaches),
    ...ofDaemon.filter(({ path }) => path.startsWith("cli/")).flatMap(breaches),
    ...cycles(all),
    ...circles(usesOfCore(core)),
    ...missingFolderComments(sources),
    ...crowdedFolders([...all, ...core]),
    ...oddNames(all),
    ...repeatedDefaults(sources),
  ];
  for (const line of found) console.error(line);
  if (found.length > 0) Deno.exit(1);
  console.log(
    `layers: ${sources.length} files, no breach; the daemon's path: ${ofDaemon.length}; ` +
      `of the core: ${core.length}`,
  );
}
