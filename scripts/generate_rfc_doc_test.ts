import assert from "node:assert/strict";
import { allProofs, formatted, proofsIn, RFC_PAGE, rfcPage } from "./generate_rfc_doc.ts";

Deno.test("proofsIn() names with a rule, plain and as a template, are found", () => {
  const text =
    'Deno.test("a, b (RFC 9568 §6.4.2)", x);\nDeno.test(`c ${d} (RFC 5880 §6.8)`);\n"none"';
  assert.deepEqual(proofsIn("a_test.ts", text).map(({ section, test }) => [section, test]), [
    ["§6.4.2", "a, b (RFC 9568 §6.4.2)"],
    ["§6.8", "c … (RFC 5880 §6.8)"],
  ]);
});

Deno.test("docs/RFC.md is what the names of the tests say; if not, run deno task docs", async () => {
  const page = await formatted(rfcPage(await allProofs(new URL("../", import.meta.url))));
  assert.equal(await Deno.readTextFile(RFC_PAGE), page);
});
