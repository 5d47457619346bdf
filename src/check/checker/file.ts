/** `FILE_CHECK`: the number in a file that is tracked decides, or is added to the weight. */

import type { TrackerState } from "../../track/tracker.ts";
import type { CheckerConfig } from "../config.ts";
import { GOOD, type Verdict } from "./verdict.ts";

/** The `FILE_CHECK` member of the checker union. */
export type FileChecker = Extract<CheckerConfig, { readonly kind: "file" }>;

/** Judges what the file holds; nothing as long as that is not known. */
export function judgeFile(
  { weight, reverse }: FileChecker,
  state: TrackerState,
): Verdict | undefined {
  if (typeof state !== "number") return undefined;
  if (weight === 0) {
    return (state === 0) !== reverse ? GOOD : { good: false, why: `file has ${state}` };
  }
  return { good: true, added: state * weight * (reverse ? -1 : 1) + 0 };
}
