/** Words that are no keyword where they stand: what may have been meant. */

import { ofText } from "../source/known_texts.ts";
import type { Finding } from "../findings/diagnostic.ts";
import { type Place, placeAt } from "../findings/place.ts";
import type { Line } from "../findings/place.ts";
import { nearest } from "../findings/suggest.ts";
import { type Keyword, rowOf, type Table, type UsableKeyword } from "../rows/table.ts";
import type { Word } from "../source/words.ts";

/** A keyword as it is used. */
export interface Found {
  readonly name: string;
  readonly row: UsableKeyword;
  /** The row of the word as written, when that is another spelling. */
  readonly spelling: Keyword | undefined;
}

/** The row a word stands for. */
export function resolve(table: Table, word: string): Found | undefined {
  const row = rowOf(table, word);
  if (row === undefined || row.kind === "unknown") return undefined;
  if (row.kind !== "alias") return { name: word, row, spelling: undefined };
  const target = rowOf(table, row.of);
  return target === undefined || target.kind === "alias" || target.kind === "unknown"
    ? undefined
    : { name: row.of, row: target, spelling: row };
}

/** A line that begins with no keyword of its block. */
export interface UnknownLine {
  readonly line: Line;
  /** Never empty. */
  readonly words: readonly Word[];
}

/** The blocks around such a line, the innermost last. */
export type Around = readonly {
  readonly table: Table | undefined;
  /** Keyword of the block; empty at the top level. */
  readonly label: string;
  readonly opened: UnknownLine | undefined;
}[];

/** What is said of a line that begins with no keyword of the innermost block. */
export function unknownFinding({ words }: UnknownLine, around: Around): Finding {
  const frame = around.at(-1);
  const table = frame?.table ?? {};
  const text = words[0]?.text ?? "";
  const meant = meantIn(table, text);
  return {
    severity: "error",
    code: "unknown-keyword",
    message: `Cannot use keyword "${text}" ${whereOf(frame?.label ?? "")}: unknown`,
    hint: hintOf(text, meant, around),
    fix: fixOf(text, meant),
    status: "unknown-keyword",
    about: meant === undefined ? undefined : {
      kind: "lost",
      keyword: resolve(table, meant)?.name,
      name: words[1]?.text,
      block: placeOf(frame?.opened),
    },
  };
}

