/**
 * What many virtual servers cost with real IPVS, both programs by turns, in user-mode Linux, where a system call costs more than on a
 * real machine and computing the same. Run by `scripts/bench lvs [SERVICES] [ROUNDS] [--dry]`, which writes the section of
 * docs/BENCHMARKS.md; needs the packages user-mode-linux and keepalived, and root.
 */

import { executable, type Kind, run } from "../lab/mod.ts";
import { print, setting, writeSection } from "./document.ts";
import { lastMoved, lvsFile, tableLines, type Variant } from "./lvs_files.ts";
import { ratio, type Row, type Setting, settingText, table } from "./report.ts";

/** Servers of each service. */
const REAL = 4;

/** Longest time of one run of the machine, seconds. */
const LIMIT = 900;

/** What is measured, in order, by the name it is printed with. */
const FIGURES: readonly (readonly [string, string, Row["unit"]])[] = [
  ["start", "Start until all are in the table", "ms"],
  ["memory", "Memory (RSS), all processes", "MiB"],
  ["weight", "Reload of one weight", "ms"],
  ["moved", "Reload, half of the servers are others", "ms"],
  ["removed", "Reload, half of the services go", "ms"],
  ["added", "Reload, they come back", "ms"],
  ["failed", "All servers fail: until the last is out", "ms"],
  ["stop", "Stop until the table is empty", "ms"],
];

/** Answers at every address of lo. */
const ACCEPT = `import socket
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", 80))
listener.listen(4096)
while True:
    listener.accept()[0].close()
`;

/** The figures of one run. */
async function sample(kind: Kind, services: number): Promise<ReadonlyMap<string, number>> {
  const folder = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  try {
    const write = (name: string, text: string | number) =>
      Deno.writeTextFile(`${folder}/${name}`, `${text}\n`);
    for (const variant of ["base", "weight", "moved", "removed"] as const satisfies Variant[]) {
      await write(`${variant}.conf`, lvsFile(services, REAL, variant));
      await write(`${variant}.lines`, tableLines(services, REAL, variant));
    }
    await write("moved.last", lastMoved(services, REAL));
    await write("failed.lines", services);
    await write("accept.py", ACCEPT);
    await write("program", executable(kind));
    const machine = new URL("./lvs_machine", import.meta.url).pathname;
    const words = ["mem=3G", "rootfstype=hostfs", "root=/dev/root", "hostfs=/", "rw", "quiet"];
    const consoles = ["con=null", "con0=fd:0,fd:1", "ssl=null"];
    const linux = [
      "linux.uml",
      ...words,
      ...consoles,
      `init=${machine}`,
      `HOLDFAST_BENCH=${folder}`,
    ];
    const before = `LD_PRELOAD=${Deno.env.get("LINUX_PRELOAD") ?? ""}`;
    const { stdout } = await run(["env", before, "timeout", String(LIMIT), ...linux], {
      check: false,
    });
    const lines = stdout.matchAll(/^figure (\w+) (\d+)/gm);
    return new Map([...lines].map(([, name = "", value]) => [name, Number(value)]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function section(rows: readonly Row[], services: number, made: Setting): string {
  return `## Many virtual servers

${services} virtual servers with ${REAL} real servers each, TCP_CHECK every 10 s, in user-mode Linux with real IPVS: one processor, and
a system call costs some 60 µs. Each figure is the median of ${made.rounds} samples (lowest to highest). Written by
\`${made.command}\`.

${settingText(made)}

${table(rows)}
`;
}

async function main(): Promise<number> {
  const [services = 500, rounds = 3] = Deno.args.filter((arg) => /^\d+$/.test(arg)).map(Number);
  const samples = new Map(FIGURES.map(([name, text, unit]) => {
    const row = { name: text, unit, holdfast: [] as number[], keepalived: [] as number[] };
    return [name, row] as const;
  }));
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["holdfast", "keepalived"] as const) {
      const figures = await sample(kind, services);
      for (const [name, row] of samples) {
        const value = figures.get(name);
        if (value !== undefined) row[kind].push(row.unit === "MiB" ? value / 1024 : value);
      }
      print(`${kind}: ${[...figures].map((figure) => figure.join(" ")).join(", ")}`);
    }
  }
  const rows = [...samples.values()];
  for (const row of rows) print(`${row.name}: ${ratio(row)}`);
  const command = ["scripts/bench", "lvs", ...Deno.args].join(" ");
  const text = section(rows, services, await setting(command, rounds));
  print(`\n${text}`);
  if (!Deno.args.includes("--dry")) await writeSection(text);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
