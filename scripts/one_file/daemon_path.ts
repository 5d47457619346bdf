// deno-lint-ignore-file no-console -- a script talks on the console
/**
 * Proves what the daemon and `-t` load, by the scripts they are bundled into: no module of the runtime, of packages
 * only those of {@linkcode ALLOWED}, and before it is known what is wanted no keyword tables. Prints what is loaded and its size; ends with 1 and one line per breach.
 *
 *   deno run -A scripts/one_file/daemon_path.ts [--modules]    --modules: each file, not only each room
 *
 * Run with `deno task layers`.
 */

import { type Bundle, bundleParts } from "./bundle.ts";
import { packagesOf } from "./components.ts";

/** Packages the daemon may load: each costs start and memory on every host. */
const ALLOWED: readonly string[] = ["@logtape/logtape"];

/** What a script has that it must not, as lines. */
export function breachesOf(
  { name, inputs, externals }: Pick<Bundle, "name" | "inputs" | "externals">,
): readonly string[] {
  const packages = [...packagesOf(inputs.keys())].filter((each) =>
    !ALLOWED.includes(each.slice(0, each.lastIndexOf("@")))
  );
  const tables = name === "line" ? [...inputs.keys()].filter(isOfTables) : [];
  return [
    ...tables.map((each) => `${name}: Cannot load ${each}: each start would make the rows twice`),
    ...externals.map((module) => `${name}: Cannot load ${module}: the daemon's path does without`),
    ...packages.map((each) =>
      `${name}: Cannot load the package ${each}: must be one of ${ALLOWED}`
    ),
  ];
}

/** Whether a file is a table of keywords, or what those are made of. */
function isOfTables(path: string): boolean {
  return /\/keywords[^/]*\.ts$|^src\/language\/rows\//.test(path);
}

/** Bytes by room, a folder of src/ or a package, or by file; the largest first. */
export function sizesOf(
  inputs: ReadonlyMap<string, number>,
  by: "room" | "module",
): readonly (readonly [string, number])[] {
  const sizes = new Map<string, number>();
  for (const [path, bytes] of inputs) {
    const key = by === "module" ? path : roomOf(path);
    sizes.set(key, (sizes.get(key) ?? 0) + bytes);
  }
  return [...sizes].sort(([, a], [, b]) => b - a);
}

function roomOf(path: string): string {
  const [, name] = /^npm:((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (name !== undefined) return name;
  const [top = "", folder = ""] = path.split("/");
  return top === "src" ? `src/${folder}` : top;
}

if (import.meta.main) {
  const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
  const by = Deno.args.includes("--modules") ? "module" : "room";
  const bundles = await bundleParts(root, ["line", "test", "daemon"]);
  for (const { name, text, inputs } of bundles) {
    const parts = sizesOf(inputs, by).map(([key, bytes]) => `${key} ${kilobytes(bytes)}`);
    const separator = by === "room" ? ", " : "\n  ";
    console.log(
      `${name}: ${inputs.size} modules, ${kilobytes(text.length)} kB (${parts.join(separator)})`,
    );
  }
  const found = bundles.flatMap(breachesOf);
  for (const line of found) console.error(line);
  if (found.length > 0) Deno.exit(1);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
