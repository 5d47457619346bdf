/**
 * Files that others read, put in place whole: written under a name nobody has had and renamed. A reader never sees half of
 * one, and a link that somebody planted under its name is replaced, not followed. What cannot be put in place leaves nothing.
 */

import type { Core } from "../../native/mod.ts";
import {
  type OpenFile,
  openSync,
  randomName,
  removeSync,
  renameSync,
  umask,
} from "../platform/mod.ts";
import { sentence } from "../scripts/guard.ts";

/**
 * Puts a file with this text at `path`; the umask takes from `mode`. The core does it beside everything else: a disk that hangs
 * holds up nobody but whoever awaits it. Gives why it could not be done.
 */
export async function putFile(
  core: Pick<Core, "call">,
  file: { readonly path: string; readonly text: string; readonly mode: number },
): Promise<string | undefined> {
  const result = await core.call({ call: "put-file", ...file });
  return result.result === "failed" ? sentence(result.message) : undefined;
}

/**
 * Puts a file in place at once, with exactly these permission bits, and a lock (flock(2)) held until the file is disposed of. Throws what the
 * system says.
 */
export function putLockedFile(
  path: string,
  text: string,
  { mode }: { readonly mode: number },
): OpenFile {
  const before = umask(0);
  try {
    return put(path, text, mode);
  } finally {
    umask(before);
  }
}

function put(path: string, text: string, mode: number): OpenFile {
  const temporary = `${path}.${randomName()}`;
  const file = openSync(temporary, { kind: "create", mode });
  try {
    file.lockSync();
    const bytes = new TextEncoder().encode(text);
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    renameSync(temporary, path);
    return file;
  } catch (error) {
    file[Symbol.dispose]();
    removeSync(temporary);
    throw error;
  }
}
