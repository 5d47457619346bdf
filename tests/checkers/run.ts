/** Runs both daemons on the same cases, and waits until each has judged all of them. */

import assert from "node:assert/strict";
import { type Lab, missing, type Program, run, startNode, until } from "../lab/mod.ts";
import { type Case, configOf, verdictIn } from "./case.ts";

/** Time for judging all cases, ms: a case that is asked when its server is not up yet waits for another round. */
const LIMIT = 40_000;

/** What came of each case, by its name. */
export type Verdicts = Readonly<Record<string, boolean | undefined>>;

/** `before` stands before the servers in both files. Judges the cases by holdfast, and by keepalived when it is there, and compares both with what is expected. */
export async function judge(
  lab: Lab,
  host: string,
  cases: readonly Case[],
  before = "",
): Promise<void> {
  const ours = await startCheckers(lab, host, before + configOf(cases, ourVerdict));
  const known = cases.filter(({ keepalived }) => keepalived?.good !== undefined || !keepalived);
  const theirs = missing(["keepalived", "cc"]) === undefined
    ? await startKeepalived(lab, host, before + configOf(known, theirVerdict))
    : undefined;
  const expected = (some: readonly Case[], of: (one: Case) => boolean): Verdicts =>
    Object.fromEntries(some.map((one) => [one.name, of(one)]));
  assert.deepEqual(await verdicts(ours, cases), expected(cases, ourVerdict));
  if (theirs === undefined) return;
  assert.deepEqual(
    await verdicts(theirs, known),
    expected(known, theirVerdict),
  );
}

function ourVerdict({ good }: Case): boolean {
  return good;
}

function theirVerdict({ good, keepalived }: Case): boolean {
  return keepalived?.good ?? good;
}

/** All verdicts, as soon as there are all; what is missing at the end of the time is `undefined`. */
async function verdicts(program: Program, cases: readonly Case[]): Promise<Verdicts> {
  const now = (): Verdicts =>
    Object.fromEntries(cases.map((one) => [one.name, verdictIn(program.output, one)]));
  try {
    await until(
      `${program.name} has judged ${cases.length} cases`,
      () => {
        const open = Object.values(now()).includes(undefined);
        if (open && program.status !== undefined) {
          throw new Error(`${program.name} ended:\n${program.output}`);
        }
        return !open;
      },
      { limit: LIMIT, explain: () => program.output },
    );
  } catch (error) {
    const open = Object.entries(now()).filter(([, verdict]) => verdict === undefined);
    throw new Error(`not judged: ${open.map(([name]) => name).join(", ")}`, { cause: error });
  }
  return now();
}

/** holdfast's LVS part and core; the whole daemon runs no checks without IPVS. */
async function startCheckers(lab: Lab, host: string, config: string): Promise<Program> {
  const path = await lab.file("checkers.conf", config);
  const node = new URL("checker_node.ts", import.meta.url).pathname;
  const argv = [Deno.execPath(), "run", "-A", "--no-check", "--cached-only", node, path];
  return lab.start(host, argv, { name: "holdfast's checkers" });
}

/** Debian's keepalived, whose kernel has no IPVS. */
export async function startKeepalived(lab: Lab, host: string, config: string): Promise<Program> {
  const shim = `${lab.dir}/no_ipvs.so`;
  const source = new URL("no_ipvs.c", import.meta.url).pathname;
  await run(["cc", "-shared", "-fPIC", "-w", "-o", shim, source]);
  return await startNode(lab, host, {
    kind: "keepalived",
    config,
    name: "keepalived",
    flags: ["-C"],
    wrap: ["env", `LD_PRELOAD=${shim}`],
  });
}
