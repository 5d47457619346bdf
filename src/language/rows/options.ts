/** Option words of an entry: `dev eth0 label eth0:1`, in any order. */

import { parseIp } from "../../net/ip.ts";
import { complain, nextWord, peekWord } from "./args.ts";
import { didYouMean, nearest } from "../findings/suggest.ts";
import { type Args, type Bound, rowOf, type Table, type Use } from "./table.ts";
import { lengthHint } from "./values.ts";
import type { Word } from "../source/words.ts";

/** Reads option words to the end of the line, or to a word that `stopAt` knows; the first unknown one is reported. */
export function readOptions<const T extends Table>(
  args: Args,
  table: T,
  options: { readonly stopAt?: (word: string) => boolean } = {},
): Bound<T> {
  const { line, words, name: of, report } = args;
  const phrase = { line, words, name: of, report };
  const uses: Record<string, Use<unknown>[]> = {};
  let complained = false;
  for (let word = peekWord(args); word !== undefined; word = peekWord(args)) {
    if (options.stopAt?.(word.text) === true) break;
    let name = word.text;
    let row = rowOf(table, name);
    if (row?.kind === "alias") {
      name = row.of;
      row = rowOf(table, name);
    }
    if (row?.kind !== "value") {
      nextWord(args);
      if (complained) continue;
      complained = true;
      const likely = nearest(word.text, Object.keys(table));
      complain(args, word, {
        severity: "error",
        code: "unknown-keyword",
        message: `Cannot use "${word.text}" in ${args.name}: unknown option`,
        ...(likely === undefined ? { hint: secondAddress(args, word) } : didYouMean(likely)),
        status: "general",
      });
      continue;
    }
    nextWord(args);
    if (row.acts === false) {
      complain(args, word, {
        severity: "info",
        code: "not-acted-on",
        message:
          `Cannot act on ${word.text} of ${args.name} yet: holdfast knows it and leaves it out`,
      });
    }
    const option: Args = { ...args, name: word.text, missing: row.missing };
    const value = row.read(option);
    args.at = option.at;
    if (value === undefined) continue;
    if (row.twice === "first" && uses[name] !== undefined) {
      complain(args, word, {
        severity: "error",
        code: "duplicate-keyword",
        message: `Cannot use ${word.text} twice: the first one counts`,
        status: "general",
      });
      continue;
    }
    (uses[name] ??= []).push({ ...phrase, value });
  }
  return uses as Bound<T>;
}

/** What to write where a word is an address, or a netmask behind the first one. */
function secondAddress({ words: [first] }: Args, { text }: Word): string | undefined {
  const [address = ""] = text.split("/");
  if (parseIp(address) === undefined) return undefined;
  return (first && lengthHint(first.text, text)) ?? "write one address per line";
}
