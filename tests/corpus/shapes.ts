/** Variants of whole configurations: the same written otherwise, and the same damaged by one or two mistakes. */

import { type Random, randomFrom } from "./random.ts";
import type { Variant } from "./variant.ts";

/** A configuration to begin with. */
export interface Base {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** One change of a text; gives the text as it was when there is nothing to change. */
type Change = (lines: readonly string[], random: Random) => readonly string[];

/** Ways to write the same otherwise. */
const LAYOUTS: Readonly<Record<string, Change>> = {
  "brace below": (lines) => lines.flatMap((line) => splitBefore(line, /\s*\{\s*$/, "{")),
  "brace without blank": (lines) => lines.map((line) => line.replace(/\s+\{$/, "{")),
  "close after content": joinCloses,
  "first line after brace": joinOpens,
  "comments": (lines, random) =>
    lines.map((line) => random.chance(40) ? `${line} ${random.pick(["#", "!"])} ${COMMENT}` : line),
  "blank lines": (lines, random) =>
    lines.flatMap((line) => random.chance(30) ? ["", line] : [line]),
  "tabs": (lines) => lines.map((line) => line.replace(/^ */, "\t\t").replace(/ /g, "\t")),
  "trailing blanks": (lines) => lines.map((line) => `${line} \t`),
  "CRLF": (lines) => lines.map((line) => `${line}\r`),
  "no indentation": (lines) => lines.map((line) => line.trim()),
  "quoted words": (lines, random) =>
    lines.map((line) =>
      random.chance(30) ? line.replace(/^(\s*\w+ )([\w./:-]+)$/, '$1"$2"') : line
    ),
  "definitions": defineWords,
  "conditions": (lines, random) =>
    lines.map((line) => isPlain(line) && random.chance(30) ? `@node1 ${line.trim()}` : line),
  "other node": (lines, random) =>
    lines.flatMap((line) =>
      isPlain(line) && random.chance(20)
        ? [`@other ${line.trim()}`, `@^other ${line.trim()}`]
        : [line]
    ),
  "sequences": (lines, random) =>
    lines.flatMap((line) =>
      isPlain(line) && random.chance(10) ? [`~SEQ(n, 1) ${line.trim()}`] : [line]
    ),
  "no final newline": (lines) => lines.at(-1) === "" ? lines.slice(0, -1) : lines,
};

const COMMENT = 'words { } "quoted"';

/** Mistakes. */
const MISTAKES: Readonly<Record<string, Change>> = {
  "line lost": (lines, random) => without(lines, random.below(lines.length)),
  "line twice": (lines, random) => {
    const at = random.below(lines.length);
    return [...lines.slice(0, at + 1), ...lines.slice(at)];
  },
  "lines swapped": (lines, random) => {
    const at = random.below(Math.max(1, lines.length - 1));
    const [first = "", second = ""] = lines.slice(at, at + 2);
    return lines.with(at, second).with(Math.min(at + 1, lines.length - 1), first);
  },
  "word lost": (lines, random) =>
    changeLine(
      lines,
      random,
      (line) => without(line.split(" "), line.split(" ").length - 1).join(" "),
    ),
  "word more": (lines, random) =>
    changeLine(lines, random, (line) => `${line} ${random.pick(WORDS)}`),
  "word other": (lines, random) =>
    changeLine(lines, random, (line) => line.replace(/\S+$/, () => random.pick(WORDS))),
  "keyword misspelt": (lines, random) =>
    changeLine(lines, random, (line) => line.replace(/^(\s*\w)(\w)(\w*)/, "$1$3$2")),
  "closing brace lost": (lines, random) => loseLine(lines, random, /^\s*\}\s*$/),
  "closing brace more": (lines, random) => {
    const at = random.below(lines.length + 1);
    return [...lines.slice(0, at), "}", ...lines.slice(at)];
  },
  "opening brace lost": (lines, random) => changeMatch(lines, random, /\s*\{\s*$/, ""),
  "opening brace more": (lines, random) => changeLine(lines, random, (line) => `${line} {`),
  "quote more": (lines, random) =>
    changeLine(lines, random, (line) => line.replace(/(\S+)$/, '"$1')),
  "file cut": (lines, random) => lines.slice(0, 1 + random.below(lines.length)),
  "keyword alone": (lines, random) =>
    changeLine(lines, random, (line) => line.replace(/^(\s*\S+).*$/, "$1")),
};

const WORDS: readonly [string, ...string[]] = [
  "0",
  "1",
  "255",
  "256",
  "-1",
  "70000",
  "4294967296",
  "1.5",
  "on",
  "off",
  "abc",
  "10.0.0.1",
  "10.0.0.1/24",
  "10.0.0.256",
  "fe80::1",
  "224.0.0.18",
  "eth0",
  "nosuch0",
  "/bin/true",
  "MASTER",
  "NAT",
  "TCP",
  "reverse",
  '"a b"',
  '""',
];

/** `count` variants of the bases: a third written otherwise, the others damaged, some of them also written otherwise. */
export function shapeVariants(
  bases: readonly [Base, ...Base[]],
  { seed, count }: { readonly seed: number; readonly count: number },
): readonly Variant[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => {
    const base = random.pick(bases);
    const names = index % 3 === 0
      ? [pickName(random, LAYOUTS)]
      : index % 3 === 1
      ? [pickName(random, MISTAKES)]
      : [pickName(random, MISTAKES), pickName(random, LAYOUTS)];
    const text = names.reduce(
      (lines, name) => (LAYOUTS[name] ?? MISTAKES[name] ?? ((same) => same))(lines, random),
      (base.files["main.conf"] ?? "").split("\n") as readonly string[],
    ).join("\n");
    const split = random.chance(15);
    return {
      block: base.name,
      keyword: names.join(" and "),
      probe: split ? "included" : "",
      files: { ...base.files, ...(split ? splitText(text) : { "main.conf": text }) },
    };
  });
}

/** The text as a file that includes it. */
function splitText(text: string): Readonly<Record<string, string>> {
  return { "main.conf": "include part.d/*.conf\n", "part.d/one.conf": text };
}

function pickName(random: Random, changes: Readonly<Record<string, Change>>): string {
  const [first = "", ...others] = Object.keys(changes);
  return random.pick([first, ...others]);
}

/** A line with a keyword and its words, without braces, quotes and substitution. */
function isPlain(line: string): boolean {
  return /^\s*[a-z_]+( [^{}"$~@#!\\]+)?$/.test(line) && !/^\s*include/.test(line);
}

function splitBefore(line: string, pattern: RegExp, rest: string): readonly string[] {
  return pattern.test(line) && line.trim() !== rest ? [line.replace(pattern, ""), rest] : [line];
}

function joinCloses(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    if (line.trim() === "}" && before !== undefined && isPlain(before)) {
      joined[joined.length - 1] = `${before} }`;
    } else joined.push(line);
  }
  return joined;
}

function joinOpens(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    if (before !== undefined && /^[^#!"]*\{$/.test(before) && isPlain(line)) {
      joined[joined.length - 1] = `${before} ${line.trim()}`;
    } else joined.push(line);
  }
  return joined;
}

/** Last words of some lines as definitions at the top. */
function defineWords(lines: readonly string[], random: Random): readonly string[] {
  const definitions: string[] = [];
  const changed = lines.map((line) => {
    const match = isPlain(line) ? /^(\s*\S+ )([\w./:-]+)$/.exec(line) : null;
    if (match === null || !random.chance(40)) return line;
    definitions.push(`$W${definitions.length}=${match[2]}`);
    return `${match[1]}\${W${definitions.length - 1}}`;
  });
  return [...definitions, ...changed];
}

function without<T>(items: readonly T[], at: number): readonly T[] {
  return items.toSpliced(at, 1);
}

/** Changes one line that has words and no brace. */
function changeLine(
  lines: readonly string[],
  random: Random,
  change: (line: string) => string,
): readonly string[] {
  const plain = lines.flatMap((line, index) => isPlain(line) ? [index] : []);
  const at = plain[random.below(plain.length)];
  return at === undefined ? lines : lines.with(at, change(lines[at] ?? ""));
}

function changeMatch(
  lines: readonly string[],
  random: Random,
  pattern: RegExp,
  replacement: string,
): readonly string[] {
  const matching = lines.flatMap((line, index) => pattern.test(line) ? [index] : []);
  const at = matching[random.below(matching.length)];
  return at === undefined ? lines : lines.with(at, (lines[at] ?? "").replace(pattern, replacement));
}

function loseLine(lines: readonly string[], random: Random, pattern: RegExp): readonly string[] {
  const matching = lines.flatMap((line, index) => pattern.test(line) ? [index] : []);
  const at = matching[random.below(matching.length)];
  return at === undefined ? lines : without(lines, at);
}
