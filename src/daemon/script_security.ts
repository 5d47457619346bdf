/**
 * `enable_script_security`: a script that runs as root must not be changeable by anybody else, nor may any folder on its path be.
 */

import type { ScriptCommand } from "../global/config.ts";
import { type Accounts, runsAs } from "./accounts.ts";
import type { ScriptUser } from "../global/config.ts";
import {
  isMissing,
  isNotADirectory,
  realPath,
  stat,
  uid as ownUid,
  variable,
} from "./platform/mod.ts";

/** Writable by group or others. */
const WRITABLE = 0o022;

/** Sticky bit: in such a folder only the owner replaces a file. */
const STICKY = 0o1000;

/** Why a command must not run as root; `undefined` when it may, or does not run as root. */
export async function insecurity(
  command: ScriptCommand,
  { accounts, scriptUser }: { readonly accounts: Accounts; readonly scriptUser?: ScriptUser },
): Promise<string | undefined> {
  const runs = runsAs(command, scriptUser, accounts);
  if (runs.kind === "nobody") return runs.reason;
  const uid = runs.kind === "account" ? runs.account.uid : ownUid();
  if (uid !== 0) return undefined;
  const program = await locate(command.argv[0] ?? "");
  if (program === undefined) return `Cannot find script ${command.argv[0]}`;
  const path = await changeablePart(program);
  return path && `Cannot run ${program} as root: ${path} can be changed by others than root`;
}

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
