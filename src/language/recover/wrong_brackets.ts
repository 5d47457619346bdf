/** `(` and `[` where a block begins, `)` and `]` where it ends: each is told once, and read as the brace it stands for. */

import { type Line, lineAt, placeAt, sliceLine } from "../findings/place.ts";
import type { Report } from "../findings/diagnostic.ts";

/** The lines with braces for brackets, when that makes the braces of the text balance; else as they are. */
export function withBraces(lines: readonly Line[], report: Report): readonly Line[] {
  if (!lines.some(({ text }) => isOpening(text) || isClosing(text))) return lines;
  const balance = lines.reduce((sum, { text }) => sum + depthOf(text), 0);
  if (balance !== 0) return lines;
  const wronglyOpened: boolean[] = [];
  return lines.flatMap((line) => {
    const { text } = line;
    const at = text.length - 1;
    if (isOpening(text)) {
      wronglyOpened.push(true);
      report(placeAt(line, at), 1, {
        severity: "error",
        code: "missing-open-brace",
        message: `Cannot begin a block with "${text[at]}"`,
        hint: "write {",
        fix: "{",
        status: "missing-open-brace",
      });
      const keyword = sliceLine(line, 0, text.slice(0, at).trimEnd().length);
      const brace = lineAt(placeAt(line, at), "{");
      return keyword.text === "" ? [brace] : [keyword, brace];
    }
    if (depthOf(text) > 0) wronglyOpened.push(false);
    const follows = depthOf(text) < 0 && wronglyOpened.pop() === true;
    if (!isClosing(text)) return [line];
    report(line, 1, {
      severity: "error",
      code: "missing-close-brace",
      message: `Cannot end a block with "${text}"`,
      hint: "write }",
      fix: "}",
      status: "missing-close-brace",
      ...(follows && { follows }),
    });
    return [lineAt(line, "}")];
  });
}

/** What a line adds to the number of open blocks when brackets count. */
function depthOf(text: string): number {
  return text === "{" || isOpening(text) ? 1 : text === "}" || isClosing(text) ? -1 : 0;
}

function isOpening(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return (last === 0x28 || last === 0x5b) && !text.includes('"');
}

function isClosing(text: string): boolean {
  return text === ")" || text === "]";
}
