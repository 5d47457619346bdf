/** `-` in place of a file: standard input, under a name that findings can bear. */

import { resolvePath, type SourceFiles } from "../src/language/source/source.ts";

/** How it is asked for. */
export const STDIN = "-";

const NAME = "(standard input)";

/** What a file is called in findings. */
export function nameOf(file: string): string {
  return file === STDIN ? NAME : file;
}

/** All of it. */
export async function readStdin(): Promise<Uint8Array> {
  return await new Response(Deno.stdin.readable).bytes();
}

/** Files of a machine, and standard input among those of the working directory: that is where it includes from. */
export function withStdin(files: SourceFiles, bytes: Uint8Array): SourceFiles {
  const path = resolvePath(files.directory, NAME);
  return {
    ...files,
    read: (name) => name === path ? { kind: "text", bytes, executable: false } : files.read(name),
  };
}
