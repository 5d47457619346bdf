/** The section of docs/BENCHMARKS.md about starts and sizes. Pure. */

import { type Row, type Setting, settingText, table } from "./report.ts";

/** The section; scripts/bench wraps its lines. */
export function startSection(rows: readonly Row[], setting: Setting): string {
  return `## Start and size

By turns. Each figure is the median of ${setting.rounds} samples, of sizes at most 3 (lowest to highest). Written by
\`${setting.command}\`.

${settingText(setting)}

${table(rows)}

**Start to first advert** as above. **Anonymous memory** and **PSS** of all processes of a master of one
instance, guardian included, twelve seconds after its start. PSS counts the pages of the executable and of the core that it has
touched, which the kernel can drop at any time, and those around them that the kernel mapped on the way; a node whose
executable nobody else runs bears all of them. Of the start of a program that does nothing Deno alone takes 13 ms, 10 MiB of
anonymous memory and 34 MiB of PSS.
`;
}
