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

/** Part of a word after which a secret is likely: names of definitions, options of scripts, headers. */
const SECRET_PART = /pass|pwd|secret|token|credential|apikey|authorization|bearer/i;

/** `key`, and what one slip makes of it. */
const NEAR_KEY = /^(?:key|\wkey|k\wey|ke\wy|key\w|ey|ky|ke|\wey|k\wy|ke\w|eky|kye)$/;

/** Words that have such a part and announce nothing. */
const NO_SECRET = new Set(["passive", "active_key"]);

/** What stands behind `auth_type`, also what other programs know there. */
const AUTH_TYPE =
  /^[ \t]*["']?(?:PASS(?:WD|WORD)?|AH|NONE|SIMPLE|PLAIN|TEXT|MD5|HMAC|SHA[\w-]*|IPSEC)["']?(?=$|[\s{}#!])/i;

/** The user part of a URL with its password (RFC 3986 section 3.2.1). */
const USER_INFO = /:\/\/[^\s\/:@"']*:(?=[^\s\/@"']+@)/;

/** A line without its secrets. */
export interface MaskedLine {
  readonly text: string;
  /** Offset from which on the text is hidden; absent: nothing is. */
  readonly from?: number;
}

/** Hides what is secret in a line, also in a definition whose name is one of those used for secrets. */
export function maskSecretsOf(line: string, secretNames: () => ReadonlySet<string>): MaskedLine {
  const own = maskSecrets(line);
  const [, head = "", name = ""] = /^([ \t]*(?:@\S+[ \t]+)?\$([A-Za-z_]\w*)=)/.exec(line) ?? [];
  if (own.from !== undefined || name === "" || head.length === line.length) return own;
  return secretNames().has(name) ? { text: `${head}${MASK}`, from: head.length } : own;
}

/** Hides the only word of a line whose line before announces a secret and ends before it, as a value on a line of its own does. */
export function maskLoneSecret(line: string, before: string | undefined): MaskedLine {
  const [, indent, word] = /^(\s*)([^\s{}]+)\s*$/.exec(line) ?? [];
  if (indent === undefined || word === undefined || !wantsSecret(before)) return { text: line };
  return { text: `${indent}${MASK}`, from: indent.length };
}

/** A number is none: that of a key stands before it. */
function wantsSecret(line = ""): boolean {
  const from = secretStart(line);
  return from !== undefined && /^\s*\d*\s*$/.test(line.slice(from));
}

/** What texts were looked through for, by the lines of the file. */
const SECRET_NAMES = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Names of definitions that stand where a secret is wanted. */
export function secretNamesIn(lines: readonly string[]): ReadonlySet<string> {
  const known = SECRET_NAMES.get(lines);
  if (known !== undefined) return known;
  const names = new Set<string>();
  for (const line of lines) {
    if (!line.includes("$")) continue;
    const { from } = maskSecrets(line);
    if (from === undefined) continue;
    for (const [, name = ""] of line.slice(from).matchAll(/\$\{?([A-Za-z_]\w*)/g)) names.add(name);
  }
  SECRET_NAMES.set(lines, names);
  return names;
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
      const kind = AUTH_TYPE.exec(line.slice(end));
      after = end + (kind?.[0].length ?? 0);
      const next = /^[\s{}]*([^\s{}#!])?/.exec(line.slice(after));
      if (next?.[1] !== undefined) return after + next[0].length - 1;
    } else if (USER_INFO.test(word)) {
      const user = USER_INFO.exec(word);
      return match.index + (user?.index ?? 0) + (user?.[0].length ?? 0);
    } else if (announcesSecret(word)) {
      const comma = line.indexOf(",");
      // The values of a sequence stand before the word that says what they are.
      if (/^[ \t]*~/.test(line) && comma !== -1 && comma < match.index) return comma + 1;
      const equals = word.search(/[=:]/);
      if (equals !== -1) return match.index + equals + 1;
      return end + (/^[\s"']*/.exec(line.slice(end))?.[0].length ?? 0);
    }
  }
  return undefined;
}

function announcesSecret(word: string): boolean {
  if (NO_SECRET.has(word)) return false;
  if (SECRET_PART.test(word)) return true;
  const name = /^\$?\w*/.exec(word)?.[0].replace("$", "").toLowerCase() ?? "";
  return NEAR_KEY.test(name) || name.endsWith("_key") ||
    (name.length > 4 && nearest(name, SECRET_KEYWORDS) !== undefined);
}
