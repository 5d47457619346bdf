/** keepalived's dump on SIGUSR1 as objects: blocks of lines `key = value`, and lists under a key. */

/** One object of the dump, such as an instance or a real server. */
export interface DumpBlock {
  /** Section: `VRRP Topology`. */
  readonly section: string;
  /** First line: `VRRP Instance = V`. */
  readonly title: string;
  readonly values: Readonly<Record<string, string>>;
  /** Lines under a key that ends with a colon, or that are deeper. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  /** Lines of other forms. */
  readonly lines: readonly string[];
}

/** Blocks in order of the dump. */
export function parseDump(text: string): readonly DumpBlock[] {
  const blocks: Draft[] = [];
  let section = "";
  let marked = false;
  for (const line of text.split("\n")) {
    const heading = /^( ?| {3})------< (.*) >------$/.exec(line);
    if (heading !== null) {
      if (heading[1] === "") section = heading[2] ?? "";
      marked = heading[1] === "   ";
      continue;
    }
    if (/^ \S/.test(line) || marked) {
      blocks.push({ section, title: line.trim(), values: {}, lists: {}, lines: [], list: "" });
      marked = false;
      continue;
    }
    const block = blocks.at(-1);
    if (block !== undefined) readLine(block, line);
  }
  return blocks;
}

interface Draft {
  readonly section: string;
  readonly title: string;
  readonly values: Record<string, string>;
  readonly lists: Record<string, string[]>;
  readonly lines: string[];
  /** Key of the list being read. */
  list: string;
}

function readLine(block: Draft, line: string): void {
  const text = line.trim();
  if (/^ {5}/.test(line)) {
    (block.lists[block.list] ??= []).push(text);
    return;
  }
  const match = /^(.*?) = (.*)$/.exec(text) ?? /^(.*?) *: (.*)$/.exec(text);
  block.lines.push(text);
  block.list = match?.[1] === "Checked url"
    ? text
    : match?.[1] ?? text.replace(/ *(\(\d+\))?:$/, "");
  if (match?.[1] !== undefined && match[2] !== undefined) block.values[match[1]] = match[2].trim();
}
