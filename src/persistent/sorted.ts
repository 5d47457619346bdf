/**
 * A map in the order of its keys: a weight-balanced tree (Adams 1993, with the parameters of Hirai and Yamamoto 2011). Looking
 * up, adding and removing one of n entries costs O(log n), and so does asking for the first. Which entries it holds decides
 * what it gives, never how it came to hold them.
 */

/** Below 0: `a` comes first; 0: the same key. */
export type Compare<K> = (a: K, b: K) => number;

/** The map. Made by {@linkcode emptySorted} and changed by the functions of this file only. */
export interface Sorted<K, V> {
  readonly compare: Compare<K>;
  readonly root: Node<K, V> | undefined;
}

interface Node<K, V> {
  readonly key: K;
  readonly value: V;
  /** Entries of this node and below. */
  readonly size: number;
  readonly left: Tree<K, V>;
  readonly right: Tree<K, V>;
}

type Tree<K, V> = Node<K, V> | undefined;

/** Ascending numbers. */
export function byNumber(a: number, b: number): number {
  return a - b;
}

/** Texts by their UTF-16 units. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A map without entries. */
export function emptySorted<K, V>(compare: Compare<K>): Sorted<K, V> {
  return { compare, root: undefined };
}

/** A map of these entries; of equal keys the last counts. */
export function sortedFrom<K, V>(
  compare: Compare<K>,
  entries: Iterable<readonly [K, V]>,
): Sorted<K, V> {
  let map = emptySorted<K, V>(compare);
  for (const [key, value] of entries) map = withEntry(map, key, value);
  return map;
}

/** How many entries there are. */
export function sizeOf<K, V>({ root }: Sorted<K, V>): number {
  return weight(root);
}

/** The value of `key`, if it is there. */
export function valueOf<K, V>({ compare, root }: Sorted<K, V>, key: K): V | undefined {
  let node = root;
  while (node !== undefined) {
    const order = compare(key, node.key);
    if (order === 0) return node.value;
    node = order < 0 ? node.left : node.right;
  }
  return undefined;
}

/** The first entry whose key does not come before `from`; without one the first of all. */
export function firstOf<K, V>(
  { compare, root }: Sorted<K, V>,
  from?: K,
): readonly [key: K, value: V] | undefined {
  let found: Tree<K, V>;
  for (let node = root; node !== undefined;) {
    if (from === undefined || compare(from, node.key) <= 0) {
      found = node;
      node = node.left;
    } else node = node.right;
  }
  return found && [found.key, found.value];
}

/** `map` with `value` for `key`; the same map when it has that already. */
export function withEntry<K, V>(map: Sorted<K, V>, key: K, value: V): Sorted<K, V> {
  const root = put(map.root, { key, value }, map.compare);
  return root === map.root ? map : { ...map, root };
}

/** `map` with all of these; of equal keys the last counts; the same map when it has them. Many are entered at the cost of going through all there are once. */
export function withEntries<K, V>(
  map: Sorted<K, V>,
  entries: readonly (readonly [K, V])[],
): Sorted<K, V> {
  if (entries.length < Math.max(16, sizeOf(map) / 8)) {
    return entries.reduce((so, [key, value]) => withEntry(so, key, value), map);
  }
  if (entries.every(([key, value]) => valueOf(map, key) === value)) return map;
  const { compare } = map;
  const added = entries.toSorted(([a], [b]) => compare(a, b))
    .filter(([key], at, all) => {
      const next = all[at + 1];
      return next === undefined || compare(key, next[0]) !== 0;
    });
  const merged: (readonly [K, V])[] = [];
  let at = 0;
  for (const entry of sortedEntries(map)) {
    for (let next = added[at]; next !== undefined && compare(next[0], entry[0]) < 0;) {
      merged.push(next);
      at += 1;
      next = added[at];
    }
    const same = added[at];
    if (same !== undefined && compare(same[0], entry[0]) === 0) {
      merged.push(same);
      at += 1;
    } else merged.push(entry);
  }
  merged.push(...added.slice(at));
  return { compare, root: built(merged, 0, merged.length) };
}

/** A tree of entries in order: as many on one side as on the other. */
function built<K, V>(
  entries: readonly (readonly [K, V])[],
  from: number,
  to: number,
): Tree<K, V> {
  const middle = (from + to) >> 1;
  const entry = entries[middle];
  if (from >= to || entry === undefined) return undefined;
  const [key, value] = entry;
  return join(built(entries, from, middle), { key, value }, built(entries, middle + 1, to));
}

