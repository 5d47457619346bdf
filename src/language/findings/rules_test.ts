import assert from "node:assert/strict";
import { ALL_RULES, isRuleName } from "./rules.ts";

Deno.test("docs/CHECK.md lists every rule with its text, and no other", async () => {
  const text = await Deno.readTextFile(new URL("../../../docs/CHECK.md", import.meta.url));
  const listed = Array.from(
    text.slice(text.indexOf("## Rules of lint")).matchAll(/^\| `([a-z-]+)` +\| (.*?) +\|$/gm),
    ([, name, meaning]) => [name, meaning],
  );
  assert.deepEqual(Object.fromEntries(listed), ALL_RULES);
});

Deno.test("isRuleName() knows rules, and nothing that objects inherit", () => {
  assert.ok(isRuleName("no-checker"));
  assert.ok(isRuleName("unknown-keyword"));
  assert.ok(!isRuleName("toString"));
});
