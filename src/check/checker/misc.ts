/** `MISC_CHECK`: the exit code of a command decides (cli.tsv, "misc_check result"). */

import { GOOD, type Verdict } from "./verdict.ts";

/**
 * Judges an exit code; `undefined` for a command that was ended by a signal or its timeout, or could not
 * be run. 0 is good. With `misc_dynamic` 1 is bad and 2 to 255 are good with a weight of code − 2; without
 * it all but 0 are bad.
 */
export function judgeMisc(dynamic: boolean, code: number | undefined): Verdict {
  if (code === undefined) return { good: false, why: "ended by a signal or its timeout" };
  if (code === 0) return GOOD;
  if (!dynamic || code === 1) return { good: false, why: `exit code ${code}` };
  return { good: true, weight: code - 2 };
}
