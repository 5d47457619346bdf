/**
 * Secrets in source lines that findings show. Nothing after a word that announces a secret is
 * printed, also where the word is misspelt or in a comment: rather too little than a password in a
 * CI log.
 */

import { nearest } from "./suggest.ts";

/** What stands for a hidden text, whatever its length. */
export const MASK = "********";

/** Keywords whose value is secret: `auth_pass`, `key` of `auth_hmac` and SSL, `password` of SSL. */
const SECRET_KEYWORDS = ["auth_pass", "key", "password"] as const;

/** Part of a word after which a secret is likely: names of definitions, options of scripts. */
const SECRET_PART = /pass|secret|token/i;

/** A line without its secrets. */
export interface MaskedLine {
  readonly text: string;
  /** Offset from which on the text is hidden; absent: nothing is. */
  readonly from?: number;
}

/** Hides what follows the first word that announces a secret. */
export function maskSecrets(line: string): MaskedLine {
  const from = secretStart(line);
  if (from === undefined || line.slice(from).trim() === "") return { text: line };
  return { text: `${line.slice(0, from)}${MASK}`, from };
}

function secretStart(line: string): number | undefined {
  let after = 0;
  for (const match of line.matchAll(/[^\s"'{}]+/g)) {
    const [word] = match;
    const end = match.index + word.length;
    if (match.index < after) continue;
    if (word === "auth_type") {
      const kind = /^[ \t]*(?:PASS|AH)(?=$|[\s{}#!])/.exec(line.slice(end));
      after = end + (kind?.[0].length ?? 0);
      const next = /^[\s{}]*([^\s{}#!])?/.exec(line.slice(after));
      if (next?.[1] !== undefined) return after + next[0].length - 1;
    } else if (announcesSecret(word)) {
      const equals = word.search(/[=:]/);
      if (equals !== -1) return match.index + equals + 1;
      return end + (/^[\s"']*/.exec(line.slice(end))?.[0].length ?? 0);
    }
  }
  return undefined;
}

function announcesSecret(word: string): boolean {
  if (SECRET_PART.test(word)) return true;
  const name = /^\$?\w*/.exec(word)?.[0].replace("$", "").toLowerCase() ?? "";
  return name === "key" || name.endsWith("_key") ||
    (name.length > 4 && nearest(name, SECRET_KEYWORDS) !== undefined);
}
