/**
 * Configurations found in the wild: what holdfast makes of each against `keepalived -t` (accepted, accepted
 * with findings, refused). The files are not part of the project; without them the test is skipped.
 */

import assert from "node:assert/strict";
import { exitStatus, memoryFiles, renderDiagnostic } from "../../src/language/mod.ts";
import { readConfig } from "../../src/document/config.ts";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url).pathname;

/** Programs that the machine had on which keepalived was asked. */
const PROGRAMS: ReadonlySet<string> = new Set([
  "/bin/bash",
  "/bin/echo",
  "/bin/sh",
  "/sbin/service",
  "/usr/bin/killall",
  "/usr/bin/pgrep",
  "/usr/sbin/ip",
  "killall",
  "pidof",
  "systemctl",
]);

/** Where the verdicts differ, and why that is right. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "009":
    "keepalived forgets its findings when it enters net_namespace; holdfast reports the unknown keyword",
  "087": "local_address_group is the Alibaba fork's: known to holdfast, unknown to keepalived",
};

type Verdict = "accepted" | "accepted with findings" | "refused";

for (const { number, codes, interfaces } of expectations()) {
  Deno.test(`corpus ${number}: the verdict is keepalived's`, () => {
    const [verdict, found] = judge(number, interfaces);
    const theirs = codes.map(verdictOf);
    if (DIFFERENCES[number] !== undefined) {
      assert.ok(!theirs.includes(verdict), `take ${number} off the list of differences: it agrees`);
      return;
    }
    assert.ok(
      theirs.includes(verdict),
      `${verdict}, not ${theirs.join(" or ")}:\n${found.join("\n")}`,
    );
  });
}

Deno.test({
  name: "corpus: the files are there",
  ignore: expectations().length === 0, // shown as ignored: nothing was compared
  fn: () => assert.ok(expectations().length >= 100),
});

function judge(
  number: string,
  interfaces: readonly string[],
): readonly [Verdict, readonly string[]] {
  const path = `/etc/keepalived/${number}.conf`;
  const files = memoryFiles({ [path]: Deno.readFileSync(`${CORPUS}${number}.conf`) }, {
    directory: "/etc/keepalived",
    configId: "",
  });
  const host = {
    interfaces: new Set(interfaces),
    hasProgram: (program: string) => PROGRAMS.has(program),
    hasAccount: (user: string) => user !== "keepalived_script",
  };
  const [, diagnostics] = readConfig(path, files, { host });
  return [verdictOf(exitStatus(diagnostics)), diagnostics.map(renderDiagnostic)];
}

/** 2: keepalived stops at the line. */
function verdictOf(code: number): Verdict {
  return code === 0 ? "accepted" : code === 2 ? "refused" : "accepted with findings";
}

function expectations(): readonly {
  readonly number: string;
  /** Exit codes of 2.2.7 and 2.4.3, which differ where 2.4 learnt something. */
  readonly codes: readonly number[];
  readonly interfaces: readonly string[];
}[] {
  const text = readText(`${CORPUS}keepalived-t.with-interfaces.tsv`);
  return text.split("\n").slice(1).filter((line) => line !== "").map((line) => {
    const [number = "", old, current, , , , interfaces = ""] = line.split("\t");
    return { number, codes: [Number(old), Number(current)], interfaces: interfaces.split(",") };
  });
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
