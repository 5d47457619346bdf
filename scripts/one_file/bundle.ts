/**
 * The scripts of the one executable: each part of the program with all it imports, made small. A script
 * is an expression, a function of the installation that gives what the part exports.
 */

import * as esbuild from "esbuild";
import type { TextName } from "../../src/daemon/platform/installation.ts";
import { linkPackages, lockedPackages, npmCache } from "./packages.ts";

/** The parts by where they begin, and whether they may use modules of the runtime (`node:`). */
export const PARTS: readonly {
  readonly name: TextName;
  readonly entry: string;
  readonly node: boolean;
}[] = [
  { name: "line", entry: "cli/line.ts", node: false },
  { name: "test", entry: "cli/check.ts", node: false },
  { name: "daemon", entry: "src/daemon/run.ts", node: false },
  { name: "tools", entry: "cli/tools.ts", node: true },
  { name: "reading", entry: "cli/lsp/reading_thread.ts", node: true },
  { name: "reload", entry: "src/daemon/reading/thread.ts", node: false },
];

/** First modules: of the executable, and of one that keeps the code for it. They load the others. */
export type BootName = "boot" | "keep_code";

/** A script. */
export interface Bundle {
  readonly name: TextName;
  readonly text: string;
  /** Source map, version 3; sources are paths from the root of the repository. */
  readonly map: string;
  /** What it is made of: files from the root of the repository, and packages, with the bytes each has in the script. */
  readonly inputs: ReadonlyMap<string, number>;
  /** Modules it asks the runtime for. */
  readonly externals: readonly string[];
}

/** Makes the scripts `names`, all by default. */
export async function bundleParts(
  root: string,
  names: readonly TextName[] = PARTS.map(({ name }) => name),
): Promise<readonly Bundle[]> {
  return await withPackages(root, async (modules) => {
    const chosen = PARTS.filter(({ name }) => names.includes(name));
    return await Promise.all(chosen.map((part) => bundle(root, modules, part)));
  });
}

/** A first module. */
export async function bootText(root: string, name: BootName = "boot"): Promise<string> {
  const { outputFiles: [file] } = await esbuild.build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: [`cli/packed/${name}.ts`],
    format: "esm",
  });
  await esbuild.stop();
  return file?.text.trim() ?? "";
}

/** How everything is built. */
const COMMON = {
  bundle: true,
  minify: true,
  // Latin-1 at most: the engine keeps such a text in one byte a character.
  charset: "ascii",
  target: "esnext",
  legalComments: "none",
  write: false,
  logLevel: "error",
} as const satisfies esbuild.BuildOptions;

async function bundle(
  root: string,
  modules: string,
  { name, entry, node }: typeof PARTS[number],
): Promise<Bundle> {
  const { outputFiles = [], metafile } = await esbuild.build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: `${root}/dist/${name}.js`,
    format: "iife",
    globalName: "part",
    banner: { js: `(holdfast=>{"use strict";${node ? REQUIRE : ""}` },
    footer: { js: `return part})\n//# sourceURL=holdfast:${name}` },
    platform: node ? "node" : "browser",
    nodePaths: [modules],
    metafile: true,
    sourcemap: "external",
    sourcesContent: false,
    // Places in the source tree, which the other installation does not ask for.
    logOverride: { "empty-import-meta": "silent" },
    plugins: [PACKED],
  });
  const [text, map] = [".js", ".js.map"].map((end) =>
    outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ""
  );
  const [output] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint);
  const inputs = Object.entries(output?.inputs ?? {}).map(([path, { bytesInOutput }]) =>
    [shortPath(path), bytesInOutput] as const
  );
  return {
    name,
    text: text ?? "",
    map: withShortPaths(map ?? ""),
    inputs: new Map(inputs),
    externals: (output?.imports ?? []).filter(({ external }) => external).map(({ path }) => path),
  };
}

/** Modules of the runtime for a script, which is not a module. */
const REQUIRE = `const require=n=>process.getBuiltinModule(n.startsWith("node:")?n:"node:"+n);`;

/** Puts the installation of the executable in the place of the source tree's. */
const PACKED: esbuild.Plugin = {
  name: "packed",
  setup(build) {
    build.onResolve(
      { filter: /^\.\/install\.ts$/ },
      ({ importer, resolveDir, kind }) =>
        importer.endsWith("/platform/mod.ts") && kind === "import-statement"
          ? { path: `${resolveDir}/install_packed.ts` }
          : undefined,
    );
  },
};

/** Files of packages are named without the folder they happen to be kept in. */
function shortPath(path: string): string {
  return path.replace(/^.*\/npm\/[^/]+\/(?=(@[^/]+\/)?[^/]+\/[0-9])/, "npm:");
}

/** Sources relative to the root, which is one above the place the map was made for. */
function withShortPaths(map: string): string {
  const parsed: { sources: string[] } & Record<string, unknown> = JSON.parse(map);
  const sources = parsed.sources.map((path) => shortPath(path.replace(/^\.\.\//, "")));
  return JSON.stringify({ ...parsed, sources });
}

async function withPackages<T>(root: string, work: (modules: string) => Promise<T>): Promise<T> {
  const modules = await Deno.makeTempDir({ prefix: "holdfast-modules-" });
  try {
    const packages = lockedPackages(await Deno.readTextFile(`${root}/deno.lock`));
    linkPackages(packages, await npmCache(), modules);
    return await work(modules);
  } finally {
    await esbuild.stop();
    await Deno.remove(modules, { recursive: true });
  }
}
