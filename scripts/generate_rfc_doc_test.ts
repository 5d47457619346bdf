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

Deno.test("proofsIn() a name with several sections of several documents, is a proof of each", () => {
  const text = 'Deno.test("a (RFC 9568 §7.1, §5.2.8, RFC 3768 §7.1)", x);';
  assert.deepEqual(proofsIn("a_test.ts", text).map((each) => `${each.document} ${each.section}`), [
    "RFC 9568 §7.1",
    "RFC 9568 §5.2.8",
    "RFC 3768 §7.1",
  ]);
});

/** Sections that say what a router must do or must not. */
const REQUIRING = {
  "RFC 9568": [
    ...["5.1.1.1", "5.1.1.2", "5.1.1.3", "5.1.1.4", "5.1.2.1", "5.1.2.2", "5.1.2.3", "5.1.2.4"],
    ...["5.2.1", "5.2.2", "5.2.3", "5.2.4", "5.2.5", "5.2.6", "5.2.7", "5.2.8", "5.2.9"],
    ...["6.1", "6.2", "6.4.1", "6.4.2", "6.4.3", "7.1", "7.2", "7.3", "7.4", "8.1.2", "8.2.2"],
  ],
  "RFC 3768": ["7.1", "7.2", "7.3"],
} as const;

Deno.test("docs/RFC.md every section of RFC 9568 and RFC 3768 that requires something, has a proof", async () => {
  const proofs = await allProofs(new URL("../", import.meta.url));
  const proved = new Set(proofs.map(({ document, section }) => `${document} ${section}`));
  const missing = Object.entries(REQUIRING).flatMap(([document, sections]) =>
    sections.map((section) => `${document} §${section}`).filter((each) => !proved.has(each))
  );
  assert.deepEqual(missing, []);
});

Deno.test("docs/RFC.md is what the names of the tests say; if not, run deno task docs", async () => {
  const page = await formatted(rfcPage(await allProofs(new URL("../", import.meta.url))));
  assert.equal(await Deno.readTextFile(RFC_PAGE), page);
});
