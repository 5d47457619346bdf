/** Words that mean something elsewhere, and here are taken as they are written, mostly in silence. */

import type { Node, Word } from "../../language/mod.ts";
import { placeAt, widthBetween } from "../../language/findings/place.ts";
import { hasForeignQuote } from "../consequences/habits.ts";
import type { Found, LintRule } from "./rule.ts";

/** Quotes of a word processor are letters; one finding a line. */
export const foreignQuotes: LintRule = {
  name: "foreign-quotes",
  find: ({ tree }) =>
    linesWith(/[\u2018-\u201f\u00ab\u00bb]/, tree).flatMap((node) => {
      const word = valuesOf(node).find(({ text, quoted }) => !quoted && hasForeignQuote(text));
      return foundAt(node, word, {
        message: "Cannot take these quotes for quotes: they are letters of the word",
        hint: 'write plain quotes: "',
      });
    }),
};

/** keepalived takes `$(hostname)` as it is written, where it is no command. */
export const shellSubstitution: LintRule = {
  name: "shell-substitution",
  find: ({ tree }) =>
    linesWith(/\$\(|`/, tree).flatMap((node) => {
      if (node.row?.kind !== "value" || node.row.command === true) return [];
      const word = valuesOf(node).find(({ text }) => /^\$\([^)]*\)?$|^`[^`]*`?$/.test(text));
      return foundAt(node, word, {
        message:
          `Cannot expand ${word?.text} of ${node.name}: no shell reads it, it is taken as it is`,
        hint:
          "${_INSTANCE} is the host name up to the first dot, ${_ENV NAME} a variable of the environment",
      });
    }),
};

/** `eth0:1` is what ifconfig calls an address of `eth0`: the kernel gives no interface a `:` in its name. */
export const interfaceAlias: LintRule = {
  name: "interface-alias",
  replaces: ["interface-missing"],
  find: ({ tree }) =>
    linesWith(/[^ \t]:/, tree).flatMap((node) => {
      const word = interfacesIn(node).find(({ text }) => /^[^:$]+:/.test(text));
      const base = word?.text.split(":", 1)[0];
      return foundAt(node, word, {
        message: `Cannot find an interface ${word?.text}: it is an alias, a label of an address`,
        hint: `write ${base}`,
      });
    }),
};

/** Words of a line that name interfaces. */
function interfacesIn({ words, row }: Node): readonly Word[] {
  if (row?.kind === "value" && row.args === "<interface>") return words.slice(1, 2);
  if (row !== undefined) return [];
  return words.filter((_, index) => /^(?:dev|oif|iif)$/.test(words[index - 1]?.text ?? ""));
}

/** What stands behind the keyword; nothing of a secret, which may be anything. */
function valuesOf({ words, name }: Node): readonly Word[] {
  return /pass|^key$/.test(name) ? [] : words.slice(1);
}

/** Lines whose text has something. */
function linesWith(pattern: RegExp, nodes: readonly Node[]): readonly Node[] {
  const found: Node[] = [];
  const visit = (inside: readonly Node[]) => {
    for (const node of inside) {
      if (pattern.test(node.line.text)) found.push(node);
      visit(node.children);
    }
  };
  visit(nodes);
  return found;
}

function foundAt(
  { line }: Node,
  word: Word | undefined,
  text: Pick<Found, "message" | "hint">,
): readonly Found[] {
  if (word === undefined) return [];
  const at = {
    place: placeAt(line, word.start),
    length: widthBetween(line, word.start, word.end),
  };
  return [{ at, severity: "warning", ...text }];
}
