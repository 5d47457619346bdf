/**
 * Every configuration block of the documents that show what people run: read from the documents when they
 * are there, for the golden cases hold copies of what runs a node.
 */

import assert from "node:assert/strict";
import { exitStatus, memoryFiles, renderDiagnostic } from "../../src/language/mod.ts";
import { readConfig } from "../../src/document/config.ts";

const SEEDS = new URL("../../../shared/seeds/", import.meta.url).pathname;

/** Blocks of each document: how many there are, and the exit code of `-t` for each. */
const EXPECTED: Readonly<Record<string, readonly number[]>> = {
  // global, instance, unicast, a form of vrrp_sync_group with <STRING> for names and a brace missing, fwmark
  "000": [0, 0, 0, 5, 5],
  // the fork's manual with "..." for what is left out; an include in a service without servers; two included files
  "001": [5, 5, 0, 5],
  "002": [0, 0],
  "003": [5],
  // the misspelt keyword
  "004": [5, 5],
};

for (const [number, codes] of Object.entries(EXPECTED)) {
  const text = seed(number);
  Deno.test({
    name: `seed ${number}: ${codes.length} configurations are read as keepalived -t judges them`,
    ignore: text === undefined, // shown as ignored: the documents are not part of the project
    fn: () => {
      const blocks = configurations(text ?? "");
      const results = blocks.map((block) =>
        readConfig("/x.conf", memoryFiles({ "/x.conf": block }))
      );
      const findings = results.map(([, found]) => found.map(renderDiagnostic).join("\n"));
      assert.deepEqual(
        results.map(([, found]) => exitStatus(found)),
        codes,
        findings.join("\n---\n"),
      );
    },
  });
}

/** Code that has a block of the language, without the shell around it. */
function configurations(text: string): readonly string[] {
  const fences = Array.from(
    text.matchAll(/^```[a-z]*[ \t]*\n([\s\S]*?)^```/gm),
    ([, code = ""]) => code,
  );
  const bare = fences.flatMap((code) => {
    const here = Array.from(code.matchAll(/<<EOF.*\n([\s\S]*?)^EOF$/gm), ([, inner = ""]) => inner);
    return here.length > 0 ? here : [code];
  });
  return bare.filter((code) =>
    /^[ \t]*(global_defs|vrrp_\w+|virtual_server|real_server|local_address_group)\b.*\{/m.test(code)
  );
}

function seed(number: string): string | undefined {
  try {
    const name = Array.from(Deno.readDirSync(SEEDS)).find((entry) => entry.name.startsWith(number))
      ?.name;
    return name && Deno.readTextFileSync(`${SEEDS}${name}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
