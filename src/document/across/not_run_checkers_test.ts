import assert from "node:assert/strict";
import { CHECKERS } from "../../check/read/keywords.ts";
import { memoryFiles, toldOf } from "../../language/mod.ts";
import { readBound } from "../config.ts";

/** One that is not run, and needs nothing. */
const notRun = Object.entries(CHECKERS).find(([, row]) =>
  row.acts === false && !("requires" in row)
)?.[0];

function told(...checkers: readonly string[]): readonly string[] {
  const text = `virtual_server 10.0.0.1 80 {\n  protocol TCP\n  real_server 10.1.0.1 80 {\n${
    checkers.map((name) => `    ${name} {\n      connect_timeout 3\n    }\n`).join("")
  }  }\n}\n`;
  const { diagnostics } = readBound("/k.conf", memoryFiles({ "/k.conf": text }));
  return toldOf(diagnostics).filter(({ code }) => /checker|acted/.test(code))
    .map(({ line, column, severity, code, status }) =>
      `${line}:${column} ${severity} ${code} ${status}`
    );
}

Deno.test(
  "checkNotRun() of a server without a checker that is run, warns once that it is up for ever",
  {
    ignore: notRun === undefined,
  },
  () => {
    assert.deepEqual(told(notRun ?? ""), ["4:5 warning checker-not-run undefined"]);
  },
);

Deno.test("checkNotRun() of a server with another checker that is run, leaves it at the note", {
  ignore: notRun === undefined,
}, () => {
  assert.deepEqual(told(notRun ?? "", "TCP_CHECK"), ["4:5 info not-acted-on undefined"]);
});

Deno.test("checkNotRun() of checkers that are run, and of none, says nothing", () => {
  assert.deepEqual(told("TCP_CHECK"), []);
  assert.deepEqual(told(), []);
});
