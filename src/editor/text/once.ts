/** Values that are computed when they are first asked for, and kept. */

/** Gives what `compute` gives, which is called at most once. */
export function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}
