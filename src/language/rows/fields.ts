/**
 * Rows that own the field they fill, and its default: `weight: integer({ to: "weight", default: 1, … })`. Of such rows nobody has to
 * read the uses: the field is the last value, else the default, which documentation shows as it would be written. A row whose value
 * stands elsewhere in the typed configuration has its default all the same: {@linkcode valueIn}.
 */

import {
  type Bound,
  type Facts,
  lastValue,
  type Table,
  type ValueKeyword,
  type ValueOf,
} from "./table.ts";

/** What a maker of rows is told of the field; `D` is the default: a value of the row, or words about it where no field is. */
export interface Owner<N, D> {
  /** The field it fills; absent: a reader of the block does something with the value. */
  readonly to?: N;
  readonly default?: D;
  /** What is so without the keyword, in words, where no value says it. */
  readonly absent?: string;
}

/** Facts of a row that may own a field. */
export type OwnerFacts<N, D> = Omit<Facts, "default"> & Owner<N, D>;

/** A row with a field, if it names one. */
export type Owning<V, N, D> =
  & ValueKeyword<V>
  & ([N] extends [string] ? { readonly field: { readonly to: N; readonly default: D } }
    : [D] extends [undefined] ? unknown
    : { readonly field: { readonly default: D } });

/** The row with its field, and with its default in words. */
export function owning<V, N, D>(
  row: ValueKeyword<V>,
  facts: OwnerFacts<N, D>,
  show: (value: V | Exclude<D, string | undefined>) => string,
): Owning<V, N, D>;
export function owning<V>(
  row: ValueKeyword<V>,
  { to, default: value, absent }: Owner<string, V | string>,
  show: (value: V) => string,
): ValueKeyword<V> {
  const words = absent ?? inWords(value, show);
  return {
    ...row,
    ...(words !== undefined && { default: words }),
    ...((to !== undefined || value !== undefined) && {
      field: { ...(to !== undefined && { to }), default: value },
    }),
  };
}

function inWords<V>(value: V | string | undefined, show: (value: V) => string): string | undefined {
  if (typeof value === "string") return value;
  return value === undefined ? undefined : show(value);
}

/** The fields that the rows of a table own. Those without a default are there when something is written. */
export type FieldsOf<T> =
  & { readonly [K in keyof T as Always<T[K]>]: ValueOf<T[K]> | DefaultOf<T[K]> }
  & { readonly [K in keyof T as Sometimes<T[K]>]?: ValueOf<T[K]> };

type DefaultOf<K> = K extends { readonly field: { readonly default: infer D } } ? D : never;

type Always<K> = K extends
  { readonly field: { readonly to: infer N extends string; readonly default: infer D } }
  ? [undefined] extends [D] ? never : Named<N>
  : never;

type Sometimes<K> = K extends
  { readonly field: { readonly to: infer N extends string; readonly default: infer D } }
  ? [undefined] extends [D] ? Named<N> : never
  : never;

/** A name that is known: where a table is checked for being one, `string` is inferred of rows that name no field. */
type Named<N extends string> = string extends N ? never : N;

/** Reads the fields that rows own. */
export function fieldsOf<const T extends Table>(table: T, bound: Bound<T>): FieldsOf<T>;
export function fieldsOf(table: Table, bound: Bound<Table>): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const { name, to, normal } of ownersIn(table)) {
    const value = lastValue(bound[name]) ?? normal;
    if (value !== undefined) fields[to] = value;
  }
  return fields;
}

/** The value of a keyword, or the default its row has: for readers that put it where no field of the row's own is. */
export function valueIn<const T extends Table, const K extends keyof T & string>(
  table: T,
  bound: Bound<Pick<T, K>>,
  name: K,
): ValueOf<T[K]> | DefaultOf<T[K]>;
export function valueIn(table: Table, bound: Bound<Table>, name: string): unknown {
  const row = table[name];
  return lastValue(bound[name]) ?? (row?.kind === "value" ? row.field?.default : undefined);
}

/** A row that owns a field. */
interface OwnerRow {
  readonly name: string;
  readonly to: string;
  readonly normal: unknown;
}

/** The rows of a table that own fields; found once. */
function ownersIn(table: Table): readonly OwnerRow[] {
  const known = owners.get(table);
  if (known !== undefined) return known;
  const found = Object.entries(table).flatMap(([name, row]) =>
    row.kind === "value" && row.field?.to !== undefined
      ? [{ name, to: row.field.to, normal: row.field.default }]
      : []
  );
  owners.set(table, found);
  return found;
}

const owners = new WeakMap<Table, readonly OwnerRow[]>();
