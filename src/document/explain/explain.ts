/** `holdfast explain`: what the tables say of a word. */

import {
  ALL_RULES,
  isRuleName,
  type Keyword,
  nearest,
  rowOf,
  type Table,
} from "../../language/mod.ts";
import { allKeywords, type ListedKeyword } from "../table/keyword_list.ts";
import { defaultOf, needsOf, rangeOf, signatureOf } from "../table/signature.ts";

/** One meaning of a word. */
export interface Explanation {
  /** As it is written. */
  readonly signature: string;
  readonly meaning: string;
  /** Paths of the blocks it stands in with this meaning, `(root)` for the top level. */
  readonly blocks: readonly string[];
  /** What else is to be said, in order. */
  readonly facts: readonly Fact[];
}

/** A label of one word and what it says. */
export interface Fact {
  readonly label: string;
  readonly text: string;
}

/** Answer to a question for a word. */
export type Answer =
  | { readonly kind: "found"; readonly explanations: readonly Explanation[] }
  /** A rule that findings name. */
  | { readonly kind: "rule"; readonly rule: string; readonly meaning: string }
  | {
    readonly kind: "unknown";
    /** Why, in a sentence. */
    readonly why: string;
    readonly hint: string | undefined;
  };

/** Explains a keyword wherever it stands, or only in blocks of one name or path. */
export function explain(word: string, block?: string): Answer {
  const keywords = allKeywords();
  const named = keywords.filter(({ name }) => name === word);
  if (block === undefined && named.length === 0 && isRuleName(word)) {
    return { kind: "rule", rule: word, meaning: ALL_RULES[word] };
  }
  const found = named.filter((each) => block === undefined || standsIn(each.block, block));
  if (found.length === 0) return unknown(word, block, { named, keywords });
  return { kind: "found", explanations: grouped(found.map((each) => explanation(each, keywords))) };
}

/** Every word that can be explained, without repetition. */
export function explainable(): readonly string[] {
  return [...new Set([...allKeywords().map(({ name }) => name), ...Object.keys(ALL_RULES)])];
}

/** Names of all blocks, without repetition. */
export function blockNames(): readonly string[] {
  return [...new Set(allKeywords().map(({ block }) => lastName(block)))];
}

