/**
 * Prepares the one executable: writes its texts, the packer's plan, and what lies beside it: source
 * maps and the bill of materials.
 *
 *   deno run -A scripts/one_file/main.ts pack|compile RUNTIME TARGET CORE FOLDER OUT
 *
 * TARGET is what Rust calls the machine the core is for. FOLDER gets the texts, `boot.js` and `plan.json`; the last makes OUT, or
 * for `compile` FOLDER/denort. Where the runtime lets it be done, `keeper.json` makes FOLDER/keeper, which adds compiled code to
 * `plan.json`. Run by scripts/build.
 */

import { VERSION } from "../../cli/version.ts";
import { bootText, type Bundle, bundleParts } from "./bundle.ts";
import { cargoComponents, type Component, npmComponents, packagesOf } from "./components.ts";
import { canShow, SHOWING } from "./kept_code.ts";
import { licensesText } from "./licenses.ts";
import { runtimeComponent } from "./runtime_license.ts";
import { sbomText } from "./sbom.ts";

/** What the runtime is told before our own arguments: run our module with nothing of the machine's own Deno. */
const WORDS = [
  "run",
  "--allow-all",
  "--no-prompt",
  "--quiet",
  "--no-config",
  "--no-lock",
  "--no-npm",
  "--no-remote",
  // MiB: what a configuration is read into stays, and a large space for new objects is only touched once more. The other lets the daemon
  // give back memory.
  "--v8-flags=--max-semi-space-size=2,--expose-gc",
];

/**
 * No folder of the runtime's own, which /proc does not let it make, and no word about that; no question to its site for
 * a newer one.
 */
const VARIABLES = [
  "DENO_DIR=/proc/self/none",
  "DENO_DISABLE_NODE_SHIM=1",
  "DENO_LOG=error,deno::cache=off",
  "DENO_NO_UPDATE_CHECK=1",
];

async function main(
  [way, runtime = "", target = "", core = "", folder = "", out = ""]: readonly string[],
) {
  const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
  await Deno.mkdir(folder, { recursive: true });
  const bundles = await bundleParts(root);
  const components = await componentsOf(root, { runtime, target, bundles });
  const boot = await bootText(root);
  const own = await Deno.readTextFile(`${root}/LICENSE`);
  const contents: Record<string, string> = { licenses: licensesText(own, components) };
  for (const { name, text } of bundles) contents[name] = text;
  const texts: Record<string, string> = {};
  for (const [name, text] of Object.entries(contents)) {
    texts[name] = `${folder}/${name}.text`;
    await Deno.writeTextFile(texts[name], text);
  }
  await Deno.writeTextFile(`${folder}/boot.js`, boot);
  // A compiled runtime has its first module and its options inside.
  const isPack = way === "pack";
  const made = isPack ? out : `${folder}/denort`;
  const keeps = isPack && await canShow(runtime);
  const plan = {
    runtime,
    core,
    texts,
    replaced: keeps ? [SHOWING] : [],
    words: isPack ? wordsFor(boot) : [],
    variables: VARIABLES,
    out: made,
  };
  const write = (name: string, value: unknown) =>
    Deno.writeTextFile(`${folder}/${name}.json`, `${JSON.stringify(value, null, 2)}\n`);
  await write("plan", plan);
  if (keeps) {
    const words = wordsFor(await bootText(root, "keep_code"));
    await write("keeper", { ...plan, words, out: `${folder}/keeper` });
  }
  const maps = Object.fromEntries(bundles.map(({ name, map }) => [name, JSON.parse(map)]));
  await Deno.writeTextFile(`${out}.map`, JSON.stringify(maps));
  await Deno.writeTextFile(`${out}.cdx.json`, sbomText(VERSION, components));
}

/** The words for a first module. */
function wordsFor(module: string): readonly string[] {
  return [...WORDS, `data:text/javascript,${encodeURIComponent(module)}`];
}

/** All of both lock files, and the runtime, in one order. */
async function componentsOf(
  root: string,
  { runtime, target, bundles }: {
    readonly runtime: string;
    readonly target: string;
    readonly bundles: readonly Bundle[];
  },
): Promise<readonly Component[]> {
  const inside = packagesOf(bundles.flatMap(({ inputs }) => [...inputs.keys()]));
  const locked = [...await npmComponents(root, inside), ...await cargoComponents(root, target)];
  const key = ({ kind, name, version }: Component) => `${kind} ${name} ${version}`;
  return [await runtimeComponent(runtime), ...locked.toSorted((a, b) => key(a) < key(b) ? -1 : 1)];
}

if (import.meta.main) await main(Deno.args);
