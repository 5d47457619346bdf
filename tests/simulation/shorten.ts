/** A story without all that is not needed for it to fail. */

import type { Story } from "./story.ts";

/** Leaves out acts, first many, then fewer at a time, as long as `fails` says so of what remains. */
export function shortened(story: Story, fails: (story: Story) => boolean): Story {
  let { acts } = story;
  const isSo = (fewer: Story["acts"]) => isWhole(fewer) && fails({ ...story, acts: fewer });
  for (let size = acts.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < acts.length;) {
      const fewer = acts.toSpliced(at, size);
      if (isSo(fewer)) acts = fewer;
      else at += size;
    }
  }
  return { ...story, acts };
}

/** Whoever reloads alone reads what stands under the law that is in force. */
function isWhole(acts: Story["acts"]): boolean {
  let law = 0;
  return acts.every((act) => {
    if (act.kind === "law") law = act.number;
    return act.kind !== "reload" || act.under === law;
  });
}
