/**
 * What a check costs: processor time for each probe of 5,000 a second that find their servers as they were, of both programs by turns.
 * Run by `scripts/bench probes`, as root: `probes.ts [--rounds N] [--seconds N] [--dry]`.
 */

import { startKeepalived } from "../checkers/mod.ts";
import { type Kind, Lab, missing, pause, type Program, run, until } from "../lab/mod.ts";
import { cpuTime } from "./cpu_clock.ts";
import { print, setting, writeSection } from "./document.ts";
import { median, probesSection, ratio, type Row } from "./report.ts";

/** Real servers, each looked at once a second. */
const SERVERS = 5000;

const KINDS = {
  "TCP_CHECK": "TCP_CHECK {\n connect_port 8000\n }",
  "HTTP_GET": "HTTP_GET {\n connect_port 8000\n url {\n path /\n status_code 200\n }\n }",
} as const;

type CheckKind = keyof typeof KINDS;

/** All addresses of 127.0.0.0/8 are this host's, so each server has one of its own. */
function config(check: CheckKind): string {
  const servers = Array.from(
    { length: SERVERS },
    (_, n) => `real_server 127.1.${n >> 8}.${n & 255} 80 {\n ${KINDS[check]}\n}\n`,
  );
  return `virtual_server 10.0.0.1 80 {
delay_loop 1
lb_algo rr
lb_kind NAT
protocol TCP
${servers.join("")}}
`;
}

/** Answers everybody as quickly as can be; says how often it was asked. */
async function startServer(lab: Lab): Promise<Program> {
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const path = await lab.file(
    "nginx.conf",
    `daemon off;
user root;
worker_processes 1;
error_log stderr crit;
pid ${lab.dir}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  ${folders.map((name) => `${name}_temp_path ${lab.dir}/${name};`).join("\n  ")}
  server {
    listen 8000 backlog=4096;
    location = / { return 200 "here\\n"; }
    location = /count { stub_status; }
  }
}
`,
  );
  const server = lab.start("node", ["nginx", "-e", "stderr", "-c", path], { name: "nginx" });
  await until("nginx answers", async () => (await accepted(lab)) !== undefined);
  return server;
}

/** Connections the server has accepted so far. */
async function accepted(lab: Lab): Promise<number | undefined> {
  const argv = ["curl", "-s", "http://127.0.0.1:8000/count"];
  const { stdout } = await lab.run("node", argv, { check: false });
  const count = /\n\s*(\d+) \d+ \d+/.exec(stdout)?.[1];
  return count === undefined ? undefined : Number(count);
}

async function start(lab: Lab, kind: Kind, check: CheckKind): Promise<Program> {
  if (kind === "keepalived") return await startKeepalived(lab, "node", config(check));
  const path = await lab.file("ours.conf", config(check));
  const node = new URL("../checkers/checker_node.ts", import.meta.url).pathname;
  return lab.start("node", [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    "--cached-only",
    node,
    path,
  ], {
    name: "holdfast's checkers",
  });
}

/** A process and its children. */
async function family(pid: number): Promise<readonly number[]> {
  const { stdout } = await run(["ps", "-o", "pid=", "--ppid", String(pid)], { check: false });
  return [pid, ...stdout.split("\n").map(Number).filter((child) => child > 0)];
}

/** µs of processor time for each probe, over some seconds in which nothing changes. */
async function perProbe(kind: Kind, check: CheckKind, seconds: number): Promise<number> {
  await using lab = await Lab.create({ node: { links: {} } });
  await startServer(lab);
  const program = await start(lab, kind, check);
  const begun = await accepted(lab) ?? 0;
  await until(
    "every server was asked three times",
    async () => (await accepted(lab) ?? 0) - begun > 3 * SERVERS,
    { limit: 60_000 },
  );
  const pids = await family(program.pid);
  const [before, from] = [await accepted(lab) ?? 0, cpuTime(pids)];
  await pause(seconds * 1000);
  const [after, to] = [await accepted(lab) ?? 0, cpuTime(pids)];
  const probes = after - before;
  print(`  ${kind} ${check}: ${Math.round(probes / seconds)} probes a second`);
  return (to - from) * 1000 / probes;
}

function option(name: string, otherwise: number): number {
  const index = Deno.args.indexOf(`--${name}`);
  return index < 0 ? otherwise : Number(Deno.args[index + 1]);
}

async function main(): Promise<number> {
  const reason = missing(["keepalived", "nginx", "cc", "curl"]);
  if (reason !== undefined) {
    print(`No figures can be taken here: ${reason}`);
    return 1;
  }
  const [rounds, seconds] = [option("rounds", 3), option("seconds", 10)];
  const rows: Row[] = [];
  for (const check of ["TCP_CHECK", "HTTP_GET"] as const) {
    const samples: Record<Kind, number[]> = { holdfast: [], keepalived: [] };
    for (let round = 0; round < rounds; round++) {
      for (const kind of ["holdfast", "keepalived"] as const) {
        samples[kind].push(await perProbe(kind, check, seconds));
      }
    }
    const row: Row = { name: `CPU for a ${check}, 5,000 a second`, unit: "µs", ...samples };
    print(
      `${row.name}: holdfast ${median(row.holdfast).toFixed(1)} µs, keepalived ${
        median(row.keepalived).toFixed(1)
      } µs, ratio ${ratio(row)}`,
    );
    rows.push(row);
  }
  const command = ["scripts/bench probes", ...Deno.args].join(" ");
  const section = probesSection(rows, await setting(command, rounds));
  print(`\n${section}`);
  if (!Deno.args.includes("--dry")) await writeSection(section);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
