/** How a daemon is, for people: a line for each instance, one for the virtual servers, and the warnings. */

import type { InstanceOverview, LatenessOverview, Overview } from "./overview.ts";

/** How it is laid out. */
export interface OverviewLook {
  /** For a terminal. */
  readonly colour: boolean;
  /** What time it is, ms since 1970. */
  readonly nowMs: number;
  /** Reads ISO 8601 as ms since 1970. */
  readonly msOf: (iso: string) => number;
}

/** Ends in a new line. */
export function overviewText(overview: Overview, look: OverviewLook): string {
  const { instances, groups, services, guardian, lateness, warnings } = overview;
  const paint = (code: string, text: string) => look.colour ? `\x1b[${code}m${text}\x1b[0m` : text;
  const rows = instances.map((each) => instanceRow(each, look));
  // The last column is as long as it is.
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    const state = instances[index]?.state ?? "INIT";
    return `  ${cells.map((cell, at) => at === 1 ? paint(COLOUR[state], cell) : cell).join("  ")}`
      .trimEnd();
  });
  const sections = [
    instances.length === 0 ? undefined : `Virtual routers\n${joined(lines)}`,
    groups.length === 0
      ? undefined
      : `Sync groups\n${joined(groups.map(({ name, state }) => `  ${name}  ${state}`))}`,
    services.virtualServers === 0
      ? undefined
      : `Virtual servers: ${services.virtualServers}, ${services.withoutQuorum} without quorum; ` +
        `real servers: ${services.realServers}, ${services.down} down\n`,
    guardian === "not-needed" ? undefined : `Guardian: ${guardian}\n`,
    lateness === undefined ? undefined : latenessText(lateness),
    warnings.length === 0
      ? undefined
      : `Warnings\n${joined(warnings.map((each) => `  ${paint("1;31", "!")} ${each}`))}`,
  ];
  return sections.filter((each) => each !== undefined).join("\n");
}

function latenessText({ worstMs, times, asleepMs }: LatenessOverview): string {
  const slept = asleepMs < 1 ? "" : `; the machine slept for ${duration(asleepMs)}`;
  return `Late: ${worstMs.toFixed(1)} ms at worst, ${times} times more than 20 ms${slept}\n`;
}

/** Of the states; INIT and BACKUP are nothing to look at. */
const COLOUR = { MASTER: "1;32", BACKUP: "0", FAULT: "1;31", INIT: "0" } as const;

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function instanceRow(each: InstanceOverview, { nowMs, msOf }: OverviewLook): readonly string[] {
  const { name, state, since, priority, basePriority, interface: link, vrid, master } = each;
  const of = priority === basePriority ? `${priority}` : `${priority} of ${basePriority}`;
  const heard = master === undefined ? "" : `, master ${master.address} (${master.priority})`;
  const addresses = `${each.addresses} ${each.addresses === 1 ? "address" : "addresses"}`;
  return [
    name,
    state,
    `for ${duration(nowMs - msOf(since))}`,
    `${link === undefined ? "" : `${link} `}${each.family === "inet6" ? "IPv6 " : ""}VRID ${vrid}`,
    `priority ${of}, ${addresses}${heard}`,
  ];
}

/** `3 d 4 h`, `12 min`, `5 s`: the two largest units at most. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}
