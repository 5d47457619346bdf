/**
 * Texts as an editor has them: pieces and blocks with their places, what is open before what is on the disk, the files of one main file.
 */

export * from "./overlay.ts";
export * from "./range.ts";
export * from "./view.ts";
export {
  type Block,
  blockAt,
  type BlockKind,
  blocksOf,
  rangeOf,
  type Statement,
  statementAt,
  usableRow,
} from "./outline.ts";
export {
  type DefinitionLine,
  type IncludeLine,
  piecesOf,
  type Segment,
  segmentAt,
} from "./pieces.ts";
export type { Definition, NamedBlock } from "./project.ts";
