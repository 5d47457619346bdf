/** Texts of files: what is in the editor counts before what is on the disk. */

import type { FileContent, SourceFiles } from "../../language/source/source.ts";
import { decodeText } from "../../language/source/text.ts";

/** Files in the editor before those on the disk. */
export function overlay(files: SourceFiles, texts: ReadonlyMap<string, string>): SourceFiles {
  const encoder = new TextEncoder();
  const read = (path: string): FileContent => {
    const text = texts.get(path);
    const content = files.read(path);
    if (text === undefined) return content;
    const executable = content.kind === "text" && content.executable;
    return { kind: "text", bytes: encoder.encode(text), executable };
  };
  return { ...files, read };
}

/** Text of a file; `undefined` when it cannot be read. */
export function textOf(path: string, files: SourceFiles): string | undefined {
  const content = files.read(path);
  return content.kind === "text" ? decodeText(content.bytes) : undefined;
}
