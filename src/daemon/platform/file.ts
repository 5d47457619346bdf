/** Files and folders. What cannot be done is thrown; `failure.ts` tells why. */

/** What a path leads to, links followed. */
export interface FileStatus {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  /** Owner and group. */
  readonly uid: number;
  readonly gid: number;
  /** Type and permission bits of inode(7). */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** The file system and the number in it, by which files are told apart. */
  readonly device: number;
  readonly inode: number;
}

export async function stat(path: string): Promise<FileStatus> {
  return statusOf(await Deno.stat(path));
}

export function statSync(path: string): FileStatus {
  return statusOf(Deno.statSync(path));
}

function statusOf(info: Deno.FileInfo): FileStatus {
  const { isFile, isDirectory, uid, gid, mode, size, dev, ino } = info;
  return {
    isFile,
    isDirectory,
    uid: uid ?? 0,
    gid: gid ?? 0,
    mode: mode ?? 0,
    size,
    device: dev,
    inode: ino ?? 0,
  };
}

/** An entry of a folder; a link is not followed. */
export interface EntryStatus {
  readonly isSymlink: boolean;
  readonly isSocket: boolean;
  /** Owner. */
  readonly uid: number;
  /** The file system and the number in it, by which files are told apart. */
  readonly device: number;
  readonly inode: number;
}

export function lstatSync(path: string): EntryStatus {
  return entryOf(Deno.lstatSync(path));
}

function entryOf({ isSymlink, isSocket, uid, dev, ino }: Deno.FileInfo): EntryStatus {
  return { isSymlink, isSocket: isSocket ?? false, uid: uid ?? 0, device: dev, inode: ino ?? 0 };
}

/** The same place as an absolute path without links. */
export function realPath(path: string): Promise<string> {
  return Deno.realPath(path);
}

/** Names of what is in a folder, in no order. */
export function readDirSync(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name);
}

export function readFileSync(path: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(path);
}

/** Elsewhere than where the caller runs: nothing waits for it. */
export function readTextFile(path: string): Promise<string> {
  return Deno.readTextFile(path);
}

export function readTextFileSync(path: string): string {
  return Deno.readTextFileSync(path);
}

/** Makes a folder in one that is there; no matter if it is there already. */
export function makeFolderSync(path: string, mode: number): void {
  try {
    Deno.mkdirSync(path, { mode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

export function renameSync(from: string, to: string): void {
  Deno.renameSync(from, to);
}

export function removeSync(path: string): void {
  Deno.removeSync(path);
}

/** An open file. */
export interface OpenFile extends Disposable {
  /** Writes some of the bytes; gives how many. */
  writeSync(bytes: Uint8Array): number;
  statSync(): FileStatus;
  /** Takes the lock of flock(2), waiting for it. */
  lockSync(): void;
  /** Takes it if nobody holds it; whether it did. */
  tryLockSync(): boolean;
}

/** How a file is opened: to read, to add to its end, or as one that was not there. */
export type OpenMode =
  | { readonly kind: "read" }
  | { readonly kind: "append" }
  | { readonly kind: "append-new"; readonly mode: number }
  | { readonly kind: "create"; readonly mode: number };

export function openSync(path: string, how: OpenMode): OpenFile {
  const file = Deno.openSync(path, optionsOf(how));
  let open = true;
  return {
    writeSync: (bytes) => file.writeSync(bytes),
    statSync: () => statusOf(file.statSync()),
    lockSync: () => file.lockSync(true),
    tryLockSync: () => file.tryLockSync(true),
    [Symbol.dispose]: () => {
      if (open) file.close();
      open = false;
    },
  };
}

function optionsOf(how: OpenMode): Deno.OpenOptions {
  switch (how.kind) {
    case "read":
      return { read: true };
    case "append":
      return { append: true };
    case "append-new":
      return { append: true, createNew: true, mode: how.mode };
    case "create":
      return { write: true, createNew: true, mode: how.mode };
  }
}
