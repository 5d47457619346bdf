/**
 * Files that others read, put in place whole: written under a name nobody has had and renamed. A reader never sees half of
 * one, and a link that somebody planted under its name is replaced, not followed. What cannot be put in place leaves nothing.
 */

import {
  type OpenFile,
  openSync,
  randomName,
  removeSync,
  renameSync,
  umask,
} from "./platform/mod.ts";

/** Puts a file with this text at `path`; the umask takes from `mode`. Throws what the system says. */
export function putFile(path: string, text: string, { mode }: { readonly mode: number }): void {
  using _file = put(path, text, mode);
}

/** The same with exactly these permission bits, and a lock (flock(2)) held until the file is disposed of. */
export function putLockedFile(
  path: string,
  text: string,
  { mode }: { readonly mode: number },
): OpenFile {
  const before = umask(0);
  try {
    return put(path, text, mode, (file) => file.lockSync());
  } finally {
    umask(before);
  }
}

function put(
  path: string,
  text: string,
  mode: number,
  prepare = (_file: OpenFile): void => {},
): OpenFile {
  const temporary = `${path}.${randomName()}`;
  const file = openSync(temporary, { kind: "create", mode });
  try {
    prepare(file);
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
