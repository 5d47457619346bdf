/**
 * Takes the figures of running nodes of both programs in turn, prints them and writes their section of docs/BENCHMARKS.md. Run by
 * scripts/bench, as root: `main.ts [--rounds N] [--seconds N] [--dry]`, `--dry` to leave the
 * document alone.
 */

import { type Kind, missing } from "../lab/mod.ts";
import { print, setting, writeSection } from "./document.ts";
import { firstAdvert, idle, outageOn } from "./measure.ts";
import { median, nodesSection, ratio, type Row } from "./report.ts";

function option(name: string, otherwise: number): number {
  const index = Deno.args.indexOf(`--${name}`);
  return index < 0 ? otherwise : Number(Deno.args[index + 1]);
}

/**
 * Samples of one quantity, the programs by turns, so that a busy moment of the machine hits both.
 */
async function compare(
  name: string,
  unit: Row["unit"],
  options: { readonly rounds: number; readonly sample: (kind: Kind) => Promise<number> },
): Promise<Row> {
  const samples: Record<Kind, number[]> = { holdfast: [], keepalived: [] };
  for (let round = 0; round < options.rounds; round++) {
    for (const kind of ["holdfast", "keepalived"] as const) {
      samples[kind].push(await options.sample(kind));
    }
  }
  const row = { name, unit, ...samples };
  const [ours, theirs] = [samples.holdfast, samples.keepalived].map((all) =>
    median(all).toFixed(1)
  );
  print(`${name}: holdfast ${ours} ${unit}, keepalived ${theirs} ${unit}, ratio ${ratio(row)}`);
  return row;
}

/** Memory and CPU come from the same run. */
async function compareIdle(
  count: number,
  role: "master" | "backup",
  options: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Row[]> {
  const cpu = new Map<Kind, number[]>([["holdfast", []], ["keepalived", []]]);
  const what = `${role} of ${count} instance${count === 1 ? "" : "s"}`;
  const memory = await compare(`Memory, ${what}`, "MiB", {
    rounds: options.rounds,
    sample: async (kind) => {
      const seen = await idle(kind, { count, role, seconds: options.seconds });
      cpu.get(kind)?.push(seen.cpu);
      return seen.pss / 1024;
    },
  });
  const time = await compare(`CPU, ${what}`, "ms/min", {
    rounds: options.rounds,
    sample: (kind) => Promise.resolve(cpu.get(kind)?.shift() ?? NaN),
  });
  return [memory, time];
}

async function main(): Promise<number> {
  const reason = missing(["keepalived", "tcpdump", "tshark", "busybox"]);
  if (reason !== undefined) {
    print(`No figures can be taken here: ${reason}`);
    return 1;
  }
  const rounds = option("rounds", 5);
  const seconds = option("seconds", 30);
  const rows: Row[] = [];
  for (const loss of ["SIGTERM", "link down"] as const) {
    const sample = (kind: Kind) => outageOn(kind, loss);
    rows.push(await compare(`Outage, ${loss}`, "ms", { rounds, sample }));
  }
  rows.push(await compare("Start to first advert", "ms", { rounds, sample: firstAdvert }));
  for (const count of [1, 200]) {
    for (const role of ["master", "backup"] as const) {
      rows.push(...await compareIdle(count, role, { rounds: Math.min(rounds, 3), seconds }));
    }
  }
  const command = ["scripts/bench", ...Deno.args].join(" ");
  const section = nodesSection(rows, await setting(command, rounds));
  print(`\n${section}`);
  if (!Deno.args.includes("--dry")) await writeSection(section);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
