/** Runs programs for the tests of commands, holdfast itself among them. */

/** The program, from its sources. */
export const PROGRAM = new URL("main.ts", import.meta.url).pathname;
const CONFIG = new URL("../deno.json", import.meta.url).pathname;

/** Arguments of the runtime that run it. */
export const RUN = ["run", "-A", "--no-check", "--quiet", "--config", CONFIG, PROGRAM] as const;

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

/** Runs holdfast from its sources, as a process of its own. */
export async function holdfast(args: readonly string[], stdin = ""): Promise<Ended> {
  return await output(Deno.execPath(), [...RUN, ...args], stdin);
}
