/**
 * Keyword tables: the type of a row. Every keyword stands in exactly one row, from which reading, checking,
 * documentation and completion derive. The rows are in `keywords*.ts` of the parts.
 */

import type { Report } from "../findings/diagnostic.ts";
import type { Line } from "../findings/place.ts";
import type { Word } from "../source/words.ts";

/**
 * Which of two uses of a keyword in one block counts. `first`: keepalived reports the second and passes over it.
 * `last`: it takes the second without a word. `replaced`: it takes the second and reports it. `all`: both count.
 */
export type Twice = "first" | "last" | "replaced" | "all";

/** What is said of a keyword, whatever its kind. */
export interface Facts {
  /** What it does, one sentence. */
  readonly text: string;
  /** Value without the keyword, in words, where it is no constant of the reader. */
  readonly default?: string;
  /** `false`: keepalived acts on it and holdfast does not yet, which every use reports. */
  readonly acts?: boolean;
  /** What a later version acts on it with, such as `SNMP`, which every use reports as coming. */
  readonly comesWith?: string;
  /** Why holdfast has nothing to do for it, which every use is told. */
  readonly moot?: string;
  /** Build option of keepalived it depends on. */
  readonly build?: string;
  /** Where it comes from, when not from keepalived 2.4. */
  readonly source?: "alibaba" | "historic" | "later" | "manual" | "holdfast";
  /** What to write instead; using it is reported. */
  readonly deprecated?: string;
  /** keepalived takes the deprecated word without complaint. */
  readonly tolerated?: boolean;
  /** More words than it takes are reported, or make it unusable; absent: they are passed over. */
  readonly extra?: "reported" | "refused";
  /** Which of two uses counts; absent: `last`, and `all` for blocks. */
  readonly twice?: Twice;
  /** What keepalived does when a word is missing: stop (absent), report it, or pass over it. */
  readonly missing?: "reported" | "accepted";
}

/** Words of a line, and whom to tell what is wrong with them. */
export interface Phrase {
  readonly line: Line;
  readonly words: readonly Word[];
  /** The keyword, or the block when the line is an entry of it; for messages. */
  readonly name: string;
  readonly report: Report;
}

/** Words of a line while they are read; `at` moves. */
export interface Args extends Phrase {
  /** Index of the next word. */
  at: number;
  /** From the row. */
  readonly missing?: "reported" | "accepted" | undefined;
}

/** Reads what follows a keyword; reports and gives `undefined` when it cannot be used. */
export type Reader<V> = (args: Args) => V | undefined;

/** A range of numbers. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What a whole number may be, and what keepalived makes of one that it may not. */
export interface IntegerRule extends Range {
  /**
   * Junk behind a number, such as the `;` of `110;`. `cut`, or absent: keepalived reports it and uses what stands before
   * it, 0 when that is nothing. `refused`: the word counts as out of range.
   */
  readonly junk?: "cut" | "refused";
  /** What counts instead of a value that is refused; absent: the line counts for nothing. */
  readonly instead?: number;
  /** A smaller number counts as this one, which is reported. */
  readonly raised?: number;
}

/** A keyword with words after it. */
export interface ValueKeyword<V> extends Facts {
  readonly kind: "value";
  /** Shape of its words, for documentation. */
  readonly args: string;
  readonly read: Reader<V>;
  /** What its whole number may be. */
  readonly number?: IntegerRule;
  /** Words it can begin with, for completion. */
  readonly values?: readonly string[];
  /** Whether two values are what `twice` is about; absent: any two. What is not is `last`. */
  clash?(earlier: V, later: V): boolean;
  /** What two values are together, for `all`. */
  join?(earlier: V, later: V): V;
  /** Keywords of the same block whose earlier uses it takes back. */
  readonly cancels?: readonly string[];
  /** The field of the typed configuration that its last value fills, if one of its own, and what that is without it (`fields.ts`). */
  readonly field?: { readonly to?: string; readonly default: unknown };
  /** Its value is a command, or `true` for none. */
  readonly command?: boolean;
  /** Its value names an account. */
  readonly account?: boolean;
}

