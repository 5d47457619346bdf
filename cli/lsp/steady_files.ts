/** Files of the disk as they were when they were first looked at, and whether they have changed since. */

import type { FileContent, SourceFiles } from "../../src/language/mod.ts";

/** A look at the disk. */
export interface SteadyFiles {
  /** Reads every path once. */
  readonly files: SourceFiles;
  /** Whether all that was read is still as it was. */
  readonly current: () => boolean;
}

/** Looks at the disk through `disk`, each path once. */
export function steadyFiles(disk: SourceFiles): SteadyFiles {
  const stamps = new Map<string, string | undefined>();
  const contents = new Map<string, { readonly found: FileContent }>();
  const lists = new Map<string, { readonly found: readonly string[] | undefined }>();
  /** What `known` has of a path, else what `look` finds there. */
  const kept = <T>(
    known: Map<string, { readonly found: T }>,
    path: string,
    look: (path: string) => T,
  ): T => {
    const before = known.get(path);
    if (before !== undefined) return before.found;
    // The stamp first: a change in between makes the look outdated, not wrong.
    if (!stamps.has(path)) stamps.set(path, stampOf(path));
    const found = look(path);
    known.set(path, { found });
    return found;
  };
  return {
    files: {
      ...disk,
      read: (path) => kept(contents, path, disk.read),
      list: (directory) => kept(lists, directory, disk.list),
    },
    current: () =>
      stamps.entries().every(([path, stamp]) => stamp !== undefined && stampOf(path) === stamp),
  };
}

/** A file changed so recently that another change may bear the same time, ms: kernels count time in ticks of 1 to 10 ms. */
const YOUNG_MS = 50;

/** What changes when a file is written or replaced, or an entry of a directory comes or goes; `undefined` when that is not sure. */
function stampOf(path: string): string | undefined {
  try {
    const { ino, size, mode, mtime, ctime } = Deno.statSync(path);
    const times = [mtime?.getTime() ?? 0, ctime?.getTime() ?? 0];
    const young = Math.abs(Date.now() - Math.max(...times)) < YOUNG_MS;
    return young ? undefined : [ino, size, mode, ...times].join();
  } catch (error) {
    return error instanceof Error ? error.name : "";
  }
}
