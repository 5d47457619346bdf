/**
 * Files that are added to: what stands there already is used only when nobody else could have planted it. A link is followed
 * when root or this account made it, and in a folder open to all an existing file must be root's or this account's.
 */

import {
  type EntryStatus,
  isMissing,
  lstatSync,
  type OpenFile,
  openSync,
  statSync,
  uid as ownUid,
} from "../platform/mod.ts";

/** Writable by all: a folder like /tmp. */
const OPEN_TO_ALL = 0o002;

/** Somebody else has a hand in where a path leads. */
export class PlantedError extends Error {
  override readonly name = "PlantedError";
  /** Like the errors of the system. */
  readonly code = "ELOOP";

  constructor(path: string, what: string) {
    super(`${path} is ${what} of another account`);
  }
}

/** Opens a file to be added to; it comes to be if it was not there. Throws what the system says, or {@linkcode PlantedError}. */
export function openToAppend(path: string, { mode }: { readonly mode: number }): OpenFile {
  const found = entryAt(path);
  // Made anew, no link is followed; else nothing is made, so that a link put there meanwhile makes nothing either.
  if (found === undefined) return openSync(path, { kind: "append-new", mode });
  judge(path, found);
  const file = openSync(path, { kind: "append" });
  try {
    const [now, opened] = [lstatSync(path), file.statSync()];
    judge(path, now);
    const meant = now.isSymlink ? statSync(path) : now;
    if (meant.device === opened.device && meant.inode === opened.inode) return file;
    throw new PlantedError(path, "a file");
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}

function judge(path: string, { isSymlink, uid }: EntryStatus): void {
  if (uid === 0 || uid === ownUid()) return;
  if (isSymlink) throw new PlantedError(path, "a link");
  const { mode } = statSync(folderOf(path));
  if ((mode & OPEN_TO_ALL) !== 0) throw new PlantedError(path, "a file");
}

function entryAt(path: string): EntryStatus | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Folder of a file. */
export function folderOf(path: string): string {
  return path.replace(/\/?[^/]+$/, "") || (path.startsWith("/") ? "/" : ".");
}
