/** Quotes of a word processor, which this language takes for letters. */

import type { Node } from "../../language/mod.ts";
import { placeAt, widthBetween } from "../../language/findings/place.ts";
import { hasForeignQuote } from "../habits.ts";
import type { Found, LintRule } from "./rule.ts";

/** keepalived takes them for letters of the word, mostly in silence; one finding a line. */
export const foreignQuotes: LintRule = {
  name: "foreign-quotes",
  find: ({ tree }) => findIn(tree),
};

function findIn(nodes: readonly Node[]): readonly Found[] {
  return nodes.flatMap((node) => {
    const inside = node.children.length === 0 ? [] : findIn(node.children);
    const own = ANY.test(node.line.text) ? ofLine(node) : [];
    return own.length === 0 ? inside : [...own, ...inside];
  });
}

const ANY = /[\u2018-\u201f\u00ab\u00bb]/;

function ofLine({ line, words }: Node): readonly Found[] {
  const word = words.find(({ text, quoted }, index) =>
    index > 0 && !quoted && hasForeignQuote(text)
  );
  if (word === undefined || /^(?:auth_pass|password)$/.test(words[0]?.text ?? "")) return [];
  return [{
    at: {
      place: placeAt(line, word.start),
      length: widthBetween(line, word.start, word.end),
    },
    severity: "warning",
    message: "Cannot take these quotes for quotes: they are letters of the word",
    hint: 'write plain quotes: "',
  }];
}
