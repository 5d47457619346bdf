import assert from "node:assert/strict";
import { asBackup, copy, fromDocument, QUOTED } from "./documents.ts";

for (const name of QUOTED) {
  const text = fromDocument(name);
  Deno.test({
    name: `copy() ${name}, equals the document character for character` +
      (text === undefined ? " [skipped: the documents are not beside this clone]" : ""),
    ignore: text === undefined,
    fn: () => assert.equal(copy(name), text),
  });
}

Deno.test("asBackup(), seed 004, changes both instances and nothing else", () => {
  const config = copy("seed004_nat_master");
  const backup = asBackup(config, 97);
  assert.equal([...backup.matchAll(/state BACKUP\t/g)].length, 2);
  assert.equal([...backup.matchAll(/priority 97\t/g)].length, 2);
  assert.equal(backup.length, config.length + 2 * "BACKUP".length - 2 * "MASTER".length - 2);
});
