/** `holdfast fmt`: gives configuration files their one layout. */

import { type Command, Option } from "commander";
import { DEFAULT_FILE } from "./line/options.ts";
import { wantsColour, write } from "./output.ts";
import { replaceFile } from "./replace_file.ts";
import { nameOf, readStdin, STDIN } from "./standard_input.ts";
import type { Formatted } from "../src/language/format/format.ts";
import { renderFinding } from "../src/language/findings/render.ts";
import { decodeText, encodeText, MAX_FILE_BYTES } from "../src/language/source/text.ts";
import { formatConfig } from "../src/document/format.ts";

/** What to do with a formatted text. */
type FmtMode = "print" | "check" | "write";

/** Exit codes, in the order in which one hides another. */
const FINE = 0;
const WOULD_CHANGE = 1;
const CANNOT = 2;

/** Findings shown of one file; who wants all runs `holdfast check`. */
const MAX_SHOWN = 20;

/** Adds `fmt` to the program. */
export function addFmtCommand(program: Command, finish: (code: number) => void): void {
  program.command("fmt")
    .description("lay out configuration files; comments and meaning stay as they are")
    .argument("[file...]", "files, - for standard input", [DEFAULT_FILE])
    .option("--check", "list the files whose layout would change; exit 1 if there are any")
    .addOption(new Option("--write", "replace the files").conflicts("check"))
    .addHelpText(
      "after",
      "\nIncluded files are left alone unless they are named. Exit codes: 0, 1 with --check when a file would\n" +
        "change, 2 when a file cannot be read or written, or its braces do not match: it is left as it is.",
    )
    .action(async (files: readonly string[], { check, write }: Record<string, unknown>) => {
      const mode = check === true ? "check" : write === true ? "write" : "print";
      finish(await runFmt(files, mode));
    });
}

/** Formats files one after the other; gives the exit code. */
export async function runFmt(files: readonly string[], mode: FmtMode): Promise<number> {
  let code = FINE;
  for (const file of files) code = Math.max(code, await formatFile(file, mode));
  return code;
}

async function formatFile(file: string, mode: FmtMode): Promise<number> {
  const name = nameOf(file);
  let before: Uint8Array;
  try {
    before = file === STDIN ? await readStdin() : await Deno.readFile(file);
  } catch (error) {
    return fail(`Cannot read ${name}`, error);
  }
  if (before.length > MAX_FILE_BYTES) {
    return fail(`Cannot read ${name}`, `it has more than ${MAX_FILE_BYTES / 2 ** 20} MiB`);
  }
  const text = decodeText(before);
  const formatted = formatConfig(text, name);
  explain(name, text, formatted);
  const after = encodeText(formatted.text);
  const same = formatted.text === text;
  if (mode === "print" || file === STDIN && mode === "write") write(Deno.stdout, after);
  else if (mode === "check" && !same) write(Deno.stdout, `${name}\n`);
  else if (mode === "write" && !same) {
    try {
      await replaceFile(file, after);
    } catch (error) {
      return fail(`Cannot write ${name}`, error);
    }
  }
  if (formatted.refused !== undefined) return CANNOT;
  return mode === "check" && !same ? WOULD_CHANGE : FINE;
}

/** Says on stderr what could not be laid out, and what changed beside blanks. */
function explain(name: string, text: string, { findings, refused, crlf }: Formatted): void {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const options = { lines: () => lines, colour: wantsColour(Deno.stderr) };
  const say = (what: string) => write(Deno.stderr, `${name}: ${what}\n`);
  for (const finding of findings.slice(0, MAX_SHOWN)) {
    write(Deno.stderr, renderFinding(finding, options));
  }
  if (findings.length > MAX_SHOWN) say(`${findings.length - MAX_SHOWN} more findings`);
  if (refused === "unbalanced") say("left as it is: its braces do not match");
  else if (refused === "unsafe") say("left as it is: in another layout it would read differently");
  else {
    if (findings.length > 0) say("the lines above are left as they are");
    if (crlf > 0) say(`line ends CR LF become LF (${crlf} of ${lines.length - 1} lines)`);
  }
}

function fail(what: string, error: unknown): number {
  const why = error instanceof Error ? error.message.replace(/ \(os error \d+\).*$/, "") : error;
  write(Deno.stderr, `${what}: ${why}\n`);
  return CANNOT;
}
