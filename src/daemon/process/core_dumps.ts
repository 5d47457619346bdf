/** `-m` and `-M`: a crash may leave a core dump, where the kernel's pattern says. */

import type { Core } from "../../native/mod.ts";
import type { Log } from "../log.ts";
import { isSystemError, openSync, readTextFileSync } from "../platform/mod.ts";

/** The kernel's pattern, core(5). It is that of the whole machine. */
const PATTERN = "/proc/sys/kernel/core_pattern";

/**
 * Lets dumps be; a pattern is the kernel's until this is disposed of, when the one before is again, unless somebody else has set it
 * since.
 */
export function allowCoreDumps(
  wanted: true | string | undefined,
  { core, log, path = PATTERN }: {
    readonly core: Pick<Core, "tell">;
    readonly log: Log;
    readonly path?: string;
  },
): Disposable {
  const nothing = { [Symbol.dispose]: () => {} };
  if (wanted === undefined) return nothing;
  core.tell({ call: "threads", settings: [{ setting: "core-dumps" }] });
  if (wanted === true) return nothing;
  const before = readTextFileSync(path);
  if (!setPattern(path, wanted, log)) return nothing;
  // As the kernel keeps it, which may be less.
  const set = readTextFileSync(path);
  const restore = () => {
    if (readTextFileSync(path) === set) setPattern(path, before, log);
  };
  return { [Symbol.dispose]: restore };
}

function setPattern(path: string, pattern: string, log: Log): boolean {
  try {
    using file = openSync(path, { kind: "append" });
    file.writeSync(new TextEncoder().encode(pattern));
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    log({ level: "warning", from: "core", text: `Cannot set ${path}: ${error.message}` });
    return false;
  }
}
