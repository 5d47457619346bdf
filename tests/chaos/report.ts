/** What came of a run of chaos, for people. */

import type { Done } from "../netns/faults/mod.ts";

/** Something that must not be. */
export interface Violation {
  readonly cluster: string;
  /** That of the round, which brings it back. */
  readonly seed: number;
  /** What was found, what was done, and what the nodes said. */
  readonly story: string;
}

/** How often each kind of fault was injected, in runs without a violation. */
export function countsOf(done: readonly Done[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { step } of done) {
    const what = "what" in step ? ` ${step.what}` : "";
    const kind = `${step.kind}${what}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** The report. */
export function reportText(
  counts: ReadonlyMap<string, number>,
  violations: readonly Violation[],
): string {
  const all = counts.values().reduce((sum, count) => sum + count, 0);
  const rows = [...counts].toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([kind, count]) => `${String(count).padStart(6)}  ${kind}`);
  const found = violations.map(({ cluster, seed, story }) =>
    `\n${cluster}, seed ${seed}: ${
      story.split("\n", 1)[0]
    }\n  again: scripts/chaos --cluster ${cluster} --seed ${seed}`
  );
  return `${all} faults, ${violations.length} violations\n${rows.join("\n")}\n${found.join("\n")}`;
}
