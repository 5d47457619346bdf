/**
 * Lines without anything special. What such a line is cut into does not depend on where it stands or what was
 * read before, and large files repeat a few texts thousands of times: each text is cut once.
 */

import { ofText } from "./known_texts.ts";
import { cleanLine, cutBraces, MAX_LINE_BYTES } from "./lines.ts";
import { lineAt } from "../findings/place.ts";

/** A brace, or the text between braces, of a physical line. */
export interface PlainPart {
  /** Where it begins, from 1. */
  readonly column: number;
  readonly text: string;
}

/** What texts are cut into, as far as it is known; `undefined` for those that need the general way. */
export type PlainLines = Map<string, readonly PlainPart[] | undefined>;

/** The parts of a line; `undefined` when it needs the general way, which gives the same for all others. */
export function plainParts(known: PlainLines, raw: string): readonly PlainPart[] | undefined {
  return ofText(known, raw, partsOf);
}

/** What may need the state of the reading: definitions, conditions, sequences, includes; and a NUL. */
const SPECIAL = /[$\0]|^[ \t]*(?:[@~]|include)/;

/** The parts of a line of which nothing is to be said. */
function partsOf(raw: string): readonly PlainPart[] | undefined {
  if (SPECIAL.test(raw) || raw.length * 3 > MAX_LINE_BYTES) return undefined;
  let told = false;
  const clean = cleanLine(lineAt({ file: "", line: 1, column: 1 }, raw), () => told = true);
  if (told) return undefined;
  const parts: PlainPart[] = [];
  cutBraces(clean, ({ column, text }) => parts.push({ column, text }));
  return parts;
}
