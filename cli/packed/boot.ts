/**
 * The first module of the one executable, small because the runtime looks at every word of it: takes
 * the scripts from the memory of the process, runs the command line, ends the process.
 */

import type { DaemonPart, Parts, TestPart, ToolsPart } from "../parts.ts";
import { scriptLoader } from "./scripts.ts";
import { openTexts } from "./texts.ts";

const [texts, args] = openTexts(Deno.args);
const load = scriptLoader(texts);

const parts: Parts = {
  test: () => Promise.resolve(load("test") as TestPart),
  daemon: () => Promise.resolve(load("daemon") as DaemonPart),
  tools: () => Promise.resolve(load("tools") as ToolsPart),
};

// Variables that were for the runtime alone are for no child, and no configuration.
for (const name of Object.keys(Deno.env.toObject())) {
  if (name.startsWith("DENO_")) Deno.env.delete(name);
}
const { runLine } = load("line") as typeof import("../line.ts");
Deno.exit(await runLine(args, parts));
