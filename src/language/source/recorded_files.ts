/** Files that remember what was read, so that findings can show it. */

import type { SourceLines } from "../findings/render.ts";
import { resolvePath, type SourceFiles } from "./source.ts";
import { decodeText } from "./text.ts";

/** A view of files, and what was read through it. */
export interface RecordedFiles {
  readonly files: SourceFiles;
  /** Absolute paths of text files, in the order they were read first. */
  paths(): readonly string[];
  readonly lines: SourceLines;
}

/** Remembers every text file read through it. */
export function recordFiles(files: SourceFiles): RecordedFiles {
  const read = new Map<string, Uint8Array>();
  const cut = new Map<string, readonly string[]>();
  return {
    files: {
      ...files,
      read: (path) => {
        const content = files.read(path);
        if (content.kind === "text" && !content.executable) read.set(path, content.bytes);
        return content;
      },
    },
    paths: () => [...read.keys()],
    lines: (file) => {
      const path = resolvePath(files.directory, file);
      const known = cut.get(path);
      const bytes = read.get(path);
      if (known !== undefined || bytes === undefined) return known;
      const lines = decodeText(bytes).split("\n").map((line) => line.replace(/\r$/, ""));
      cut.set(path, lines);
      return lines;
    },
  };
}
