/** The section of docs/BENCHMARKS.md about reading a configuration. Pure. */

import type { Reading } from "./config_stages.ts";
import { markdownTable, median, type Row, type Setting, settingText, table } from "./report.ts";

/** What was measured beside the rows. */
export interface ConfigFigures {
  readonly setting: Setting;
  /** Starts of the runtime with a program that does nothing, ms. */
  readonly empty: readonly number[];
  /** Readings of one file in one process, in order. */
  readonly readings: readonly Reading[];
  /** Lines of that file. */
  readonly lines: number;
}

/** Lines a second of a reading, by stage. */
function rates({ lines, blocks, values, whole }: Reading, count: number): readonly string[] {
  const rate = (ms: number) => Math.round(count / ms * 1000).toLocaleString("en");
  return [rate(lines), rate(blocks), rate(values), rate(lines + blocks + values), rate(whole)];
}

/** The section; scripts/bench wraps its lines. */
export function configSection(rows: readonly Row[], figures: ConfigFigures): string {
  const { setting, empty, readings, lines } = figures;
  const cells = [
    ["Reading", "lines", "blocks", "values", "these three", "everything"],
    ...readings.map((reading, index) => [`${index + 1}`, ...rates(reading, lines)]),
  ];
  return `## Reading a configuration

\`-t\` of each program as a whole process, by turns: the time until it has ended, and the most memory it
had. Each figure is the median of ${setting.rounds} samples (lowest to highest). Written by
\`${setting.command}\`.

${settingText(setting)}

${table(rows)}

Lines a second of the reader alone, the file of ${
    lines.toLocaleString("en")
  } lines, all threads on one
processor, readings one after the other in one process:

${markdownTable(cells)}

**What bounds it.** Deno takes ${
    median(empty).toFixed(0)
  } ms to start a program that does nothing, which is more
than keepalived takes for a small file: no program on it can be as fast there. The first reading, and \`-t\`
makes no other, runs while V8 is still compiling. And it keeps what keepalived forgets: the place of every
line and word, for findings with a caret, lint, the editor and reloads by difference: about 350 bytes a
line, on top of some 38 MiB that the runtime takes before it has read anything. Whether the lines come from one file
or from 10,000 makes no difference.
`;
}
