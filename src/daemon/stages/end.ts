/** The end of a run: what was begun by then is given a moment, and the last script runs when nothing else does. */

import { type Micros, MILLISECOND, SECOND } from "../../net/micros.ts";
import { pause } from "../platform/mod.ts";
import { runAwaited } from "../process/awaited_script.ts";
import type { Succession } from "../succession/succession.ts";
import type { Equipment } from "./equipment.ts";
import { EXIT, type Run, type RunEnd } from "./given.ts";
import type { InForce } from "./in_force.ts";
import type { Life } from "./life.ts";
import type { Requests } from "./requests.ts";

/** How long scripts started at exit are waited for (cli.tsv "notify at exit"). */
const LAST_SCRIPTS: Micros = 1 * SECOND;

/** How long a disk is waited for that is to forget what was ours, at exit. */
const LAST_CLAIMS: Micros = 1 * SECOND;

/** What there is to be ended. */
export interface EndOptions {
  readonly life: Life;
  readonly equipment: Equipment;
  readonly succession: Succession;
  readonly inForce: InForce;
  readonly requests: Pick<Requests, "isBegunAnew">;
}

/** Waits until the run is over, and ends it. */
export async function endRun({ log }: Run, options: EndOptions): Promise<RunEnd> {
  const { life, equipment: { children }, succession, inForce, requests } = options;
  const end = await life.over;
  const left = end === "left" || end === "again";
  if (!left) succession.end();
  const { childWaitTime, shutdownScript } = inForce.now().config.process;
  await Promise.race([lastWork(options), pause(childWaitTime / MILLISECOND)]);
  if (left) {
    log({ level: "notice", from: "core", text: "Left everything to another run of holdfast" });
    return end === "left" ? EXIT.ok : end;
  }
  await runAwaited(shutdownScript, { keyword: "shutdown_script", children, log });
  log({ level: "notice", from: "core", text: "Stopped holdfast" });
  return requests.isBegunAnew() && end === EXIT.ok ? "again" : end;
}

async function lastWork({ life: { claims }, equipment }: EndOptions): Promise<void> {
  const { children, mails, fifos } = equipment;
  await Promise.all([children.end(LAST_SCRIPTS), mails.end(LAST_SCRIPTS)]);
  fifos.close();
  await Promise.race([claims.kept(), pause(LAST_CLAIMS / MILLISECOND)]);
}