/** A keyword with a block of keywords. */
export interface BlockKeyword<H, T extends Table> extends Facts {
  readonly kind: "block";
  readonly args: string;
  /** Reads the words before the brace; `undefined` skips the block. */
  readonly header: Reader<H>;
  readonly table: T;
  /** A second block goes on where the first ended. */
  readonly merged?: boolean;
  /** Keywords without which the block is reported and left out; `a|b`: one of them. */
  readonly requires?: readonly string[];
  /** Name that must not repeat among its siblings; the second block is reported and skipped. */
  unique?(header: H): string;
  /** What people write without the list it belongs in. */
  readonly bare?: Bare;
}

/** Words that stand alone in a line of a block, where they are meant as entries of one of its lists. */
export interface Bare {
  /** The list's keyword. */
  readonly list: string;
  /** What such a word looks like. */
  readonly like: RegExp;
}

/** A keyword with a block of entries. */
export interface ListKeyword<H, E> extends Facts {
  readonly kind: "list";
  readonly args: string;
  readonly header: Reader<H>;
  /** Shape of an entry, for documentation. */
  readonly entryArgs: string;
  /** Reads one entry, or several words of one line when `inline`. */
  readonly entry: Reader<E>;
  /** An empty block is reported. */
  readonly notEmpty?: boolean;
  /** An entry is one word, and several may share a line. */
  readonly inline?: boolean;
  /** Option words of an entry. */
  readonly options?: Table;
  unique?(header: H): string;
}

/** Another spelling of a keyword of the same table. */
export interface AliasKeyword extends Facts {
  readonly kind: "alias";
  readonly of: string;
}

/** A word people write that keepalived does not know either: reported as unknown, with what is known of it. */
export interface UnknownKeyword extends Facts {
  readonly kind: "unknown";
  /** The right word. */
  readonly instead?: string;
  readonly hint?: string;
}

/** Any row. */
export type Keyword =
  | ValueKeyword<unknown>
  // deno-lint-ignore no-explicit-any -- a table may hold blocks of tables, to any depth
  | BlockKeyword<any, any>
  | ListKeyword<unknown, unknown>
  | AliasKeyword
  | UnknownKeyword;

/** A row that can be used. */
export type UsableKeyword = Exclude<Keyword, AliasKeyword | UnknownKeyword>;

/** Rows of one block, by keyword. */
export interface Table {
  readonly [name: string]: Keyword;
}

/** One use of a keyword that could be read, and its words for findings about the value. */
export interface Use<V> extends Phrase {
  readonly value: V;
}

/** A list of entries, read. */
export interface ListValue<H, E> {
  readonly header: H;
  readonly entries: readonly Use<E>[];
  /** Every entry could be read. */
  readonly complete: boolean;
}

/** What a row's uses give. */
export type ValueOf<K> = K extends ValueKeyword<infer V> ? V
  : K extends BlockKeyword<infer H, infer T> ? { readonly header: H; readonly body: Bound<T> }
  : K extends ListKeyword<infer H, infer E> ? ListValue<H, E>
  : never;

/**
 * A block, read: the uses of each keyword in file order; an empty list where none could be read. Aliases
 * stand under the name they mean.
 */
export type Bound<T> = { readonly [K in keyof T]?: readonly Use<ValueOf<T[K]>>[] };

/** The row of a word in a table, aliases as they stand. */
export function rowOf(table: Table, name: string): Keyword | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The last use, which counts. */
export function lastUse<V>(uses: readonly Use<V>[] | undefined): Use<V> | undefined {
  return uses?.at(-1);
}

/** The value of the last use. */
export function lastValue<V>(uses: readonly Use<V>[] | undefined): V | undefined {
  return uses?.at(-1)?.value;
}

/** The values of all uses. */
export function allValues<V>(uses: readonly Use<V>[] | undefined): readonly V[] {
  return uses?.map((use) => use.value) ?? [];
}
