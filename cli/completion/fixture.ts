/** A place for tests of completion: a home, some files, the program and its scripts; and what a shell printed there. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { holdfast, PROGRAM, RUN } from "../process_fixture.ts";

/** The shells there are scripts for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** What {@linkcode newPlace} puts beside each other, as a completion of `FI` finds them. */
export const FILES: readonly string[] = ["FI NE", "FILE", "FIdir"];

/** Generous: the machine may be busy; a shell that waits for ever is ended. */
const LIMIT_S = 60;

const SCRIPTS = new Map<Shell, Promise<string>>();

/** The script of a shell, asked for once. */
export async function scriptOf(shell: Shell): Promise<string> {
  const script = SCRIPTS.get(shell) ?? printed(shell);
  SCRIPTS.set(shell, script);
  return await script;
}

async function printed(shell: Shell): Promise<string> {
  const { code, stdout, stderr } = await holdfast(["completion", shell]);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

/** Whether tests can ask this shell. */
export function isInstalled(shell: Shell): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/** Where shells run. */
export interface Place extends AsyncDisposable {
  /** The home, and where the files are. */
  readonly home: string;
  /** Writes a file into the home; gives its path. */
  readonly write: (name: string, text: string) => Promise<string>;
  /** Runs a program there and gives its standard output. */
  readonly run: (command: string, args: readonly string[], stdin?: string) => Promise<string>;
}

/** A place of its own, with `holdfast` on the path. */
export async function newPlace(): Promise<Place> {
  const home = await Deno.makeTempDir({ prefix: "holdfast-completion-" });
  const write = async (name: string, text: string) => {
    const path = join(home, name);
    await Deno.writeTextFile(path, text);
    return path;
  };
  await Deno.mkdir(join(home, "FIdir"));
  for (const name of ["FILE", "FI NE"]) await write(name, "");
  await Deno.mkdir(join(home, "bin"));
  // The runtime keeps its modules in the home of whoever runs the tests.
  const words = ["env", `HOME=${Deno.env.get("HOME") ?? "/"}`, PROGRAM, ...RUN];
  const quoted = words.map((word) => `'${word}'`).join(" ");
  await Deno.chmod(await write("bin/holdfast", `#!/bin/sh\nexec ${quoted} "$@"\n`), 0o755);
  return {
    home,
    write,
    run: async (command, args, stdin = "") => await run(home, [command, ...args], stdin),
    [Symbol.asyncDispose]: async () => await Deno.remove(home, { recursive: true }),
  };
}

async function run(home: string, words: readonly string[], stdin: string): Promise<string> {
  const child = new Deno.Command("timeout", {
    args: [`${LIMIT_S}`, ...words],
    cwd: home,
    env: {
      HOME: home,
      ZDOTDIR: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_DATA_HOME: join(home, ".local/share"),
      PATH: `${join(home, "bin")}:${Deno.env.get("PATH") ?? ""}`,
      INPUTRC: "/dev/null",
      TERM: "dumb",
      LC_ALL: "C.UTF-8",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout } = await child.output();
  assert.equal(code, 0, `${words.join(" ")} ended with ${code}`);
  return new TextDecoder().decode(stdout);
}
