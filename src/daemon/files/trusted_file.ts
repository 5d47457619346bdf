/** Files beside the pid file that this daemon acts on at its next start: believed only where nobody but this account, or root, can have written them. */

import type { KernelLife } from "../../world/mod.ts";
import { folderOf } from "./append_file.ts";
import {
  isMissing,
  isSystemError,
  lstatSync,
  openSync,
  readTextFileSync,
  statSync,
  uid,
} from "../platform/mod.ts";

/** Larger than anything kept: 100,000 services are 8 MiB. */
const MOST_BYTES = 64 << 20;

/** Bits of a mode by which a group or others may write. */
const OTHERS_WRITE = 0o022;

/** Whether a file at `path` could be believed: nobody else may write in its folder. */
export function isTrustedPlace(path: string): boolean {
  return isOursAlone(statSync(folderOf(path)));
}

/** The text of a file, or why it is not believed; nothing where there is none. */
export function readTrusted(
  path: string,
): { readonly text: string } | { readonly doubt: string } | undefined {
  try {
    if (lstatSync(path).isSymlink) return { doubt: "it is a link" };
    using file = openSync(path, { kind: "read" });
    const status = file.statSync();
    if (!status.isFile) return { doubt: "it is no file" };
    if (!isOursAlone(status)) return { doubt: "others may have written it" };
    if (status.size > MOST_BYTES) return { doubt: `it has ${status.size} bytes` };
    return { text: readTextFileSync(path) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!isSystemError(error)) throw error;
    return { doubt: error.message };
  }
}

function isOursAlone(
  { uid: owner, mode }: { readonly uid: number; readonly mode: number },
): boolean {
  return (owner === uid() || owner === 0) && (mode & OTHERS_WRITE) === 0;
}

/** What a file may hold for; absent where `/proc` does not say. */
export function lifeOfKernel(): KernelLife | undefined {
  try {
    const boot = readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
    const { device, inode } = statSync("/proc/self/ns/net");
    return { boot, namespace: `${device}:${inode}` };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}
