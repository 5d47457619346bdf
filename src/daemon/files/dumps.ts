/** Files written on request: keepalived's text dumps, which exporters and scripts read (compat.md 4.2). */

import type { GlobalDefs } from "../../global/config.ts";
import type { LogLine } from "../../global/log.ts";
import type { Core } from "../../native/mod.ts";
import { type DumpName, dumpPath, type ProcessConfig } from "../../process/mod.ts";
import { MILLISECOND } from "../../net/micros.ts";
import { checkDataText } from "../../status/check_data_text.ts";
import { dataText } from "../../status/data_text.ts";
import { jsonText } from "../../status/json_text.ts";
import { type Snapshot, snapshotOf, type WallClock } from "../../status/snapshot.ts";
import { statsText } from "../../status/stats_text.ts";
import type { World } from "../../world/mod.ts";
import { logBug } from "../process/failures.ts";
import type { Log } from "../log.ts";
import type { Loop } from "../loop.ts";
import { hostname, statSync, variable, wallClock } from "../platform/mod.ts";
import { oneByOne } from "../one_by_one.ts";
import { putFile } from "./put_file.ts";

/** What a dump is made from. */
export interface DumpContext {
  readonly core: Core;
  readonly loop: Loop;
  readonly log: Log;
  /** Settings in force, for what a dump shows of them. */
  global(): GlobalDefs;
  /** Where dumps go, and in which form. */
  process(): ProcessConfig;
}

/** Where dumps go unless TMPDIR names another existing directory (cli.tsv "environment TMPDIR"). */
const DEFAULT_FOLDER = "/tmp";

/** Less what the umask takes, which by default leaves it to the owner (keepalived). */
const MODE = 0o666;

/** What can be asked for. */
export type DumpRequest = "data" | "stats" | "stats-clear" | "json";

/**
 * Gives what carries out requests. Nothing waits for a disk but the request itself; the same one again meanwhile is carried out
 * once more afterwards, however often it came.
 */
export function openDumps(context: DumpContext): (request: DumpRequest) => void {
  const failed = (error: unknown) => logBug(context.log, error, "a dump");
  const row = (task: (context: DumpContext) => Promise<void>) =>
    oneByOne(() => task(context), failed);
  const rows: Readonly<Record<DumpRequest, () => void>> = {
    "data": row(writeData),
    "stats": row(writeStats),
    "stats-clear": row(clearStats),
    "json": row(writeJson),
  };
  return (request) => rows[request]();
}

/** SIGUSR1: `keepalived.data` and, with virtual servers, `keepalived_check.data`. */
async function writeData(context: DumpContext): Promise<void> {
  const snapshot = await look(context);
  await writeDump("keepalived.data", dataText(snapshot), context);
  if (snapshot.virtualServers.length > 0) {
    await writeDump("keepalived_check.data", checkDataText(snapshot), context);
  }
}

/** SIGUSR2: `keepalived.stats`. */
async function writeStats(context: DumpContext): Promise<void> {
  await writeDump("keepalived.stats", statsText(await look(context)), context);
}

/** SIGRTMAX-1: `keepalived.stats`, and the counters of all instances begin anew. */
async function clearStats(context: DumpContext): Promise<void> {
  const text = statsText(await look(context));
  // At once: what is counted from now on is not in the text.
  context.loop.dispatch({ kind: "clear-statistics" });
  await writeDump("keepalived.stats", text, context);
}

/** SIGRTMIN+2: `keepalived.json`; none without instances. Not said in the log: it is asked for often. */
async function writeJson(context: DumpContext): Promise<void> {
  const text = jsonText(await look(context), context.process().jsonVersion);
  if (text !== undefined) await writeDump("keepalived.json", text, context);
}

/** keepalived: `router_id` is the host's name when not set. */
function named(global: GlobalDefs): GlobalDefs {
  return { ...global, routerId: global.routerId ?? hostname() };
}

/** Asks the core for its counters first, so that adverts handled by standing orders are in the numbers. */
export async function look(
  { core, loop, global }: Pick<DumpContext, "core" | "loop" | "global">,
): Promise<Snapshot> {
  const counters = await core.call({ call: "counters" });
  const about = { clock: clockOf(core), global: named(global()) };
  if (counters.result !== "counters") return snapshotOf(loop.world(), about);
  const { transmissions, watches, lag } = counters;
  loop.dispatch({ kind: "counters", transmissions, watches });
  const late = new Map(transmissions.map((each) => [each.order, each.late]));
  return snapshotOf(loop.world(), { ...about, lateness: { ...lag, late } });
}

/** Everything of the state dumps, for whoever keeps it. */
export async function stateText(context: DumpContext): Promise<string> {
  const snapshot = await look(context);
  return dataText(snapshot) + (snapshot.virtualServers.length > 0 ? checkDataText(snapshot) : "");
}

/** `-d`: the configuration in force with the states it is in, in the layout of the dumps, to the log. */
export function logConfiguration(
  world: World,
  { core, log, global }: Pick<DumpContext, "core" | "log"> & { readonly global: GlobalDefs },
): void {
  const snapshot = snapshotOf(world, { clock: clockOf(core), global: named(global) });
  const say = (from: LogLine["from"], text: string) => {
    for (const line of text.trimEnd().split("\n")) log({ level: "notice", from, text: line });
  };
  say("vrrp", dataText(snapshot));
  if (snapshot.virtualServers.length > 0) say("check", checkDataText(snapshot));
}

function clockOf(core: Core): WallClock {
  const { ms, utcOffsetMinutes } = wallClock();
  return { now: core.now(), wall: ms * MILLISECOND, utcOffset: 60 * utcOffsetMinutes };
}

async function writeDump(
  name: DumpName,
  text: string,
  { core, log, process }: DumpContext,
): Promise<void> {
  const path = dumpPath(name, process(), folder());
  const problem = await putFile(core, { path, text, mode: MODE });
  if (problem !== undefined) log({ level: "error", from: "core", text: problem });
}

function folder(): string {
  const wanted = variable("TMPDIR") ?? "";
  if (!wanted.startsWith("/")) return DEFAULT_FOLDER;
  try {
    return statSync(wanted).isDirectory ? wanted.replace(/\/+$/, "") : DEFAULT_FOLDER;
  } catch {
    return DEFAULT_FOLDER;
  }
}
