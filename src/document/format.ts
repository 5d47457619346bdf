/** `holdfast fmt` for a whole file: the layout of `language/format/format.ts` with the rows of this program. */

import { formatText } from "../language/format/format.ts";
import type { Formatted } from "../language/format/format.ts";
import { ROOT } from "./table/root_table.ts";

/** Formats the text of a file, read with `decodeText`; `file` is its name in findings. */
export function formatConfig(text: string, file: string): Formatted {
  return formatText(text, { file, table: ROOT });
}
