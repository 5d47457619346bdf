/**
 * Programs as lint looks at them, without the core: where they are, and whether others than root can change them. The core
 * judges what is really run (`core-rs/src/child/guard.rs`).
 */

import { isMissing, isNotADirectory, realPath, stat, variable } from "../platform/mod.ts";

/** Writable by group or others. */
const WRITABLE = 0o022;

/** Sticky bit: in such a folder only the owner replaces a file. */
const STICKY = 0o1000;

/** The innermost part of an absolute path without links that others than root can change. */
export async function changeablePart(program: string): Promise<string | undefined> {
  const parts = program.split("/");
  for (let length = parts.length; length > 0; length--) {
    const path = parts.slice(0, length).join("/") || "/";
    const { uid, mode, isDirectory } = await stat(path);
    const sticky = isDirectory && (mode & STICKY) !== 0;
    if (uid !== 0 || ((mode & WRITABLE) !== 0 && !sticky)) return path;
  }
  return undefined;
}

/** Absolute path of a program, looked for as a shell does; links are resolved. */
export async function locate(program: string): Promise<string | undefined> {
  const folders = program.includes("/") ? [""] : (variable("PATH") ?? "").split(":");
  for (const folder of folders) {
    try {
      const path = await realPath(folder === "" ? program : `${folder}/${program}`);
      const { isFile, mode } = await stat(path);
      if (isFile && (mode & 0o111) !== 0) return path;
    } catch (error) {
      if (!(isMissing(error) || isNotADirectory(error))) {
        throw error;
      }
    }
  }
  return undefined;
}
