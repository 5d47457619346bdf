/** The nearest known word: "did you mean". */

import type { Finding } from "./diagnostic.ts";

/** The candidate that most resembles `word`, when one does. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const plain = simplify(word);
  const letters = lettersOf(word);
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    if (differingLetters(letters, lettersOf(candidate)) >= bestDistance) continue;
    const distance = simplify(candidate) === plain
      ? 0.5
      : editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Says that a word is meant in place of the one marked. */
export function didYouMean(word: string | undefined): Pick<Finding, "hint" | "fix"> {
  return word === undefined ? {} : { hint: `did you mean ${word}`, fix: word };
}

/** The letters and digits a word has, of either case: a bit for each of 32 groups of them. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let index = 0; index < word.length; index++) {
    const unit = word.charCodeAt(index);
    if (unit < 0x80 && unit !== 0x2d && unit !== 0x5f) letters |= 1 << (unit & 31);
  }
  return letters;
}

/** At least so far apart are two words: an edit brings or takes one letter at most. Most words are told apart so. */
function differingLetters(a: number, b: number): number {
  return Math.max(bitsOf(a & ~b), bitsOf(b & ~a));
}

function bitsOf(value: number): number {
  let bits = 0;
  for (let rest = value; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Damerau-Levenshtein distance (adjacent letters swapped count once); `limit` or more ends early. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      current.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= limit) return limit;
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? limit;
}
