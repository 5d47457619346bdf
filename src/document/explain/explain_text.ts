/** Explanations as text for a terminal. */

import { type Answer, blockText, type Explanation } from "./explain.ts";

const WIDTH = 80;

/** Columns before a fact: two blanks, the longest label, two blanks. */
const LABEL = 10;

/** The answer in lines. */
export function explainText(answer: Answer): string {
  switch (answer.kind) {
    case "found":
      return answer.explanations.map(explanationText).join("\n");
    case "rule":
      return `${answer.rule}\n  ${answer.meaning}\n${
        factText("rule", `of findings; holdfast check --off ${answer.rule} switches it off`)
      }`;
    case "unknown":
      return `${answer.why}${answer.hint === undefined ? "" : `; ${answer.hint}`}\n`;
  }
}

function explanationText({ signature, meaning, blocks, facts }: Explanation): string {
  return [
    `${signature}\n`,
    `  ${meaning}\n`,
    factText("in", blocksText(blocks)),
    ...facts.map(({ label, text }) => factText(label, text)),
  ].join("");
}

/** Paths with the same beginning in one: `virtual_server/real_server/{HTTP_GET, SSL_GET}`. */
function blocksText(blocks: readonly string[]): string {
  const byParent = new Map<string, string[]>();
  for (const block of blocks) {
    const slash = block.lastIndexOf("/") + 1;
    const parent = block.slice(0, slash);
    const names = byParent.get(parent) ?? [];
    byParent.set(parent, [...names, blockText(block.slice(slash))]);
  }
  return Array.from(
    byParent,
    ([parent, names]) =>
      parent === ""
        ? names.join(", ")
        : names.length === 1
        ? `${parent}${names[0]}`
        : `${parent}{${names.join(", ")}}`,
  ).join(", ");
}

function factText(label: string, text: string): string {
  const lines = wrap(text, WIDTH - LABEL - 4);
  const indent = " ".repeat(LABEL + 4);
  return lines.map((line, index) =>
    index === 0 ? `  ${label.padEnd(LABEL)}  ${line}\n` : `${indent}${line}\n`
  ).join("");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
