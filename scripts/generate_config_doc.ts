// deno-lint-ignore-file no-console -- a script talks on the console
/**
 * Writes docs/CONFIG.md from the keyword tables. `--check` only compares and ends with 1 when it is stale.
 *
 * Run with `deno task docs`.
 */

import { type Keyword, rowOf, type Table } from "../src/language/mod.ts";
import { allKeywords, type ListedKeyword } from "../src/document/table/keyword_list.ts";
import { defaultOf, needsOf } from "../src/document/table/signature.ts";

const TARGET = new URL("../docs/CONFIG.md", import.meta.url);

const INTRO = `# Configuration

<!-- Generated from the keyword tables by \`deno task docs\`: change the tables, not this file. -->

holdfast reads \`keepalived.conf\` unchanged. This is every keyword of the language, block by block, from the tables that the reader
itself works with. \`holdfast explain KEYWORD\` tells the same in a terminal, \`holdfast check\` shows what is wrong with a file, and
\`holdfast fmt\` lays it out.

## The file

- One keyword and its words per line. \`#\` and \`!\` begin a comment, except in double quotes.
- A block is \`keyword words {\`, its lines, and \`}\`. Some blocks hold keywords, others entries, one per line.
- \`include PATTERN\` reads files in place; \`includer\`, \`includem\`, \`includew\`, \`includeb\` and \`includea\` insist on finding them.
- \`$NAME=value\` defines, \`$NAME\` and \`\${NAME}\` use. A value whose line ends in \`\\\` goes on in the next line. Built in are \`\${_PWD}\`,
  \`\${_INSTANCE}\`, \`\${_ENV NAME}\`, \`\${_RANDOM MIN MAX}\`, \`\${_HASH}\` and \`\${_BANG}\`.
- \`@ID rest\` keeps the line on the node with this id (\`-i\`, else the host name up to the first dot), \`@^ID rest\` on all others.
- \`~SEQ(var, start, step, end) rest\` and \`~LST(var, a, b) rest\` repeat the line.
- A boolean is \`on\`, \`true\`, \`yes\`, or \`off\`, \`false\`, \`no\`. Times are seconds with decimals unless a row says otherwise.

## How to read the tables

A row shows the keyword, what follows it, what holds without it, and what it does. \`<...>\` stands for a value, \`[...]\` may be left
out, \`|\` separates alternatives. The last column says whether holdfast acts on it: ● it does; ○ it knows the keyword, checks it, and
says that it leaves it out. Of a keyword given twice in one block the last one counts, unless the row says otherwise. A number with
something behind it (\`110;\`) is cut there, which is reported, unless the row says that it must be exact. A keyword marked *built with* is one that keepalived only has when built that way; holdfast always reads it.
`;

/** The whole document, before \`deno fmt\` lines up its tables. */
export function configDoc(): string {
  const sections = sectionsOf();
  const titles = new Map(
    sections.flatMap((section) => section.paths.map((path) => [path, titleOf(section)])),
  );
  return `${
    [INTRO, countsText(), contents(sections), ...sections.map((each) => sectionText(each, titles))]
      .join("\n")
  }\n`;
}

/** Blocks whose rows are the same. */
interface Section {
  readonly paths: readonly string[];
  /** The row that opens the block; absent at the top level. */
  readonly opener: ListedKeyword | undefined;
  readonly rows: readonly ListedKeyword[];
}

function sectionsOf(): readonly Section[] {
  const keywords = allKeywords();
  const byBlock = Map.groupBy(keywords, ({ block }) => block);
  const openers = keywords.filter(({ row }) => row.kind === "block" || row.kind === "list");
  const root: Section = { paths: ["(root)"], opener: undefined, rows: byBlock.get("(root)") ?? [] };
  const inner = openers.map((opener): Section => {
    const path = pathOf(opener);
    return { paths: [path], opener, rows: byBlock.get(path) ?? [] };
  });
  const groups = Map.groupBy(inner, sameness);
  return [
    root,
    ...Array.from(groups.values(), (group) => ({
      paths: group.flatMap(({ paths }) => paths),
      opener: group[0]?.opener,
      rows: group[0]?.rows ?? [],
    })),
  ];
}

/** Path of what a block keyword opens. */
function pathOf({ block, name }: ListedKeyword): string {
  return block === "(root)" ? name : `${block}/${name}`;
}

/** Equal for blocks that can share a section. */
function sameness({ opener, rows }: Section): string {
  const facts = rows.map(({ name, row, acts }) => [name, plain(row), acts]);
  return JSON.stringify([opener?.name, opener && plain(opener.row), opener?.acts, facts]);
}

/** What a row says, without its readers and what it holds. */
function plain(row: Keyword): unknown {
  return Object.entries(row).filter(([key, value]) =>
    typeof value !== "function" && key !== "table" && key !== "options"
  );
}

function countsText(): string {
  const known = allKeywords().filter(({ row }) => row.kind !== "unknown");
  const acts = known.filter((each) => each.acts).length;
  return `holdfast acts on ${acts} of ${known.length} keywords and options.\n`;
}

function contents(sections: readonly Section[]): string {
  const lines = sections.map((section) => {
    const depth = Math.min(...section.paths.map((path) => path.split("/").length)) - 1;
    const title = titleOf(section);
    return `${"  ".repeat(depth)}- [${title}](#${anchor(title)})`;
  });
  return `## Blocks\n\n${lines.join("\n")}\n`;
}

/** Name of a section; its blocks where that is needed to tell it apart. */
function titleOf({ paths, opener }: Section): string {
  if (opener === undefined) return "The top level";
  const parents = paths.map((path) => path.split("/").slice(0, -1).join(" / "));
  return parents.every((parent) => parent === "")
    ? opener.name
    : `${opener.name} in ${parents.join(", ")}`;
}

