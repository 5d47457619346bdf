/**
 * What a start costs and how large a node is that has nothing to do: `scripts/bench start [ROUNDS] [--dry]`, as root. Writes its section of
 * docs/BENCHMARKS.md.
 */

import { type Kind, missing } from "../lab/mod.ts";
import { CONFIG_FILES } from "./config_files.ts";
import { print, setting, writeSection } from "./document.ts";
import { checkOf, firstAdvert, idle } from "./measure.ts";
import { ratio, type Row } from "./report.ts";
import { startSection } from "./start_report.ts";

/** How long a node idles, s, after what it does at its start. */
const IDLE = 4;

/** Each quantity of both programs by turns, so that a busy moment of the machine hits both. */
async function rowsOf(
  rounds: number,
  names: readonly (readonly [name: string, unit: Row["unit"]])[],
  sample: (kind: Kind) => Promise<readonly number[]>,
): Promise<readonly Row[]> {
  const rows = names.map(([name, unit]) => ({ name, unit, holdfast: [], keepalived: [] } as Taken));
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["holdfast", "keepalived"] as const) {
      const taken = await sample(kind);
      rows.forEach((row, n) => row[kind].push(taken[n] ?? NaN));
    }
  }
  for (const row of rows) print(`${row.name}: ${ratio(row)}`);
  return rows;
}

interface Taken extends Row {
  readonly holdfast: number[];
  readonly keepalived: number[];
}

async function main(): Promise<number> {
  const reason = missing(["keepalived", "tcpdump"]);
  if (reason !== undefined) {
    print(`No figures can be taken here: ${reason}`);
    return 1;
  }
  const rounds = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? 9);
  const folder = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  const rows: Row[] = [];
  try {
    for (const [name, text] of CONFIG_FILES) {
      const file = `${folder}/${name.replace(/\W/g, "-")}.conf`;
      await Deno.writeTextFile(file, text);
      const sample = async (kind: Kind) => {
        const { wall, cpu } = await checkOf(kind, file);
        return [wall, cpu];
      };
      const names = [[`-t of ${name}`, "ms"], [`the same, processor time`, "ms"]] as const;
      rows.push(...await rowsOf(rounds, names, sample));
    }
    const start = async (kind: Kind) => [await firstAdvert(kind)];
    rows.push(...await rowsOf(rounds, [["Start to first advert", "ms"]], start));
    const size = async (kind: Kind) => {
      const { pss, anonymous } = await idle(kind, { count: 1, role: "master", seconds: IDLE });
      return [anonymous / 1024, pss / 1024];
    };
    const names = [["Anonymous memory", "MiB"], ["Memory (PSS)", "MiB"]] as const;
    rows.push(...await rowsOf(Math.min(rounds, 3), names, size));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const section = startSection(
    rows,
    await setting(["scripts/bench", "start", ...Deno.args].join(" "), rounds),
  );
  print(`\n${section}`);
  if (!Deno.args.includes("--dry")) await writeSection(section);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
