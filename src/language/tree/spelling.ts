/** What is said of every use of a keyword: deprecated, or not acted on yet. */

import type { Report } from "../findings/diagnostic.ts";
import { type Line, placeAt, widthBetween } from "../findings/place.ts";
import type { Keyword } from "../rows/table.ts";
import type { Word } from "../source/words.ts";

/** Whether something is to be said of every use of a spelling. */
export function isSpecial(spelling: Keyword): boolean {
  return spelling.kind === "alias" || spelling.deprecated !== undefined ||
    spelling.moot !== undefined;
}

/** Reports what the row says of every use: deprecated, or not acted on yet. */
export function noteSpelling(
  report: Report,
  { line, word, name, row, spelling }: {
    readonly line: Line;
    readonly word: Word;
    readonly name: string;
    readonly row: Keyword;
    readonly spelling: Keyword | undefined;
  },
): void {
  const place = placeAt(line, word.start);
  const width = widthBetween(line, word.start, word.end);
  const deprecated = spelling?.deprecated ?? row.deprecated;
  if (deprecated !== undefined) {
    report(place, width, {
      severity: "warning",
      code: "deprecated",
      message: `Cannot recommend ${word.text}: it is deprecated`,
      hint: `write ${deprecated}`,
      fix: /^[\w-]+$/.test(deprecated) ? deprecated : undefined,
      status: (spelling ?? row).tolerated === true ? undefined : "deprecated",
    });
  }
  if (row.moot !== undefined) {
    report(place, width, {
      severity: "info",
      code: "nothing-to-do",
      message: `Nothing to do for ${name}: ${row.moot}`,
    });
  }
  if (row.comesWith !== undefined) {
    report(place, width, {
      severity: "info",
      code: "comes-later",
      message: `Cannot act on ${name} yet: ${row.comesWith} comes with a later version`,
    });
  } else if (row.acts === false) {
    report(place, width, {
      severity: "info",
      code: "not-acted-on",
      message: `Cannot act on ${name} yet: holdfast knows it and leaves it out`,
    });
  }
}
