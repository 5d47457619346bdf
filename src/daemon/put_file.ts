/**
 * Files that others read, put in place whole: written under a name nobody has had and renamed. A reader never sees half of
 * one, and a link that somebody planted under its name is replaced, not followed. What cannot be put in place leaves nothing.
 */

import {
  type OpenFile,
  openSync,
  randomName,
  remove,
  removeSync,
  rename,
  renameSync,
  umask,
  writeNewFile,
} from "./platform/mod.ts";

/**
 * Puts a file with this text at `path`; the umask takes from `mode`. Rejects with what the system says. A disk that hangs holds up
 * nobody but whoever awaits it.
 */
export async function putFile(
  path: string,
  text: string,
  { mode }: { readonly mode: number },
): Promise<void> {
  const temporary = `${path}.${randomName()}`;
  await writeNewFile(temporary, text, mode).then(() => rename(temporary, path)).catch(
    async (error) => {
      // Where it could not be made there is nothing to remove.
      await remove(temporary).catch(() => {});
      throw error;
    },
  );
}

/**
 * The same at once, with exactly these permission bits, and a lock (flock(2)) held until the file is disposed of. Throws what the
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
