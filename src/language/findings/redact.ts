/** Findings without secrets: a message that quotes a word of a line must not quote a password. */

import type { Diagnostic } from "./diagnostic.ts";
import { type Line, lineKey } from "./place.ts";
import { MASK, maskLoneSecret, maskSecrets } from "./render_mask.ts";

/** Hides in each message what is secret in the lines it is about. */
export function withoutSecrets(
  diagnostics: readonly Diagnostic[],
  lines: readonly Line[],
): readonly Diagnostic[] {
  if (diagnostics.length === 0) return diagnostics;
  const secrets = secretsIn(lines, placesOf(diagnostics));
  if (secrets.size === 0) return diagnostics;
  return diagnostics.map((diagnostic) => {
    const words = secrets.get(lineKey(diagnostic)) ?? [];
    const { message, hint } = diagnostic;
    const hidden = hide(message, words);
    if (hidden === message && (hint === undefined || hide(hint, words) === hint)) return diagnostic;
    const { fix: _, ...shown } = diagnostic; // it may be a secret as well
    return {
      ...shown,
      message: hidden,
      ...(hint !== undefined && { hint: hide(hint, words) }),
    };
  });
}

/** Line numbers that findings are about, by file. */
type Places = ReadonlyMap<string, ReadonlySet<number>>;

function placesOf(diagnostics: readonly Diagnostic[]): Places {
  const places = new Map<string, Set<number>>();
  for (const { file, line } of diagnostics) {
    const known = places.get(file) ?? new Set();
    known.add(line);
    places.set(file, known);
  }
  return places;
}

/** Secret words of those lines. The word in the line after a lone `auth_pass` may be one too. */
function secretsIn(lines: readonly Line[], places: Places): ReadonlyMap<string, readonly string[]> {
  const secrets = new Map<string, string[]>();
  const starts = new Map<string, number | undefined>(); // lines that say the same are looked at once
  for (const [index, line] of lines.entries()) {
    if (places.get(line.file)?.has(line.line) !== true) continue;
    const { text } = line;
    if (!starts.has(text)) starts.set(text, maskSecrets(text).from);
    const from = starts.get(text);
    const before = lines[index - 1]?.text;
    const alone = /^\w*pass\w*$/.test(before ?? "") ||
      maskLoneSecret(text, before).from !== undefined;
    if (from === undefined && !alone) continue;
    const hidden = alone ? text : text.slice(from);
    const words = hidden.split(/[\s"']+/).filter((word) => /\w/.test(word));
    const known = secrets.get(lineKey(line));
    if (known === undefined) secrets.set(lineKey(line), words);
    else known.push(...words);
  }
  return secrets;
}

/** A word is hidden where it stands alone, so that a short one does not riddle the message. */
function hide(text: string, words: readonly string[]): string {
  return words.reduce((shown, word) => {
    const parts = shown.split(word);
    return parts.reduce((left, right) =>
      /[\w.-]$/.test(left) || /^[\w-]/.test(right)
        ? `${left}${word}${right}`
        : `${left}${MASK}${right}`
    );
  }, text);
}
