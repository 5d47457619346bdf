/** Values that only a shell would expand. */

import type { Node } from "../../language/mod.ts";
import { placeAt, widthBetween } from "../../language/findings/place.ts";
import type { Found, LintRule } from "./rule.ts";

/** keepalived takes `$(hostname)` as it is written, where it is no command. */
export const shellSubstitution: LintRule = {
  name: "shell-substitution",
  find: ({ tree }) => findIn(tree),
};

function findIn(nodes: readonly Node[]): readonly Found[] {
  return nodes.flatMap((node) => {
    const inside = node.children.length === 0 ? [] : findIn(node.children);
    const own = ANY.test(node.line.text) ? ofLine(node) : [];
    return own.length === 0 ? inside : [...own, ...inside];
  });
}

const ANY = /\$\(|`/;
const SUBSTITUTION = /^\$\([^)]*\)?$|^`[^`]*`?$/;

/** A password may be anything. */
const SECRET = /pass|^key$/;

function ofLine({ line, words, name, row }: Node): readonly Found[] {
  if (row?.kind !== "value" || row.command === true || SECRET.test(name)) return [];
  const word = words.find(({ text }, index) => index > 0 && SUBSTITUTION.test(text));
  if (word === undefined) return [];
  return [{
    at: {
      place: placeAt(line, word.start),
      length: widthBetween(line, word.start, word.end),
    },
    severity: "warning",
    message: `Cannot expand ${word.text} of ${name}: no shell reads it, it is taken as it is`,
    hint:
      "${_INSTANCE} is the host name up to the first dot, ${_ENV NAME} a variable of the environment",
  }];
}
