import assert from "node:assert/strict";
import { memoryFiles } from "../../language/mod.ts";
import type { LogLine } from "../../global/log.ts";
import { readConfig } from "../../document/config.ts";
import { findingLines, MAX_LINES } from "./config_log.ts";

function logged(text: string): readonly Pick<LogLine, "level" | "text">[] {
  const [, diagnostics] = readConfig("/k.conf", memoryFiles({ "/k.conf": text }));
  return findingLines(diagnostics, "/k.conf");
}

Deno.test("findingLines() of few, logs all in file order", () => {
  const text = "global_defs {\n  routerid a\n}\nvrrp_instance A {\n  pririty 1\n}\n";
  assert.deepEqual(logged(text).map(({ level, text }) => `${level} ${text.slice(0, 14)}`), [
    "error /k.conf:2:3: e",
    "error /k.conf:4:15: ",
    "error /k.conf:4:15: ",
    "warning /k.conf:4:15: ",
    "error /k.conf:5:3: e",
  ]);
});

Deno.test("findingLines() of a file that is nothing but mistakes, logs the errors and how many more there are", () => {
  // 60 errors among 4,000 notes.
  const text = Array.from(
    { length: 4_000 },
    (_, n) =>
      `virtual_server 10.0.${n >> 8}.${
        n & 255
      } 80 {\n  lb_algo rr\n  lb_kind NAT\n  protocol TCP\n  snmp_name x\n${
        n < 60 ? "  qourum 1\n" : ""
      }  real_server 10.1.0.1 80 {\n    weight 1\n  }\n}\n`,
  ).join("");
  const lines = logged(text);
  assert.equal(lines.length, MAX_LINES + 1);
  assert.equal(lines.filter(({ level }) => level === "error").length, 60);
  assert.deepEqual(lines.at(-1), {
    level: "warning",
    from: "core",
    text: `/k.conf: ${4_060 - MAX_LINES} more findings: holdfast check /k.conf lists them`,
  });
});
