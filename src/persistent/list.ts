/** A list that grows at its end and is never changed: one with one element more shares all others. */

/** The list; `undefined` when empty. */
export type List<T> = Link<T> | undefined;

interface Link<T> {
  readonly last: T;
  readonly before: List<T>;
}

/** `list` with one element more. */
export function appended<T>(list: List<T>, last: T): List<T> {
  return { last, before: list };
}

/** All elements, the first first. */
export function listed<T>(list: List<T>): readonly T[] {
  const elements: T[] = [];
  for (let link = list; link !== undefined; link = link.before) elements.push(link.last);
  return elements.reverse();
}
