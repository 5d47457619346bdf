/** Where configuration text comes from: files and the few facts of the host the language refers to. */

/** What reading a path gave. */
export type FileContent =
  | {
    readonly kind: "text";
    readonly bytes: Uint8Array; /** Has an execute bit. */
    readonly executable: boolean;
  }
  | { readonly kind: "directory" }
  /** A device, pipe or socket. */
  | { readonly kind: "other" }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly reason: string };

/** The reader's view of the host. The shell's is in `daemon/host/source_files.ts`. */
export interface SourceFiles {
  /** Absolute path of the directory relative names refer to. */
  readonly directory: string;
  /** Id of `@ID` lines and `${_INSTANCE}`: `-i`, else the host name up to the first dot. */
  readonly configId: string;
  /** Seed of `${_RANDOM}` where the file sets none, 0 to 2^32 − 1. */
  readonly randomSeed: number;
  /** Reads an absolute path. */
  readonly read: (path: string) => FileContent;
  /** Names in a directory, in any order; `undefined` when it cannot be entered. */
  readonly list: (directory: string) => readonly string[] | undefined;
  /** An environment variable. */
  readonly env: (name: string) => string | undefined;
}

/** Files held in memory, by absolute path: for tests, the library and an editor. */
export function memoryFiles(
  texts: Readonly<Record<string, string | Uint8Array>>,
  options: Partial<Omit<SourceFiles, "read" | "list">> = {},
): SourceFiles {
  const encoder = new TextEncoder();
  const isDirectory = (path: string) =>
    Object.keys(texts).some((key) => key.startsWith(`${path}/`));
  return {
    directory: "/",
    configId: "node1",
    randomSeed: 1,
    env: () => undefined,
    ...options,
    read: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
      if (text === undefined) {
        return isDirectory(path) ? { kind: "directory" } : { kind: "missing" };
      }
      const bytes = typeof text === "string" ? encoder.encode(text) : text;
      return { kind: "text", bytes, executable: false };
    },
    list: (directory) => {
      const prefix = directory.endsWith("/") ? directory : `${directory}/`;
      const names = Object.keys(texts).filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).split("/", 1)[0] ?? "");
      return names.length === 0 ? undefined : [...new Set(names)];
    },
  };
}

/** `path` seen from `directory`, with `.` and `..` resolved by name. */
export function resolvePath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${directory}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Directory part of an absolute path. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
