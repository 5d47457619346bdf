/**
 * An array that is never changed: a copy with one element replaced shares all but one chunk with the
 * original. So one event costs the same with 20 and with 20,000 real servers.
 */

/** Elements per chunk: replacing one of 20,000 copies 128 + 157 references. */
const CHUNK = 128;

/** The array. Made by {@linkcode chunkedFrom} only. */
export interface Chunked<T> {
  readonly length: number;
  readonly chunks: readonly (readonly T[])[];
}

/** An array of these elements. */
export function chunkedFrom<T>(elements: readonly T[]): Chunked<T> {
  const chunks: (readonly T[])[] = [];
  for (let at = 0; at < elements.length; at += CHUNK) chunks.push(elements.slice(at, at + CHUNK));
  return { length: elements.length, chunks };
}

/** The element at `index`; `undefined` outside. */
export function elementAt<T>({ chunks }: Chunked<T>, index: number): T | undefined {
  return chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
}

/** `array` with `element` at `index`, which must be inside. */
export function withElement<T>(array: Chunked<T>, index: number, element: T): Chunked<T> {
  const at = Math.floor(index / CHUNK);
  const chunk = array.chunks[at];
  if (chunk === undefined || index >= array.length) {
    throw new RangeError(`Cannot replace element ${index}: there are ${array.length}`);
  }
  return { ...array, chunks: array.chunks.with(at, chunk.with(index % CHUNK, element)) };
}

/** All elements, in order. */
export function elementsOf<T>({ chunks }: Chunked<T>): readonly T[] {
  return chunks.flat();
}
