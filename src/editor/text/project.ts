/** All that a main file reads, for questions across files: where a name is defined, and as what. */

import { placeAt } from "../../language/findings/place.ts";
import { preprocess } from "../../language/source/preprocess.ts";
import { recordFiles } from "../../language/source/recorded_files.ts";
import type { SourceFiles } from "../../language/source/source.ts";
import { buildTree, type Node } from "../../language/tree/tree.ts";
import { ROOT } from "../../document/table/root_table.ts";
import { once } from "./once.ts";
import { textOf } from "./overlay.ts";
import { type DefinitionLine, piecesOf } from "./pieces.ts";
import { type Location, rangeOfWord } from "./range.ts";

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

/** All that a main file reads, as the files are when it is first asked. */
export interface Project {
  /** Blocks with a name at the top level, in reading order, definitions and sequences carried out. */
  readonly blocks: () => readonly NamedBlock[];
  /** `$NAME` definitions of all files, in reading order. */
  readonly definitions: () => readonly Definition[];
  /** Texts of all files by path, in reading order. */
  readonly texts: () => ReadonlyMap<string, string>;
}

/** The project of a main file: read once, when something of it is asked. */
export function projectOf(root: string, files: SourceFiles): Project {
  const reading = once(() => {
    const recorded = recordFiles(files);
    const lines = preprocess(recorded.files, { path: root, allConfig: false, report: () => {} });
    const blocks = buildTree(lines, ROOT, () => {}).flatMap(named);
    const texts = recorded.paths().map((path) => [path, textOf(path, files) ?? ""] as const);
    return { blocks, texts: new Map(texts) };
  });
  const definitions = once(() => [...reading().texts].flatMap(definitionsIn));
  return { blocks: () => reading().blocks, definitions, texts: () => reading().texts };
}

function definitionsIn([path, text]: readonly [path: string, text: string]): readonly Definition[] {
  if (!/[$~]/.test(text)) return [];
  return piecesOf(text).filter((piece) => piece.kind === "definition")
    .map((piece) => ({ ...piece, path }));
}

function named({ row, name: keyword, line, words }: Node): readonly NamedBlock[] {
  const word = words[1];
  if (word === undefined || row === undefined || row.kind === "value") return [];
  if (row.args !== "<name>") return [];
  const { file } = placeAt(line, word.start);
  const location = { path: file, range: rangeOfWord(line, word) };
  return [{ keyword, name: word.text, location }];
}
