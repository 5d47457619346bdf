/** `holdfast fmt` for a whole file: the layout of `config/format.ts` with the rows of this program. */

import { formatText } from "../config/format.ts";
import type { Formatted } from "../config/format.ts";
import { ROOT } from "./root_table.ts";

/** Formats the text of a file, read with `decodeText`; `file` is its name in findings. */
export function formatConfig(text: string, file: string): Formatted {
  return formatText(text, { file, table: ROOT });
}
