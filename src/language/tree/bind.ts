/** From blocks to values: every line is read by the reader of its row. */

import { complainOfLine } from "../rows/args.ts";
import type { Report, Status } from "../findings/diagnostic.ts";
import type { ScriptWords } from "../rows/script.ts";
import { placeAt, widthBetween } from "../findings/place.ts";
import type {
  Args,
  BlockKeyword,
  Bound,
  ListKeyword,
  Table,
  UsableKeyword,
  Use,
} from "../rows/table.ts";
import type { Node } from "./tree.ts";
import { cancel, isPassedOver, settle } from "./twice.ts";

/** Where a reading tells what it finds. */
export interface BindContext {
  readonly report: Report;
  /** Told of every command, in file order. */
  readonly command?: (use: Use<ScriptWords>) => void;
  /** Told of every account. */
  readonly account?: (use: Use<Pick<ScriptWords, "user" | "group">>) => void;
}

/** Reads the lines of a block; the table is the one the tree was built with. */
export function bindTable<const T extends Table>(
  nodes: readonly Node[],
  _table: T,
  context: BindContext,
): Bound<T> {
  return bindNodes(nodes, context) as Bound<T>;
}

type AnyUses = Record<string, Use<unknown>[]>;

/** Adds the uses in a block to those before, of the blocks that it continues. */
function bindNodes(
  nodes: readonly Node[],
  context: BindContext,
  // Its keys are names of rows, and none of them is a property that every object has (keyword_list_test.ts).
  uses: AnyUses = {},
): AnyUses {
  const names = new Map<string, Set<string>>();
  for (const node of nodes) {
    const { row } = node;
    if (row === undefined) continue;
    if (row.kind === "value" && hasOpenQuote(node)) {
      tellOfLostValue(node, row, context.report);
      continue;
    }
    // Without a use that could be read the list is there all the same, and empty: something was said.
    const earlier = uses[node.name] ??= NO_USES;
    const use = useOf(node, row, { earlier: earlier.at(-1), names, context });
    if (use === undefined) continue;
    cancel(uses, row, use);
    // A list of its size: most keywords are used once, and room to grow would be kept for each.
    if (earlier.length === 0) uses[node.name] = [use];
    else earlier.push(use);
  }
  return uses;
}

/** Never added to. */
const NO_USES: Use<unknown>[] = [];

/** What a line says, when it can be used. */
function useOf(
  node: Node,
  row: UsableKeyword,
  { earlier, names, context }: {
    /** The last use of the keyword before, in this block. */
    readonly earlier: Use<unknown> | undefined;
    /** Names of the blocks before, by keyword. */
    readonly names: Map<string, Set<string>>;
    readonly context: BindContext;
  },
): Use<unknown> | undefined {
  const { line, words } = node;
  const { report } = context;
  const args: Args = {
    line,
    words,
    at: 1,
    name: words[0]?.text ?? node.name,
    report,
    missing: row.missing,
  };
  if (earlier !== undefined && isPassedOver(row, args)) return undefined;
  const value = row.kind === "value"
    ? row.read(args)
    : bindBlock(node, row, { args, seen: names, context, earlier });
  if (value === undefined) return undefined;
  const extra = args.at < words.length;
  if (extra) noteExtraWords(args, isPlain(row) && row.extra === undefined ? undefined : "general");
  if (extra && row.extra === "refused") return undefined;
  const use = settled(row, earlier, { line, words, name: args.name, report, value });
  if (use === undefined) return undefined;
  if (row.kind === "value" && row.command === true && value !== true) {
    context.command?.(use as Use<ScriptWords>);
  }
  if (row.kind === "value" && row.account === true) {
    context.account?.(use as Use<Pick<ScriptWords, "user" | "group">>);
  }
  return use;
}

function settled(
  row: UsableKeyword,
  earlier: Use<unknown> | undefined,
  use: Use<unknown>,
): Use<unknown> | undefined {
  if (earlier === undefined || (row.kind !== "value" && row.twice === undefined)) return use;
  return settle(row, earlier, use);
}

/** keepalived: tells of words behind the name of a block, and behind that of a list. */
function isPlain(row: UsableKeyword): boolean {
  return row.kind === "value" || (row.kind === "block" && row.args === "");
}

/** A value whose quote is not closed is dropped; that was reported when the line was read. */
function hasOpenQuote({ line: { text } }: Node): boolean {
  return text.includes('"') && text.split('"').length % 2 === 0;
}

