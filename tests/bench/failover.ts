/**
 * What a failover costs, of both programs by turns: how long a client gets no answer, and when the backup is master, for every way a
 * master goes away and several intervals between adverts. Run by `scripts/bench failover [ROUNDS] [--dry]`, which writes the section of
 * docs/BENCHMARKS.md; needs root and keepalived.
 */

import { Capture, type Kind, Lab, type Program, run, startNode, until } from "../lab/mod.ts";
import { outage, startClient } from "../vm/requests.ts";
import { print, setting, writeSection } from "./document.ts";
import { member, PAIR, startPair, VIP } from "./lab.ts";
import { ratio, type Row, settingText, table } from "./report.ts";

/** How the master goes away. A restart is that without a failover, where there is such a thing, else a stop and a start. */
const LOSSES = ["SIGTERM", "SIGKILL", "port cut", "restart"] as const;
type Loss = typeof LOSSES[number];

/** Seconds between adverts. */
const INTERVALS = [1, 0.1, 0.01];

/** Address of the backup. */
const BACKUP = "192.0.2.2";

/** One failover, in ms. */
interface Sample {
  /** How long a client that asks every 5 ms gets no answer. */
  readonly outage: number;
  /** When the backup has sent its first advert; absent: never. */
  readonly taken?: number;
}

async function lose(lab: Lab, kind: Kind, loss: Loss, at: { master: Program; interval: number }) {
  const { master, interval } = at;
  if (loss === "port cut") return await lab.unplug("master", "eth0");
  if (loss !== "restart") return master.signal(loss);
  if (kind === "holdfast") {
    await run(["kill", "-37", `${master.pid}`]);
    return void await master.seen(/Goes on where the run before has ended/);
  }
  await master.stop();
  const again = await startNode(lab, "master", { kind, config: member("master", interval) });
  await again.seen(/MASTER STATE/);
}

async function failover(kind: Kind, loss: Loss, interval: number): Promise<Sample> {
  await using lab = await Lab.create(PAIR);
  const { master } = await startPair(lab, kind, interval);
  await using capture = await Capture.start(lab, "client", { ifname: "eth0", filter: "vrrp" });
  await using client = startClient(lab, "client", { address: VIP, period: 5 });
  const answered = (from: number) =>
    until(
      "the client is served",
      () =>
        client.answers().filter(({ at, server }) => at > from && server !== undefined).length >= 20,
    );
  await answered(0);
  const lost = Date.now();
  await lose(lab, kind, loss, { master, interval });
  if (loss !== "restart") {
    await until(
      "the backup answers",
      () => client.answers().some(({ at, server }) => at > lost && server === "backup"),
    );
  }
  await answered(Date.now());
  const first = (await capture.adverts()).find(({ at, source }) => at > lost && source === BACKUP);
  return {
    outage: outage(client.answers(), lost, Date.now()),
    ...(first !== undefined && { taken: first.at - lost }),
  };
}

async function rowsOf(loss: Loss, interval: number, rounds: number): Promise<readonly Row[]> {
  const samples: Record<Kind, Sample[]> = { holdfast: [], keepalived: [] };
  for (let round = 0; round < rounds; round++) {
    for (const kind of ["holdfast", "keepalived"] as const) {
      samples[kind].push(await failover(kind, loss, interval));
    }
  }
  const figures = (value: (sample: Sample) => number | undefined) => ({
    holdfast: samples.holdfast.flatMap((sample) => value(sample) ?? []),
    keepalived: samples.keepalived.flatMap((sample) => value(sample) ?? []),
  });
  const name = `${loss}, advert_int ${interval}`;
  const rows: readonly Row[] = [
    { name: `Outage, ${name}`, unit: "ms", ...figures(({ outage }) => outage) },
    ...(loss === "restart"
      ? []
      : [{ name: `Taken over, ${name}`, unit: "ms", ...figures(({ taken }) => taken) } as const]),
  ];
  for (const row of rows) {
    print(
      `${row.name}: ${row.holdfast.map(Math.round)} and ${row.keepalived.map(Math.round)}, ${
        ratio(row)
      }`,
    );
  }
  return rows;
}

const rounds = Number(Deno.args.find((word) => /^\d+$/.test(word)) ?? "3");
const rows: Row[] = [];
for (const interval of INTERVALS) {
  for (const loss of LOSSES) rows.push(...await rowsOf(loss, interval, rounds));
}
if (!Deno.args.includes("--dry")) {
  const so = settingText(await setting("scripts/bench failover", rounds));
  await writeSection(`## Failover

Taken by \`scripts/bench failover\`: medians of ${rounds} rounds, and the range.

${so}

${table(rows)}

- **Outage**: a client asks a web server behind the virtual address every 5 ms over new connections; the
  longest time without an answer.
- **Taken over**: from the loss to the first advert of the backup.
- **restart**: ours without a failover (\`holdfast restart\`), keepalived's by a stop and a start.
`);
}
