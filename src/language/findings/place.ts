/**
 * Places: how text that was cut, cleaned and substituted still knows the file, line and column it came
 * from. Columns count from 1 in UTF-16 units.
 */

/** One character of a physical line. */
export interface Place {
  /** File as it was opened. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where this text was included, or where the definition that holds it was used. */
  readonly via?: Place | undefined;
}

/** A physical line as a key of maps. */
export function lineKey({ file, line }: Pick<Place, "file" | "line">): string {
  return `${line}:${file}`;
}

/** A stretch of a line's text that came from one place. */
interface Piece {
  /** Offset of its first character in the text. */
  readonly at: number;
  readonly place: Place;
  /** Width in the physical line of what this replaces, when the columns do not run along with the text. */
  readonly width?: number;
}

/** A piece of text of one logical line, and the place of its first character: one object, since a large file has many. */
export interface Line extends Place {
  readonly text: string;
  /** Set once anything was replaced or removed inside; ordered by `at`, the first at 0. */
  readonly pieces?: readonly Piece[] | undefined;
}

/** Text that stands at a place. */
export function lineAt(
  { file, line, column, via }: Place,
  text: string,
  pieces?: readonly Piece[],
): Line {
  return { file, line, column, via, text, pieces };
}

/** Place of the character at `offset`, which may be the end of the text. */
export function placeAt(line: Line, offset: number): Place {
  return locate(line, offset, false);
}

/** Place after the last character before `offset`. */
export function placeBefore(line: Line, offset: number): Place {
  return locate(line, offset, true);
}

/** Width of `start` to `end` in the physical line, at least 1. */
export function widthBetween(line: Line, start: number, end: number): number {
  const from = placeAt(line, start);
  const to = placeBefore(line, end);
  return from.file === to.file && from.line === to.line ? Math.max(1, to.column - from.column) : 1;
}

/** The part of a line from `start` to `end`. */
export function sliceLine(line: Line, start: number, end: number = line.text.length): Line {
  if (start === 0 && end === line.text.length) return line;
  const text = line.text.slice(start, end);
  const { pieces } = line;
  if (pieces === undefined) {
    const { file, line: number, column, via } = line;
    return { file, line: number, column: column + start, via, text, pieces };
  }
  const kept = cutPieces(pieces, start, end);
  return lineAt(kept[0]?.place ?? placeAt(line, start), text, kept);
}

/** Lines put one after the other. */
export function joinLines(parts: readonly Line[]): Line {
  const pieces: Piece[] = [];
  let text = "";
  for (const part of parts) {
    const own = part.pieces ?? [{ at: 0, place: part }];
    if (part.text !== "") {
      for (const piece of own) pieces.push({ ...piece, at: piece.at + text.length });
    }
    text += part.text;
  }
  return lineAt(pieces[0]?.place ?? parts[0] ?? { file: "", line: 1, column: 1 }, text, pieces);
}

/** Text that stands for `start` to `end` of a line, all of it at that place. */
export function replacementFor(line: Line, start: number, end: number, text: string): Line {
  const place = placeAt(line, start);
  return lineAt(place, text, [{ at: 0, place, width: widthBetween(line, start, end) }]);
}

/** The same text with another way it came here. */
export function withVia(line: Line, via: Place): Line {
  const add = ({ file, line, column }: Place): Place => ({ file, line, column, via });
  const pieces = line.pieces?.map((piece) => ({ ...piece, place: add(piece.place) }));
  return lineAt(add(line), line.text, pieces);
}

function locate(line: Line, offset: number, before: boolean): Place {
  const { pieces } = line;
  if (pieces === undefined) return shift(line, offset);
  let index = pieces.length - 1;
  while (index > 0 && (pieces[index]?.at ?? 0) > (before ? offset - 1 : offset)) index--;
  const piece = pieces[index];
  if (piece === undefined) return line;
  if (piece.width === undefined) return shift(piece.place, offset - piece.at);
  return before ? shift(piece.place, piece.width) : piece.place;
}

function cutPieces(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const kept: Piece[] = [];
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1]?.at ?? Infinity;
    if (next <= start || piece.at >= Math.max(end, start + 1)) continue;
    const skipped = Math.max(0, start - piece.at);
    const place = piece.width === undefined ? shift(piece.place, skipped) : piece.place;
    kept.push({ ...piece, at: Math.max(0, piece.at - start), place });
  }
  return kept;
}

function shift(place: Place, by: number): Place {
  if (by === 0) return place;
  const { file, line, column, via } = place;
  return { file, line, column: column + by, via };
}
