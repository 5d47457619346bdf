import assert from "node:assert/strict";
import { configDoc, formattedConfigDoc } from "./generate_config_doc.ts";
import { allKeywords } from "../src/document/table/keyword_list.ts";

Deno.test("docs/CONFIG.md is what the tables say (else: deno task docs)", async () => {
  const written = await Deno.readTextFile(new URL("../docs/CONFIG.md", import.meta.url));
  assert.ok(written === await formattedConfigDoc(), "docs/CONFIG.md is stale: run deno task docs");
});

Deno.test("configDoc() has a row for every keyword", () => {
  const doc = configDoc();
  const missing = allKeywords().filter(({ name }) =>
    !doc.includes(`| \`${name}\` |`) && !doc.includes(`| [\`${name}\`](`)
  );
  assert.deepEqual(missing.map(({ block, name }) => `${block} ${name}`), []);
});

Deno.test("configDoc() links lead to headings, which do not repeat", () => {
  const doc = configDoc();
  const headings = Array.from(
    doc.matchAll(/^## (.*)$/gm),
    ([, title = ""]) => title.toLowerCase().replaceAll(/[^a-z0-9_ -]/g, "").replaceAll(" ", "-"),
  );
  assert.equal(new Set(headings).size, headings.length);
  const links = Array.from(doc.matchAll(/\]\(#([^)]*)\)/g), ([, target]) => target);
  assert.ok(links.length > 40);
  assert.deepEqual(links.filter((link) => !headings.includes(link ?? "")), []);
});
