/** Commands as dumps show them. */

import type { ScriptCommand } from "../global/config.ts";

/** Each word quoted, then who runs it. */
export function commandText({ argv, user, group }: ScriptCommand): string {
  const words = argv.map((word) => `'${word}'`).join(" ");
  if (user === undefined) return words;
  return `${words}, user ${user}${group === undefined ? "" : ` group ${group}`}`;
}