/** GitHub's name for a heading. */
function anchor(title: string): string {
  return title.toLowerCase().replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
}

/** The text of a section; `titles` are those of all sections by block. */
function sectionText(section: Section, titles: ReadonlyMap<string, string>): string {
  const { opener, rows } = section;
  const facts = opener === undefined ? [] : openerFacts(opener);
  const table = rows.length === 0 ? [] : [tableText(rows, titles)];
  return [`## ${titleOf(section)}\n`, ...facts, ...table].join("\n");
}

function openerFacts({ row, name, acts }: ListedKeyword): readonly string[] {
  const shape = row.kind === "list"
    ? `${code(spaced(name, row.args, "{"))} holds entries ${code(row.entryArgs)}${
      row.inline === true ? ", one or several in a line" : ""
    }.`
    : row.kind === "block"
    ? `${code(spaced(name, row.args, "{ ... }"))}`
    : "";
  return [
    `${sentence(row.text)} ${acts ? "" : "holdfast does not act on it yet."}`.trim() + "\n",
    [shape, ...needsOf(row).map((need) => `Needs ${need}.`), ...notes(row)].join(" ") + "\n",
    ...(row.kind === "list" && Object.keys(row.options ?? {}).length > 0
      ? ["Options of an entry:\n"]
      : []),
  ];
}

function tableText(
  rows: readonly ListedKeyword[],
  titles: ReadonlyMap<string, string>,
): string {
  const table: Table = Object.fromEntries(rows.map(({ name, row }) => [name, row]));
  const lines = rows.map((each) => {
    const { name, row, acts } = each;
    const target = row.kind === "alias" ? rowOf(table, row.of) ?? row : row;
    const words = argsOf(target);
    const title = titles.get(pathOf(each));
    return [
      title === undefined ? code(name) : `[${code(name)}](#${anchor(title)})`,
      words === "" ? "" : code(words),
      defaultText(row.kind === "alias" || row.kind === "unknown" ? undefined : defaultOf(target)),
      [meaning(row), ...notes(row)].join(" "),
      row.kind === "unknown" ? "" : acts ? "●" : "○",
    ];
  });
  const cells = [
    ["Keyword", "Value", "Default", "Meaning", "Acts"],
    ["-", "-", "-", "-", "-"],
    ...lines,
  ];
  // A bar would end the cell, in a code span as well.
  const escaped = cells.map((line) => line.map((cell) => cell.replaceAll("|", "\\|")));
  return escaped.map((line) => `| ${line.join(" | ")} |\n`).join("");
}

function argsOf(row: Keyword): string {
  switch (row.kind) {
    case "value":
      return row.args;
    case "block":
      return spaced(row.args, "{ ... }");
    case "list":
      return `{ ${row.entryArgs} ... }`;
    case "alias":
    case "unknown":
      return "";
  }
}

function defaultText(value: string | undefined): string {
  return value === undefined ? "" : escape(value);
}

function meaning(row: Keyword): string {
  switch (row.kind) {
    case "alias":
      return row.text === `The same as ${row.of}`
        ? `The same as ${code(row.of)}.`
        : sentence(row.text);
    case "unknown":
      return `${sentence(row.text)} keepalived does not know it.${
        row.instead === undefined ? "" : ` Write ${code(row.instead)}.`
      }`;
    default:
      return sentence(row.text);
  }
}

/** What is said of a keyword that stands twice in its block; nothing where the last one counts. */
const TWICE = {
  first: "Of two the first counts.",
  last: undefined,
  replaced: "Of two the last counts, which is reported.",
  all: "Several count together.",
} as const;

function twiceText(row: Keyword): string | undefined {
  if (row.kind === "alias" || row.kind === "unknown") return undefined;
  return TWICE[row.twice ?? "last"];
}

function numberText(row: Keyword): string | undefined {
  const number = row.kind === "value" ? row.number : undefined;
  if (number?.junk !== "refused" && number?.instead === undefined) return undefined;
  const exact = number.junk === "refused" ? "Must be exact" : "What is no number in the range";
  return number.instead === undefined
    ? `${exact}.`
    : number.junk === "refused"
    ? `${exact}, else ${number.instead} counts.`
    : `${exact} counts as ${number.instead}.`;
}

const SOURCES = {
  alibaba: "From the Alibaba fork.",
  historic: "From old releases.",
  later: "From the development since 2.4.",
  holdfast: "holdfast's own.",
  manual: "In the manual page only.",
} as const;

function notes(row: Keyword): readonly string[] {
  return [
    ...(row.deprecated === undefined ? [] : [`*Deprecated*: write ${code(row.deprecated)}.`]),
    ...[twiceText(row), numberText(row)].filter((text) => text !== undefined),
    ...(row.build === undefined ? [] : [`*Built with* ${escape(row.build)}.`]),
    ...(row.source === undefined ? [] : [SOURCES[row.source]]),
  ];
}

function sentence(text: string): string {
  return `${escape(text)}.`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escape(text: string): string {
  return text.replaceAll(/[\\*<]/g, (character) => `\\${character}`);
}

function spaced(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

/** The document as \`deno fmt\` wants it. */
export async function formattedConfigDoc(): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "-"],
    cwd: new URL("..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(configDoc()));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format docs/CONFIG.md");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  const text = await formattedConfigDoc();
  if (!Deno.args.includes("--check")) {
    await Deno.writeTextFile(TARGET, text);
  } else if (await Deno.readTextFile(TARGET) !== text) {
    console.error("docs/CONFIG.md is stale: run deno task docs");
    Deno.exit(1);
  }
}
