/** A plan as it is told: to people, and to programs. */

import type { PlanAnswer } from "../../src/control/mod.ts";
import { PLAN_VERSION } from "../../src/plan/mod.ts";
import { planText } from "../../src/plan/text.ts";
import { wantsColour } from "../output.ts";

/** A plan with all that is told of it. */
export type Told = Omit<PlanAnswer, "answer" | "pid"> & {
  /** What it is the difference to. */
  readonly against: "daemon" | "start";
  readonly pid?: number;
};

/** The shape is told in docs/OPERATING.md. */
export function toldJson({ plan, ...told }: Told): string {
  return `${JSON.stringify({ version: PLAN_VERSION, ...told, ...plan }, undefined, 2)}\n`;
}

/** For people; in colours on a terminal. */
export function toldText(
  { against, pid, file, findings, refusal, guarded, guard, rollsBackAt, plan }: Told,
): string {
  const colour = wantsColour(Deno.stdout);
  const loud = (text: string) => colour ? `\x1b[1;31m${text}\x1b[0m` : text;
  const head = against === "daemon"
    ? `A reload of process ${pid} with ${file}:\n\n`
    : `A start with ${file}:\n\n`;
  const found = findings.length === 0
    ? ""
    : `Findings of the file (holdfast check tells more)\n${
      findings.map((each) => `    ${each}\n`).join("")
    }\n`;
  const refused = [
    ...(refusal === undefined ? [] : [`Would be refused: ${refusal}`]),
    ...(guarded && guard.length > 0
      ? ["Would be refused by reload_guard (holdfast reload --force does it all the same):"]
      : []),
    ...(guarded ? guard.map((each) => `    ${each}`) : []),
    ...(rollsBackAt === undefined
      ? []
      : [`A reload before waits until ${rollsBackAt} to be confirmed.`]),
  ];
  return head + found + planText(plan, { colour }) +
    refused.map((line) => `${loud(line)}\n`).join("");
}