/** `map` without `key`; the same map when it does not have it. */
export function withoutKey<K, V>(map: Sorted<K, V>, key: K): Sorted<K, V> {
  const root = drop(map.root, key, map.compare);
  return root === map.root ? map : { ...map, root };
}

/** All entries, in the order of their keys. */
export function sortedEntries<K, V>({ root }: Sorted<K, V>): readonly (readonly [K, V])[] {
  const entries: (readonly [K, V])[] = [];
  walk(root, (node) => entries.push([node.key, node.value]));
  return entries;
}

/** All values, in the order of their keys. */
export function sortedValues<K, V>({ root }: Sorted<K, V>): readonly V[] {
  const values: V[] = [];
  walk(root, (node) => values.push(node.value));
  return values;
}

function walk<K, V>(tree: Tree<K, V>, visit: (node: Node<K, V>) => void): void {
  for (let node = tree; node !== undefined; node = node.right) {
    walk(node.left, visit);
    visit(node);
  }
}

function put<K, V>(
  tree: Tree<K, V>,
  entry: Pick<Node<K, V>, "key" | "value">,
  compare: Compare<K>,
): Node<K, V> {
  if (tree === undefined) return join(undefined, entry, undefined);
  const order = compare(entry.key, tree.key);
  if (order === 0) return entry.value === tree.value ? tree : { ...tree, ...entry };
  if (order < 0) {
    const left = put(tree.left, entry, compare);
    return left === tree.left ? tree : balanced(left, tree, tree.right);
  }
  const right = put(tree.right, entry, compare);
  return right === tree.right ? tree : balanced(tree.left, tree, right);
}

function drop<K, V>(tree: Tree<K, V>, key: K, compare: Compare<K>): Tree<K, V> {
  if (tree === undefined) return undefined;
  const order = compare(key, tree.key);
  if (order < 0) {
    const left = drop(tree.left, key, compare);
    return left === tree.left ? tree : balanced(left, tree, tree.right);
  }
  if (order > 0) {
    const right = drop(tree.right, key, compare);
    return right === tree.right ? tree : balanced(tree.left, tree, right);
  }
  const next = first(tree.right);
  return next === undefined ? tree.left : balanced(tree.left, next, withoutFirst(tree.right));
}

function first<K, V>(tree: Tree<K, V>): Tree<K, V> {
  let node = tree;
  while (node?.left !== undefined) node = node.left;
  return node;
}

function withoutFirst<K, V>(tree: Tree<K, V>): Tree<K, V> {
  if (tree?.left === undefined) return tree?.right;
  return balanced(withoutFirst(tree.left), tree, tree.right);
}

/** Neither side may outweigh the other more than this many times. */
const DELTA = 3;
/** The heavier side is turned twice when its inner half outweighs the outer this many times. */
const GAMMA = 2;

/** A node of two sides that were in balance before one of them gained or lost one entry. */
function balanced<K, V>(
  left: Tree<K, V>,
  middle: Pick<Node<K, V>, "key" | "value">,
  right: Tree<K, V>,
): Node<K, V> {
  const [lighter, heavier] = [weight(left) + 1, weight(right) + 1];
  if (right !== undefined && heavier > DELTA * lighter) {
    const { left: inner, right: outer } = right;
    if (inner === undefined || weight(inner) + 1 < GAMMA * (weight(outer) + 1)) {
      return join(join(left, middle, inner), right, outer);
    }
    return join(join(left, middle, inner.left), inner, join(inner.right, right, outer));
  }
  if (left !== undefined && lighter > DELTA * heavier) {
    const { left: outer, right: inner } = left;
    if (inner === undefined || weight(inner) + 1 < GAMMA * (weight(outer) + 1)) {
      return join(outer, left, join(inner, middle, right));
    }
    return join(join(outer, left, inner.left), inner, join(inner.right, middle, right));
  }
  return join(left, middle, right);
}

function join<K, V>(
  left: Tree<K, V>,
  { key, value }: Pick<Node<K, V>, "key" | "value">,
  right: Tree<K, V>,
): Node<K, V> {
  return { key, value, size: weight(left) + weight(right) + 1, left, right };
}

function weight<K, V>(tree: Tree<K, V>): number {
  return tree === undefined ? 0 : tree.size;
}
