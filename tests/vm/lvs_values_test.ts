/** What holdfast makes of services, servers and checkers, against what keepalived writes on SIGUSR1. */

import assert from "node:assert/strict";
import { dumpAll, filesWith, tell } from "../corpus/dump_keepalived.ts";
import { unexplained } from "../corpus/value_reasons.ts";
import { countFields, differentValues } from "../corpus/values.ts";
import { dumpedLvsValues, lvsValues } from "../corpus/values_lvs.ts";
import { labTest, run } from "../netns/mod.ts";

labTest("values of LVS are those of keepalived's dump, for golden cases and Debian's examples", [
  "ipvs",
  "keepalived",
], async () => {
  const files = filesWith("virtual_server");
  const space = `hf${Deno.pid}-values`;
  await run(["ip", "netns", "add", space]);
  try {
    await run(["ip", "-n", space, "link", "set", "lo", "up"]);
    let fields = 0;
    let told = 0;
    for (
      const { file, text, config, diagnostics } of await dumpAll(files, { part: "checkers", space })
    ) {
      if (text === undefined) continue;
      const theirs = dumpedLvsValues(text);
      fields += countFields(theirs);
      told++;
      const wrong = unexplained(differentValues(lvsValues(config.lvs), theirs), {
        findings: diagnostics,
        theirs: text,
      });
      assert.deepEqual(wrong, [], file);
    }
    tell(`${fields} fields of ${told} of ${files.length} files compared`);
    assert.ok(told >= 8 && fields >= 200, `${told} dumps with ${fields} fields`);
  } finally {
    await run(["ip", "netns", "del", space]);
  }
});
