/** Runs programs for the tests of commands, holdfast itself among them. */

/** An executable to test instead of the sources, as an absolute path (scripts/test). */
const EXECUTABLE = Deno.env.get("HOLDFAST");

const [MAIN, CONFIG] = ["main.ts", "../deno.json"].map((path) =>
  new URL(path, import.meta.url).pathname
);

/** The program under test, and the arguments it begins with. */
export const [PROGRAM, ...RUN]: readonly [string, ...string[]] = EXECUTABLE ? [EXECUTABLE] : [
  Deno.execPath(),
  "run",
  "-A",
  "--no-check",
  "--no-code-cache",
  "--quiet",
  `--config=${CONFIG}`,
  `${MAIN}`,
];

/** What a program left when it ended. */
export interface Ended {
  readonly code: number;
  /** The signal that ended it, if one did: then the code is made up of it and is no answer. */
  readonly signal?: Deno.Signal;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with this text on its standard input. */
export async function output(
  command: string,
  args: readonly string[],
  stdin = "",
): Promise<Ended> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, signal, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    ...(signal !== null && { signal }),
  };
}

/** Runs holdfast as a process of its own. */
export async function holdfast(args: readonly string[], stdin = ""): Promise<Ended> {
  return await output(PROGRAM, [...RUN, ...args], stdin);
}
