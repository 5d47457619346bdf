/** What was worked out of a text, kept for the next line that says the same: large files repeat a few texts. */

/** Texts that are kept: those that repeat come early, and a file of lines that do not shall not keep them all. */
const MAX_KEPT = 8_192;

/** What `workOut` gives of a text, worked out once. */
export function ofText<V>(kept: Map<string, V>, text: string, workOut: (text: string) => V): V {
  const before = kept.get(text);
  if (before !== undefined) return before;
  if (kept.has(text)) return before as V; // it is `undefined` that was worked out
  const found = workOut(text);
  if (kept.size < MAX_KEPT) kept.set(text, found);
  return found;
}
