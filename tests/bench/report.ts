/** Medians, ratios and the table of docs/BENCHMARKS.md. Pure. */

/** One row: the same quantity of both programs, every sample. */
export interface Row {
  readonly name: string;
  readonly unit: "ms" | "MiB" | "ms/min";
  readonly holdfast: readonly number[];
  readonly keepalived: readonly number[];
}

/** What the figures depend on. */
export interface Setting {
  readonly date: string;
  readonly machine: string;
  readonly kernel: string;
  readonly holdfast: string;
  readonly keepalived: string;
  readonly command: string;
  readonly rounds: number;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

function figure(samples: readonly number[], unit: Row["unit"]): string {
  const round = (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
  const spread = `${round(Math.min(...samples))} to ${round(Math.max(...samples))}`;
  return `${round(median(samples))} ${unit} (${spread})`;
}

/** Holdfast's median by keepalived's: below 1 is less. */
export function ratio(row: Row): string {
  const value = median(row.holdfast) / median(row.keepalived);
  return Number.isFinite(value) ? `${value.toFixed(2)} x` : "none";
}

/** The whole of docs/BENCHMARKS.md; scripts/bench wraps its lines. */
export function markdown(rows: readonly Row[], setting: Setting): string {
  const cells = [
    ["What", "holdfast", "keepalived", "ratio"],
    ...rows.map((row) => [
      row.name,
      figure(row.holdfast, row.unit),
      figure(row.keepalived, row.unit),
      ratio(row),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((n) => Math.max(...cells.map((row) => (row[n] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [heading = [], ...body] = cells;
  return `# Benchmarks

Side by side with Debian's keepalived, in one run, in network namespaces of one machine. Each figure is
the median of ${setting.rounds} samples, of idling at most 3 (lowest to highest); the ratio is holdfast's by keepalived's, so below 1 is
less. Written by \`${setting.command}\`.

- Date: ${setting.date}
- Machine: ${setting.machine}
- Kernel: ${setting.kernel}
- holdfast: ${setting.holdfast}
- keepalived: ${setting.keepalived}

${[line(heading), rule, ...body.map(line)].join("\n")}

How each is taken (\`tests/bench/measure.ts\`):

- **Outage**: a client asks a web server behind the virtual address every 5 ms over new connections;
  the longest time without an answer. VRRPv2, one second, priorities 100 and 97 as in seed 004: the
  protocol itself takes 0.62 s (skew) after a farewell and up to 3.62 s without one.
- **Start to first advert**: from the start of the program to its first advert on the wire, for an
  address owner (priority 255), which need not wait.
- **Memory**: the proportional set sizes (PSS) of all processes of the node added up. What a node
  shares with other programs of the machine counts in part, so other Deno programs make ours look smaller;
  the one that measures runs from a copy of Deno.
- **CPU**: the processor time of all its threads while nothing happens but the protocol, for one minute.
`;
}
