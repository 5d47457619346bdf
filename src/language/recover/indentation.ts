/**
 * What the indentation says of braces: which block was meant to end where. It is only a hint, for a text in which
 * it agrees with the braces but for the one that is missing or too many.
 */

import { type Line, placeAt } from "../findings/place.ts";

/** Where indentation and braces disagree. */
export interface Disagreement {
  /** Lines that open a block which lacks its `}`. */
  readonly unclosed: readonly Line[];
  /** `}` that end nothing. */
  readonly extra: readonly Line[];
}

/** A block that is open. */
interface Open {
  readonly line: Line;
  /** Column of its first line; absent: something stands before it in that line. */
  readonly column: number | undefined;
}

/** Compares the indentation of a text with its braces. */
export function disagreementOf(lines: readonly Line[]): Disagreement {
  const stack: Open[] = [];
  const unclosed: Line[] = [];
  const extra: Line[] = [];
  const endFrom = (column: number) => {
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.column === undefined || top.column < column) break;
      stack.pop();
      unclosed.push(top.line);
    }
  };
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    const column = columnOf(line, before);
    if (line.text === "{") {
      if (before !== undefined) {
        stack.push({ line: before, column: columnOf(before, lines[index - 2]) });
      }
    } else if (line.text === "}") {
      if (column !== undefined) endFrom(column + 1);
      const top = stack.at(-1);
      const fits = top !== undefined &&
        (column === undefined || top.column === undefined || top.column === column);
      if (fits) stack.pop();
      else extra.push(line);
    } else if (column !== undefined) {
      endFrom(column);
    }
  }
  return { unclosed: [...unclosed, ...stack.map((open) => open.line)], extra };
}

/** Column of what begins a physical line. */
function columnOf(line: Line, before: Line | undefined): number | undefined {
  const place = placeAt(line, 0);
  const other = before && placeAt(before, 0);
  return other?.line === place.line && other.file === place.file ? undefined : place.column;
}
