/** A marked text for tests of this folder: `|` stands for the position asked about. */

import { memoryFiles, type SourceFiles } from "../language/source/source.ts";
import type { Position } from "./text/range.ts";
import { type View, viewOf } from "./text/view.ts";

/** Where the main file of a test is. */
export const MAIN = "/etc/keepalived/keepalived.conf";

/** A view, and the position the mark stood at. */
export interface Marked {
  readonly view: View;
  readonly at: Position;
  readonly files: SourceFiles;
}

/** Views the file with the mark among others, given by path; the first `|` is removed. */
export function marked(
  text: string,
  others: Readonly<Record<string, string>> = {},
  path: string = MAIN,
): Marked {
  const offset = text.indexOf("|");
  const plain = text.slice(0, offset) + text.slice(offset + 1);
  const files = memoryFiles({ ...others, [path]: plain }, { directory: "/etc/keepalived" });
  const view = viewOf(path, { files, interfaces: ["eth0", "eth1"] });
  if (offset === -1 || view === undefined) throw new RangeError(`No mark in ${text}`);
  const lines = text.slice(0, offset).split("\n");
  const at = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  return { view, at, files };
}
