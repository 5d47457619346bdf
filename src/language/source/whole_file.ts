/** Files whose bytes are a value, such as a key: read with the configuration, and again with each reload. */

import { directoryOf, resolvePath, type SourceFiles } from "./source.ts";

/** Gives the bytes of files by their paths as written, relative ones from the folder of the main file, or why there are none. */
export function wholeFiles(
  files: SourceFiles,
  main: string,
): (path: string) => Uint8Array | string {
  return (path) => {
    const folder = directoryOf(resolvePath(files.directory, main));
    const content = files.read(resolvePath(folder, path));
    switch (content.kind) {
      case "text":
        return content.bytes;
      case "missing":
        return `${path} does not exist`;
      case "unreadable":
        return `${path} cannot be read: ${content.reason}`;
      case "directory":
      case "other":
        return `${path} is no file`;
    }
  };
}
