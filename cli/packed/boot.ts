/**
 * The first module of the one executable, small because the runtime looks at every word of it: takes
 * the scripts from the memory of the process, runs the command line, ends the process. Its arguments
 * begin with what the packer and the entry stub know (pack-rs).
 */

import type { DaemonPart, Parts, TestPart, ToolsPart } from "../parts.ts";
import type { Installation, TextName } from "../../src/daemon/platform/installation.ts";

/** Where each text is: its distance from the header of the segment, and its length in bytes. */
type Places = Readonly<Record<TextName, readonly [at: number, length: number]>>;

/** A script: a function of the installation that gives what it exports. */
type Script = (holdfast: Installation) => unknown;

const [table = "", core = "", header = "", openFiles = "", called = "", ...args] = Deno.args;
const places: Places = JSON.parse(table);
const address = (name: TextName): bigint => BigInt(header) + BigInt(places[name][0]);

const installation: Installation = {
  core: Number(core),
  called,
  openFiles: openFiles.startsWith("-") ? "unlimited" : openFiles,
  text: (name) => {
    const pointer = Deno.UnsafePointer.create(address(name));
    if (pointer === null) throw new Error(`Cannot find the text ${name}`);
    const bytes = Deno.UnsafePointerView.getArrayBuffer(pointer, places[name][1]);
    return new TextDecoder().decode(bytes);
  },
  // A thread shares the memory, and the runtime does not look at what is evaluated.
  thread: (name) =>
    new URL(
      `data:text/javascript,(0,eval)(new TextDecoder().decode(Deno.UnsafePointerView.getArrayBuffer(Deno.UnsafePointer.create(${
        address(name)
      }n),${places[name][1]})))()`,
    ),
};

function load(name: TextName): unknown {
  const script: Script = (0, eval)(installation.text(name));
  return script(installation);
}

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
