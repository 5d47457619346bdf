/** Medians, ratios and the tables of docs/BENCHMARKS.md. Pure. */

/** One row: the same quantity of both programs, every sample. */
export interface Row {
  readonly name: string;
  readonly unit: "ms" | "MiB" | "ms/min" | "µs";
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

/** Rows as a table. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ["What", "holdfast", "keepalived", "ratio"],
    ...rows.map((row) => [
      row.name,
      figure(row.holdfast, row.unit),
      figure(row.keepalived, row.unit),
      ratio(row),
    ]),
  ];
  return markdownTable(cells);
}

/** Cells as a table; the first row is the heading. */
export function markdownTable(cells: readonly (readonly string[])[]): string {
  const [heading = [], ...body] = cells;
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  return [line(heading), line(heading.map(() => "---")), ...body.map(line)].join("\n");
}

/** What the figures of a section depend on. */
export function settingText(setting: Setting): string {
  return `- Date: ${setting.date}
- Machine: ${setting.machine}
- Kernel: ${setting.kernel}
- holdfast: ${setting.holdfast}
- keepalived: ${setting.keepalived}`;
}

/** The section about running nodes; scripts/bench wraps its lines. */
export function nodesSection(rows: readonly Row[], setting: Setting): string {
  return `## Running nodes

In network namespaces of one machine. Each figure is the median of ${setting.rounds} samples, of idling at
most 3 (lowest to highest). Written by \`${setting.command}\`.

${settingText(setting)}

${table(rows)}

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

/** The section about checks; scripts/bench wraps its lines. */
export function probesSection(rows: readonly Row[], setting: Setting): string {
  return `## Checks

Processor time for one check of a server that is as it was, with 5,000 servers on one host, each looked at
once a second. Each figure is the median of ${setting.rounds} samples (lowest to highest). Written by \`${setting.command}\`.

${settingText(setting)}

${table(rows)}

How it is taken (\`tests/bench/probes.ts\`): 5,000 addresses of 127.0.0.0/8 lead to one nginx, which counts what it
accepts; the processor time of all threads and processes of the checker, which has what the kernel does for its own end of
a connection in it, is divided by that count. keepalived runs with a stand-in for IPVS, holdfast as its LVS part with its core.
`;
}