/** A keyword that lacks its word because of the quote: with that nobody starts. */
function tellOfLostValue(
  { line, words }: Node,
  row: Extract<UsableKeyword, { readonly kind: "value" }>,
  report: Report,
): void {
  let stops = false;
  const name = words[0]?.text ?? "";
  const listen: Report = (_place, _length, { status }) => {
    if (status === "missing-word") stops = true;
  };
  row.read({ line, words, at: 1, name, report: listen, missing: row.missing });
  if (!stops || row.command === true) return; // a command without its quote is passed over
  report(placeAt(line, line.text.lastIndexOf('"')), 1, {
    severity: "error",
    code: "unterminated-quote",
    message: `Cannot find the closing " of this quote, in which the value of ${name} is lost`,
    status: "missing-word",
  });
}

function namesOf(seen: Map<string, Set<string>>, name: string): Set<string> {
  const known = seen.get(name) ?? new Set();
  seen.set(name, known);
  return known;
}

function bindBlock(
  node: Node,
  row: BlockKeyword<unknown, Table> | ListKeyword<unknown, unknown>,
  { args, seen, context, earlier }: {
    readonly args: Args;
    /** The block of this keyword before. */
    readonly earlier: Use<unknown> | undefined;
    /** Names of the blocks before, by keyword. */
    readonly seen: Map<string, Set<string>>;
    readonly context: BindContext;
  },
): unknown {
  const header = row.header(args);
  if (header === undefined) return bindLeftOut(node, row, args);
  const name = row.unique?.(header);
  if (name !== undefined) {
    const names = namesOf(seen, node.name);
    if (names.has(name)) {
      complainOfLine(args, {
        severity: "error",
        code: "duplicate-name",
        message:
          `Cannot use ${args.name} ${name} again: the first one counts, this block is left out`,
        status: "general",
      });
      return bindLeftOut(node, row, args);
    }
    names.add(name);
  }
  if (row.kind === "block") {
    const before = row.merged === true ? earlier?.value as { readonly body: AnyUses } : undefined;
    const body = bindNodes(node.children, context, before?.body);
    return hasRequired(row.requires ?? [], body, args) ? { header, body } : undefined;
  }
  const entries = node.children.flatMap((child) => bindEntry(child, row, args));
  if (row.notEmpty === true && entries.length === 0) {
    complainOfLine(args, {
      severity: "warning",
      code: "incomplete",
      message: `Cannot find an entry in ${args.name}`,
      status: "general",
      about: { kind: "missing", keywords: [node.name] },
    });
  }
  return { header, entries, complete: entries.length >= node.children.length };
}

/**
 * Reads a block that is left out, for what is wrong in it. keepalived: passes over it, so nothing in it has a status,
 * and none of its commands is looked for.
 */
function bindLeftOut(
  node: Node,
  row: BlockKeyword<unknown, Table> | ListKeyword<unknown, unknown>,
  args: Args,
): undefined {
  const report: Report = (place, length, finding) =>
    args.report(place, length, { ...finding, status: undefined });
  if (row.kind === "block") bindNodes(node.children, { report });
  else for (const child of node.children) bindEntry(child, row, { ...args, report });
}

/** Whether a block has what it cannot do without; the first thing missing is reported. */
function hasRequired(required: readonly string[], body: AnyUses, args: Args): boolean {
  const missing = required.find((names) => !names.split("|").some((name) => name in body));
  if (missing === undefined) return true;
  const name = args.words[args.at - 1]?.text;
  const block = args.at > 1 && name !== undefined ? `${args.name} ${name}` : args.name;
  complainOfLine(args, {
    severity: "error",
    code: "incomplete",
    message: `Cannot use ${block}: it has no ${missing.replaceAll("|", " or ")}`,
    status: "general",
    about: { kind: "missing", keywords: missing.split("|") },
  });
  return false;
}

function bindEntry(
  node: Node,
  row: ListKeyword<unknown, unknown>,
  block: Args,
): readonly Use<unknown>[] {
  const { line, words } = node;
  const { name, report } = block;
  const uses: Use<unknown>[] = [];
  const args: Args = { line, words, at: 0, name, report };
  while (args.at < words.length) {
    const before = args.at;
    const value = row.entry(args);
    if (value !== undefined) {
      uses.push({ line, words: words.slice(before, args.at), name, report, value });
    }
    if (row.inline !== true || value === undefined || args.at === before) break;
  }
  if (uses.length > 0) noteExtraWords(args, undefined);
  return uses;
}

/** keepalived passes over words that nobody reads. They are not printed: one may be a password. */
function noteExtraWords(args: Args, status: Status | undefined): void {
  const word = args.words[args.at];
  const last = args.words.at(-1);
  if (word === undefined || last === undefined) return;
  args.report(
    placeAt(args.line, word.start),
    widthBetween(args.line, word.start, last.end),
    {
      severity: "warning",
      code: "extra-word",
      message: `Cannot use what stands after the value of ${args.name}: it is ignored`,
      status,
    },
  );
}
