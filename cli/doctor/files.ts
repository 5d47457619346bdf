/** Texts of this host: files, and what programs print. What is not there is `undefined`. */

/** How long a program may take, ms. */
const LONGEST = 10_000;

/** All of a file. */
export function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/** Its lines that are not empty. */
export function linesOf(path: string): readonly string[] {
  return (textOf(path) ?? "").split("\n").filter((line) => line !== "");
}

export function isPlainFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What a program prints, if it is there and ends well in time. */
export async function outputOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      env: { PATH: `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/sbin`, LC_ALL: "C" },
      signal: AbortSignal.timeout(LONGEST),
    }).output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}
