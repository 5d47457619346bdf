import assert from "node:assert/strict";
import { type Diagnostic, diagnosticAt } from "./diagnostic.ts";
import { lineAt } from "./place.ts";
import { withoutSecrets } from "./redact.ts";

/** What remains of a message about line 2, which is `text`. */
function message(text: string, said: string, before = "x"): string {
  const place = (line: number) => ({ file: "a.conf", line, column: 1 });
  const finding = { severity: "error", code: "unknown-name", message: said } as const;
  const [found] = withoutSecrets(
    [diagnosticAt(place(2), 1, finding)],
    [lineAt(place(1), before), lineAt(place(2), text)],
  );
  return found?.message ?? "";
}

for (
  const [text, said, shown, before] of [
    ["auth_pass hunter2", 'Cannot use "hunter2"', 'Cannot use "********"'],
    ["auth_pas hunter2", 'Cannot use "hunter2": unknown', 'Cannot use "********": unknown'],
    ["auth_pass hunter2 more", 'Cannot use "more"', 'Cannot use "********"'],
    ["auth_pass 1", "Cannot set x to 100: 1 is used", "Cannot set x to 100: ******** is used"],
    ["auth_pass s", "Cannot use auth_pass", "Cannot use auth_pass"],
    ["auth_type PASS hunter2", "Cannot use hunter2", "Cannot use ********"],
    ["hunter2", 'Cannot use "hunter2"', 'Cannot use "********"', "auth_pass"],
    ["priority 300", "Cannot set priority to 300", "Cannot set priority to 300"],
  ] as const
) {
  Deno.test(`withoutSecrets() of a finding about "${text}", gives ${shown}`, () => {
    assert.equal(message(text, said, before), shown);
  });
}

Deno.test("withoutSecrets() hides in hints, and leaves findings about other lines as they are", () => {
  const at = (line: number): Diagnostic =>
    diagnosticAt({ file: "a.conf", line, column: 1 }, 1, {
      severity: "error",
      code: "unknown-name",
      message: "Cannot",
      hint: "did you mean hunter2",
    });
  const line = lineAt({ file: "a.conf", line: 1, column: 1 }, "auth_pass hunter2");
  const findings = withoutSecrets([at(1), at(2)], [line]);
  assert.deepEqual(findings.map(({ hint }) => hint), [
    "did you mean ********",
    "did you mean hunter2",
  ]);
});
