import assert from "node:assert/strict";
import { memoryFiles } from "../language/mod.ts";
import { actionsFor } from "./actions.ts";
import { diagnose } from "./diagnostics.ts";
import type { TextEdit } from "./formatting.ts";

const MAIN = "/etc/keepalived/keepalived.conf";

/** Titles of what can be done in a line, and the text after each. */
function actions(text: string, line: number): readonly (readonly [string, string | undefined])[] {
  const findings = diagnose(MAIN, memoryFiles({ [MAIN]: text })).findings.get(MAIN) ?? [];
  const range = { start: { line, character: 0 }, end: { line, character: 99 } };
  return actionsFor(text, findings, range)
    .map(({ title, edits, mends }) => [`${mends ? "* " : ""}${title}`, edited(text, edits)]);
}

/** The changed line, or lines. */
function edited(text: string, [edit]: readonly TextEdit[]): string | undefined {
  const lines = text.split("\n");
  const line = lines[edit?.range.start.line ?? 0] ?? "";
  return edit && line.slice(0, edit.range.start.character) + edit.text +
      line.slice(edit.range.end.character);
}

const INSTANCE =
  "vrrp_instance A {\n  interface eth0\n  virtual_router_id 51\n  prioriti 100\n  virtual_ipaddress {\n    10.0.0.1\n  }\n}\n";

Deno.test("actionsFor() a misspelt keyword, writes the one that is meant", () => {
  assert.deepEqual(actions(INSTANCE, 3), [["* Write priority", "  priority 100"]]);
  assert.deepEqual(actions(INSTANCE, 2), []);
});

Deno.test("actionsFor() a wrong word of a choice and one with an equals sign, writes what is meant", () => {
  assert.deepEqual(actions(INSTANCE.replace("prioriti 100", "state SLAVE"), 3), [
    ["* Write BACKUP", "  state BACKUP"],
  ]);
  assert.deepEqual(actions(INSTANCE.replace("prioriti 100", "priority=100"), 3), [
    ["* Write priority 100", "  priority 100"],
  ]);
});

const SERVER =
  "virtual_server 10.0.0.1 80 {\n  protocol TCP\n  real_server 10.1.0.1 80 {\n  }\n}\n";

Deno.test("actionsFor() a warning, switches its rule off in the line, or before it where a comment stands", () => {
  assert.deepEqual(actions(SERVER, 2), [
    [
      "Switch no-checker off in this line",
      "  real_server 10.1.0.1 80 { # holdfast: off no-checker",
    ],
  ]);
  const commented = SERVER.replace("80 {\n  }", "80 { # spare\n  }");
  const [[, text] = []] = actions(commented, 2);
  assert.equal(text, "  # holdfast: off no-checker\n  real_server 10.1.0.1 80 { # spare");
  for (const line of ["  real_server 10.1.0.1 80 { # holdfast: off no-checker", text ?? ""]) {
    const off = SERVER.replace("  real_server 10.1.0.1 80 {", line);
    assert.deepEqual(actions(off, 2), []);
    assert.deepEqual(actions(off, 3), []);
  }
});

Deno.test("actionsFor() a deprecated keyword, writes its successor", () => {
  const text = SERVER.replace(
    "80 {\n  }",
    "80 {\n    HTTP_GET {\n      url {\n        path /\n      }\n      nb_get_retry 3\n    }\n  }",
  );
  assert.deepEqual(actions(text, 7)[0], ["* Write retry", "      retry 3"]);
});
