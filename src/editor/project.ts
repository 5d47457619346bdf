/** All that a main file reads, for questions across files: where a name is defined, and as what. */

import { placeAt } from "../config/place.ts";
import { preprocess } from "../config/preprocess.ts";
import { recordFiles } from "../config/recorded_files.ts";
import type { SourceFiles } from "../config/source.ts";
import { buildTree, type Node } from "../config/tree.ts";
import { ROOT } from "../document/root_table.ts";
import { type DefinitionLine, piecesOf } from "./pieces.ts";
import { type Location, rangeOfWord } from "./range.ts";
import { textOf } from "./view.ts";

/** A block with a name: `vrrp_script chk { ... }`. */
export interface NamedBlock {
  /** Canonical keyword. */
  readonly keyword: string;
  readonly name: string;
  /** The name in the file. */
  readonly location: Location;
}

/** A definition and its file. */
export interface Definition extends DefinitionLine {
  readonly path: string;
}

/** Blocks with a name at the top level, in reading order, definitions and sequences carried out. */
export function namedBlocks(root: string, files: SourceFiles): readonly NamedBlock[] {
  const lines = preprocess(files, { path: root, allConfig: false, report: () => {} });
  return buildTree(lines, ROOT, () => {}).flatMap(named);
}

/** `$NAME` definitions of all files, in reading order. */
export function definitionsOf(root: string, files: SourceFiles): readonly Definition[] {
  return [...textsOf(root, files)].flatMap(([path, text]) =>
    text.includes("$") || text.includes("~")
      ? piecesOf(text).filter((piece) => piece.kind === "definition")
        .map((piece) => ({ ...piece, path }))
      : []
  );
}

/** Texts of all files that a main file reads, in reading order. */
export function textsOf(root: string, files: SourceFiles): ReadonlyMap<string, string> {
  const recorded = recordFiles(files);
  preprocess(recorded.files, { path: root, allConfig: false, report: () => {} });
  return new Map(recorded.paths().map((path) => [path, textOf(path, files) ?? ""]));
}

function named({ row, name: keyword, line, words }: Node): readonly NamedBlock[] {
  const word = words[1];
  if (word === undefined || row === undefined || row.kind === "value") return [];
  if (row.args !== "<name>") return [];
  const { file } = placeAt(line, word.start);
  const location = { path: file, range: rangeOfWord(line, word) };
  return [{ keyword, name: word.text, location }];
}
