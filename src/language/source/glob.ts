/** Glob patterns of include lines: braces, `*`, `?` and `[...]`, matched against listed directories. */

import { resolvePath, type SourceFiles } from "./source.ts";

/** More alternatives than this are cut off: the reader must end. */
const MAX_ALTERNATIVES = 1_000;

/** The patterns a pattern with `{a,b}` stands for, in order. */
export function braceAlternatives(pattern: string): readonly string[] {
  let patterns = [pattern];
  for (let round = 0; round < 16; round++) {
    const next = patterns.flatMap(expandFirst);
    if (next.length === patterns.length) break;
    patterns = next.slice(0, MAX_ALTERNATIVES);
  }
  return patterns;
}

/** Whether a pattern has a wildcard. */
export function hasWildcard(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** Paths a pattern without braces matches, sorted; a plain name matches itself when it exists. */
export function globFiles(
  files: SourceFiles,
  directory: string,
  pattern: string,
): readonly string[] {
  const whole = pattern.startsWith("/") ? pattern : `${directory}/${pattern}`;
  if (!hasWildcard(pattern)) {
    const path = resolvePath("/", whole);
    return files.read(path).kind === "missing" ? [] : [path];
  }
  let found = ["/"];
  for (const part of whole.split("/").filter((name) => name !== "" && name !== ".")) {
    found = found.flatMap((base) => step(files, base, part));
  }
  return found.filter((path) => files.read(path).kind !== "missing").sort(byCodePoint);
}

function step(files: SourceFiles, base: string, part: string): string[] {
  if (!hasWildcard(part)) return [resolvePath(base, part)];
  const matcher = matcherOf(part);
  const names = files.list(base) ?? [];
  return names.filter((name) =>
    (part.startsWith(".") || !name.startsWith(".")) && matcher.test(name)
  )
    .map((name) => resolvePath(base, name));
}

function matcherOf(part: string): RegExp {
  let source = "";
  for (let index = 0; index < part.length; index++) {
    const character = part[index] ?? "";
    const set = character === "[" ? /^\[([!^]?)(\]?[^\]/]*)\]/.exec(part.slice(index)) : null;
    if (set !== null) {
      source += `[${set[1] === "" ? "" : "^"}${(set[2] ?? "").replaceAll(/[\\\]^]/g, "\\$&")}]`;
      index += set[0].length - 1;
    } else if (character === "*") {
      if (!source.endsWith("[^/]*")) source += "[^/]*";
    } else if (character === "?") source += "[^/]";
    else source += character.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    return /^(?!)/; // a set like [z-a] matches nothing
  }
}

function expandFirst(pattern: string): string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  return (match[1] ?? "").split(",").map((part) => before + part + after);
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
