import assert from "node:assert/strict";
import { diagnosticAt, exitStatus, type Finding } from "./diagnostic.ts";
import { gatherFindings, MAX_FINDINGS, withinLimits } from "./gather.ts";

const FINDING: Finding = { severity: "error", code: "unknown-keyword", message: "Cannot use a" };

function placeIn(line: number): { readonly file: string; readonly line: number; column: number } {
  return { file: "a.conf", line, column: 1 };
}

Deno.test("gatherFindings() the same of the same place, keeps it once", () => {
  const { report, all } = gatherFindings();
  for (let round = 0; round < 5; round++) report(placeIn(1), 1, FINDING);
  assert.deepEqual(all().map(({ message, more }) => [message, more]), [[
    "Cannot use a",
    undefined,
  ]]);
});

Deno.test("gatherFindings() a sequence's mistake, keeps three and counts the others", () => {
  const { report, all } = gatherFindings();
  for (let round = 1; round <= 30_000; round++) {
    const about = { kind: "lost", keyword: "vrrp_instance", name: `VI_${round}` } as const;
    report(placeIn(1), 1, { ...FINDING, message: `Cannot use a${round}`, about });
  }
  assert.deepEqual(all().map(({ message, more, about }) => [message, more, about]), [
    ["Cannot use a1", undefined, { kind: "lost", keyword: "vrrp_instance", name: "VI_1" }],
    ["Cannot use a2", undefined, { kind: "lost", keyword: "vrrp_instance", name: "VI_2" }],
    // It stands for those of other names.
    ["Cannot use a3", 29_997, { kind: "lost", keyword: "vrrp_instance", name: undefined }],
  ]);
});

Deno.test("gatherFindings() another status at the same place, is kept: it may be the exit code", () => {
  const { report, all } = gatherFindings();
  for (let round = 1; round <= 9; round++) {
    const status = round === 8 ? "missing-word" : "general";
    report(placeIn(1), 1, { ...FINDING, message: `Cannot use a${round}`, status });
  }
  assert.deepEqual(all().map(({ message }) => message.at(-1)), ["1", "2", "3", "8"]);
  assert.equal(exitStatus(all()), 2);
});

Deno.test("gatherFindings() a flood of notes, hides no error; what is left out is counted with its status", () => {
  const { report, all } = gatherFindings();
  for (let line = 1; line <= 5_000; line++) {
    report(placeIn(line), 1, { ...FINDING, severity: "info" });
  }
  report(placeIn(5_001), 1, { ...FINDING, message: "Cannot use b" });
  for (let line = 1; line <= 1_500; line++) {
    const status = line === 1_400 ? "security" : "general";
    report(placeIn(line), 1, { ...FINDING, code: "unused", severity: "warning", status });
  }
  const found = all();
  assert.equal(found.length, MAX_FINDINGS + 1 + MAX_FINDINGS + 1);
  assert.ok(found.some(({ message }) => message === "Cannot use b"));
  const { code, severity, more, status, line } = found.at(-1) ?? {};
  assert.deepEqual({ code, severity, more, status, line }, {
    code: "too-many-findings",
    severity: "warning",
    more: 4_000 + 500,
    status: "security",
    line: 1_001,
  });
  assert.equal(exitStatus(found), 6);
});

Deno.test("withinLimits() of what was cut before, counts all that is left out", () => {
  const { report, all } = gatherFindings();
  for (let line = 1; line <= 1_200; line++) report(placeIn(line), 1, FINDING);
  const warning = { severity: "warning", code: "no-checker", message: "Cannot notice" } as const;
  const lint = Array.from({ length: 300 }, (_, line) => diagnosticAt(placeIn(line), 1, warning));
  const cut = withinLimits([...all(), ...lint, ...lint, ...lint, ...lint]);
  assert.equal(cut.length, MAX_FINDINGS + MAX_FINDINGS + 1);
  assert.deepEqual([cut.at(-1)?.code, cut.at(-1)?.more], ["too-many-findings", 201 + 200]);
  assert.equal(withinLimits(lint), lint);
});