function standsIn(path: string, block: string): boolean {
  return path === block || path.endsWith(`/${block}`);
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function unknown(
  word: string,
  block: string | undefined,
  { named, keywords }: {
    readonly named: readonly ListedKeyword[];
    readonly keywords: readonly ListedKeyword[];
  },
): Answer {
  const blocks = blockNames();
  if (block !== undefined && !keywords.some((each) => standsIn(each.block, block))) {
    const likely = nearest(block, blocks);
    return {
      kind: "unknown",
      why: `There is no block "${block}"`,
      hint: likely && `did you mean ${likely}`,
    };
  }
  const where = block === undefined ? "" : ` in ${blockText(block)}`;
  const why = `There is no keyword "${word}"${where}`;
  if (named.length > 0) {
    const known = named.map((each) => blockText(lastName(each.block)));
    return { kind: "unknown", why, hint: `it stands in ${[...new Set(known)].join(", ")}` };
  }
  const near = keywords.filter((each) => block === undefined || standsIn(each.block, block));
  const likely = nearest(word, near.map(({ name }) => name)) ??
    nearest(word, keywords.map(({ name }) => name));
  const containing = [
    ...new Set(near.map(({ name }) => name).filter((name) => related(word, name))),
  ];
  const more = containing.length - MAX_RELATED;
  const like = containing.toSorted().slice(0, MAX_RELATED).join(", ");
  const hint = likely !== undefined
    ? `did you mean ${likely}`
    : like === ""
    ? undefined
    : `like it: ${like}${more > 0 ? ` and ${more} more` : ""}`;
  return { kind: "unknown", why, hint };
}

const MAX_RELATED = 12;

function related(word: string, name: string): boolean {
  return word.length >= 3 && name.toLowerCase().includes(word.toLowerCase());
}

/** The top level in words. */
export function blockText(block: string): string {
  return block === "(root)" ? "the top level" : block;
}

function explanation(listed: ListedKeyword, keywords: readonly ListedKeyword[]): Explanation {
  const { block, name, row } = listed;
  const siblings = keywords.filter((each) => each.block === block);
  const target = row.kind === "alias"
    ? siblings.find((each) => each.name === row.of)?.row ?? row
    : row;
  return {
    signature: signatureOf(name, target),
    meaning: target.text,
    blocks: [block],
    facts: [
      ...fact("same as", row.kind === "alias" ? row.of : undefined),
      ...fact("range", rangeOf(target)),
      ...fact("default", defaultOf(target)),
      ...fact("needs", needsOf(target).join(", ")),
      ...fact("use", useText(target)),
      ...fact("also", otherNames(siblings, row.kind === "alias" ? row.of : name, name)),
      ...fact("deprecated", deprecatedText(row, target)),
      ...fact("build", row.build ?? target.build),
      ...fact("source", sourceText(row, target)),
      ...fact("holdfast", actsText(listed)),
      ...contents(target, listed.acts),
    ],
  };
}

function fact(label: string, text: string | undefined): readonly Fact[] {
  return text === undefined || text === "" ? [] : [{ label, text }];
}

function useText(row: Keyword): string | undefined {
  switch (row.twice) {
    case "first":
      return "once; a second one is reported, and the first counts";
    case "replaced":
      return "once; a second one is reported, and counts";
    default:
      return undefined;
  }
}

function otherNames(
  siblings: readonly ListedKeyword[],
  target: string,
  name: string,
): string {
  return siblings.filter(({ row }) => row.kind === "alias" && row.of === target)
    .map((each) => each.name).filter((other) => other !== name).join(", ");
}

function deprecatedText(row: Keyword, target: Keyword): string | undefined {
  const instead = row.deprecated ?? target.deprecated;
  return instead && `write ${instead}`;
}

const SOURCES = {
  alibaba: "the Alibaba fork of keepalived",
  historic: "old releases of keepalived",
  later: "keepalived's development since 2.4",
  holdfast: "holdfast only",
  manual: "keepalived's manual page only",
} as const;

function sourceText(row: Keyword, target: Keyword): string {
  const source = row.source ?? target.source;
  return source === undefined ? "keepalived" : SOURCES[source];
}

function actsText({ row, acts }: ListedKeyword): string {
  if (row.kind === "unknown") {
    const instead = row.instead === undefined ? row.hint : `write ${row.instead}`;
    return `does not know it, nor does keepalived${instead === undefined ? "" : `: ${instead}`}`;
  }
  return acts ? "acts on it" : "knows it and does not act on it yet";
}

/** Words of a block, those that are acted on first. */
function contents(row: Keyword, acts: boolean): readonly Fact[] {
  if (row.kind !== "block" && row.kind !== "list") return [];
  const label = row.kind === "block" ? "keywords" : "options";
  const table: Table = row.kind === "block" ? row.table : row.options ?? {};
  const words = Object.entries(table).filter(([, each]) => isUsed(table, each));
  const done = acts ? words.filter(([, each]) => targetOf(table, each).acts !== false) : words;
  const later = words.filter((word) => !done.includes(word));
  const names = (list: readonly (readonly [string, Keyword])[]) =>
    list.map(([name]) => name).join(", ");
  return [...fact(label, names(done)), ...fact("not yet", names(later))];
}

function isUsed(table: Table, row: Keyword): boolean {
  return row.kind !== "unknown" && row.deprecated === undefined &&
    (row.kind !== "alias" || rowOf(table, row.of) !== undefined);
}

function targetOf(table: Table, row: Keyword): Keyword {
  return row.kind === "alias" ? rowOf(table, row.of) ?? row : row;
}

/** The same meaning in several blocks is told once. */
function grouped(explanations: readonly Explanation[]): readonly Explanation[] {
  const groups = new Map<string, Explanation>();
  for (const each of explanations) {
    const key = JSON.stringify([each.signature, each.meaning, each.facts]);
    const earlier = groups.get(key);
    const blocks = [...(earlier?.blocks ?? []), ...each.blocks];
    groups.set(key, { ...each, blocks });
  }
  return [...groups.values()];
}
