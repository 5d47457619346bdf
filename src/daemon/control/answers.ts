/** What a running daemon answers to each request. */

import type { ControlAnswer, ControlRequest, PlanAnswer, StatusAnswer } from "../../control/mod.ts";
import { unreachable } from "../../net/unreachable.ts";
import { guardReasons, planSteps } from "../../plan/mod.ts";
import { type GuardianState, overviewOf } from "../../status/overview.ts";
import type { Snapshot } from "../../status/snapshot.ts";
import { interestIn, look } from "../core/following.ts";
import { inTurns } from "../in_turns.ts";
import type { Log } from "../log.ts";
import { isoTime, pid } from "../platform/mod.ts";
import { loadConfig, partsOf } from "../reading/load_config.ts";
import { readApart } from "../reading/read_apart.ts";
import { absolutePath } from "../process/background.ts";
import { isIpvsThere, openConnections } from "../reload/connections.ts";
import { type Reloading, whyNot } from "../reload/reload.ts";
import type { Reloads } from "../reload/reloads.ts";

/** What requests work with. */
export interface Answering extends Reloading {
  readonly reloads: Reloads;
  /** Of the program. */
  readonly version: string;
  /** When this run began, ms since 1970. */
  readonly began: number;
  snapshot(): Promise<Snapshot>;
  guardian(): GuardianState;
  /** Stops for good; asked twice, it waits for nobody. */
  stop(): void;
}

/** Most findings that are told. */
const MOST_FINDINGS = 100;

/** Answers one request. */
export async function answerTo(
  request: ControlRequest,
  context: Answering,
): Promise<ControlAnswer> {
  const { reloads, options } = context;
  switch (request.request) {
    case "plan":
      return await planFor(request.file ?? options.file, context);
    case "reload": {
      const { confirm, force } = request;
      const outcome = await reloads.ask({
        ...(confirm !== undefined && { confirm }),
        ...(force && { force }),
      });
      if (outcome.kind === "refused") return { answer: "refused", why: outcome.why };
      const { rollsBackAt } = outcome;
      return {
        answer: "reloaded",
        file: options.file,
        ...(rollsBackAt !== undefined && { rollsBackAt }),
      };
    }
    case "confirm":
      return reloads.confirm() ? { answer: "confirmed" } : NOTHING_WAITS;
    case "roll-back":
      return await reloads.rollBack() ? { answer: "rolled-back" } : NOTHING_WAITS;
    case "status":
      return await statusOf(context);
    case "stop":
      context.stop();
      if (request.now) context.stop();
      return { answer: "stopping", pid: pid() };
    default:
      return unreachable(request);
  }
}

const NOTHING_WAITS: ControlAnswer = {
  answer: "refused",
  why: ["no reload waits to be confirmed"],
};

async function statusOf(context: Answering): Promise<StatusAnswer> {
  const { reloads, options, began, version } = context;
  const snapshot = await context.snapshot();
  const rollsBackAt = reloads.rollsBackAt();
  const refused = reloads.refused();
  return {
    answer: "status",
    pid: pid(),
    version,
    runsSince: isoTime(began),
    file: absolutePath(options.file),
    ...(options.configId !== undefined && { configId: options.configId }),
    ...overviewOf(snapshot, {
      guardian: context.guardian(),
      ...(rollsBackAt !== undefined && { rollsBackAt }),
      ...(refused !== undefined && { refused }),
    }),
  };
}

/** Reads apart from the loop; the loop then does once what a reload would have it do, and forgets it. */
async function planFor(file: string, context: Answering): Promise<PlanAnswer> {
  const { core, loop, inForce, reloads } = context;
  const options = { ...context.options, file };
  const before = inForce();
  const reading = await readApart(options, partsOf(before.config, options.parts), context.log);
  const quiet: Log = () => {};
  const loaded = await loadConfig(options, { core, log: quiet }, reading);
  const [found, connections, table] = await Promise.all([
    look(core, interestIn(loaded.parts)),
    openConnections(),
    loop.world().services.actual === undefined ? servicesThere(context) : undefined,
  ]);
  const world = loop.world();
  const settings = { before: inForce().config, after: loaded.config };
  const plan = await inTurns(planSteps(world, {
    config: loaded.parts,
    now: core.now(),
    settings,
    ...(found !== undefined && { found }),
    ...(connections !== undefined && { connections }),
    ...(table !== undefined && { table }),
  }));
  const refusal = whyNot(reading, before.config.process);
  const rollsBackAt = reloads.rollsBackAt();
  return {
    answer: "plan",
    pid: pid(),
    file,
    findings: reading.lines.filter(({ level }) => level === "error" || level === "warning")
      .slice(0, MOST_FINDINGS).map(({ text }) => text),
    ...(refusal !== undefined && { refusal }),
    guard: guardReasons(plan),
    guarded: before.config.process.reloadGuard === true,
    ...(rollsBackAt !== undefined && { rollsBackAt }),
    plan,
  };
}

/** The kernel's table, without making the kernel load what would have one. */
async function servicesThere({ core }: Answering) {
  if (!isIpvsThere()) return [];
  const dump = await core.call({ call: "ipvs-dump" });
  return dump.result === "ipvs-table" ? dump.services : undefined;
}