/** Of `priority=100` the value stays. */
function fixOf(text: string, meant: string | undefined): string | undefined {
  if (meant === undefined || ODD.some(({ pattern }) => pattern.test(text))) return undefined;
  const [, value = ""] = /^["']?[\w-]+["']?[=:;,]+(.*)$/.exec(text) ?? [];
  return value === "" ? meant : `${meant} ${value}`;
}

/** The keyword of a table that a word resembles. */
export function meantIn(table: Table, word: string): string | undefined {
  const row = rowOf(table, word);
  if (row?.kind === "unknown") return row.instead;
  // Of "priority=100", "priority:" and the like the word alone is meant.
  const bare = /^["']?([\w-]+)["']?[=:;,]/.exec(word)?.[1];
  return bare !== undefined && resolve(table, bare) !== undefined ? bare : nearestIn(table, word);
}

/** Words that resemble none or one of a table: a sequence repeats its words, and each takes microseconds. */
const NEAREST = new WeakMap<Table, Map<string, string | undefined>>();

function nearestIn(table: Table, word: string): string | undefined {
  const known = NEAREST.get(table) ?? new Map<string, string | undefined>();
  NEAREST.set(table, known);
  return ofText(known, word, () => nearest(word, usable(table)));
}

/** What is said of the first of some lines whose own first line, with the `{`, is lost. */
export function lostFinding(lines: readonly UnknownLine[], around: Around): Finding {
  const frame = around.at(-1);
  const first = lines[0] ?? { line: undefined, words: [] };
  const home = lostBlock(lines, frame?.table ?? {});
  return {
    severity: "error",
    code: "unknown-keyword",
    message: `Cannot use keyword "${first.words[0]?.text}" ${whereOf(frame?.label ?? "")}: unknown`,
    hint: `the line that opens its ${home ?? "block"} may be missing before it`,
    status: "unknown-keyword",
    about: { kind: "lost", keyword: home, block: placeOf(frame?.opened) },
  };
}

/** What is said of the first of some words that stand without the list they are meant for. */
export function bareFinding(
  lines: readonly UnknownLine[],
  around: Around,
  list: string,
): Partial<Finding> {
  const shown = lines.slice(0, MAX_ENTRIES).map(({ words }) => words[0]?.text);
  const more = lines.length > MAX_ENTRIES ? " ..." : "";
  return {
    hint: `write ${list} { ${shown.join(" ")}${more} }`,
    about: { kind: "lost", keyword: list, block: placeOf(around.at(-1)?.opened) },
  };
}

/** Entries that a hint shows. */
const MAX_ENTRIES = 4;

/** The block of a table that knows most of the words some lines begin with. */
function lostBlock(lines: readonly UnknownLine[], table: Table): string | undefined {
  let best: string | undefined;
  let most = 0;
  for (const [name, row] of Object.entries(table)) {
    if (row.kind !== "block") continue;
    const known = lines.filter(({ words }) => resolve(row.table, words[0]?.text ?? "")).length;
    if (known > most) [best, most] = [name, known];
  }
  return best;
}

/** Whether a word is a keyword of a block that can stand in a table. */
export function isInside(table: Table, word: string): boolean {
  return Object.values(table).some((row) =>
    row.kind === "block" && resolve(row.table, word) !== undefined
  );
}

function hintOf(text: string, meant: string | undefined, around: Around): string | undefined {
  const odd = ODD.find(({ pattern }) => pattern.test(text));
  if (odd !== undefined) return odd.hint;
  const row = rowOf(around.at(-1)?.table ?? {}, text);
  if (row?.kind === "unknown" && row.hint !== undefined) return row.hint;
  if (meant !== undefined) return `did you mean ${meant}`;
  const root = around[0]?.table ?? {};
  const outside = around.findLast(({ table }) => resolve(table ?? {}, text) !== undefined)?.label;
  const home = homeHint(outside === undefined ? homesOf(root, text) : [outside]);
  return home;
}

function homeHint(homes: readonly string[]): string | undefined {
  if (homes.length === 0) return undefined;
  return `it belongs to ${homes.map((home) => home === "" ? "the top level" : home).join(" or ")}`;
}

/** Where a keyword belongs that stands among the entries of a list; `undefined` for any other word. */
export function homeOfKeyword(root: Table, word: string): string | undefined {
  return homeHint(homesOf(root, word));
}

/** What people cannot see in a word, or what comes with text of other kinds. */
const ODD: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /[\ufeff\u00a0\u2000-\u200f\u202f\u205f\u2060\u3000]/,
    hint: "a blank that is none is in it, such as a no-break space: type it anew",
  },
  { pattern: /^(?:\/\/|\/\*|--$|;|REM$)/, hint: "a comment begins with # or !" },
  { pattern: /^(?:<{7}|={7}|>{7})$/, hint: "a conflict of a merge is left in the file" },
];

/** The blocks nearest to the top that have a keyword. */
function homesOf(root: Table, word: string): readonly string[] {
  const known = HOMES.get(root) ?? homesIn(root);
  HOMES.set(root, known);
  return known.get(word) ?? [];
}

/** What tables say does not change, and many lines may ask for it. */
const HOMES = new WeakMap<Table, ReadonlyMap<string, readonly string[]>>();

function homesIn(root: Table): ReadonlyMap<string, readonly string[]> {
  const homes = new Map<string, readonly string[]>();
  let blocks = [["", root]] as readonly (readonly [string, Table])[];
  while (blocks.length > 0) {
    const level = new Map<string, Set<string>>();
    for (const [label, table] of blocks) {
      for (const word of usable(table)) {
        if (homes.has(word) || resolve(table, word) === undefined) continue;
        level.set(word, (level.get(word) ?? new Set()).add(label));
      }
    }
    for (const [word, labels] of level) homes.set(word, [...labels].slice(0, MAX_HOMES));
    blocks = blocks.flatMap(([, table]) =>
      Object.entries(table).flatMap(([name, row]): (readonly [string, Table])[] =>
        row.kind === "block" ? [[name, row.table as Table]] : []
      )
    );
  }
  return homes;
}

/** Blocks that a hint names. */
const MAX_HOMES = 3;

function usable(table: Table): readonly string[] {
  const known = USABLE.get(table) ??
    Object.entries(table).filter(([, row]) => row.kind !== "unknown").map(([name]) => name);
  USABLE.set(table, known);
  return known;
}

/** Words of tables that can be used. */
const USABLE = new WeakMap<Table, readonly string[]>();

function whereOf(label: string): string {
  return label === "" ? "at the top level" : `in ${label}`;
}

/** Where a block begins. */
export function placeOf(opened: UnknownLine | undefined): Omit<Place, "via"> | undefined {
  if (opened === undefined) return undefined;
  const { file, line, column } = placeAt(opened.line, 0);
  return { file, line, column };
}
