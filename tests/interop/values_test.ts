/** What holdfast makes of instances, groups and scripts, against what keepalived writes on SIGUSR1. */

import assert from "node:assert/strict";
import { dumpAll, filesWith, interfacesOf, tell } from "../corpus/dump_keepalived.ts";
import { unexplained } from "../corpus/value_reasons.ts";
import { countFields, differentValues } from "../corpus/values.ts";
import { dumpedVrrpValues, vrrpValues } from "../corpus/values_vrrp.ts";
import { labTest, run } from "../netns/mod.ts";

labTest("values of VRRP are those of keepalived's dump, for golden cases and Debian's examples", [
  "keepalived",
], async () => {
  const files = filesWith("vrrp_instance");
  const space = `hf${Deno.pid}-values`;
  await run(["ip", "netns", "add", space]);
  try {
    await run(["ip", "-n", space, "link", "set", "lo", "up"]);
    for (const [index, name] of interfacesOf(files).entries()) {
      await run(["ip", "-n", space, "link", "add", name, "type", "bridge"]);
      await run(["ip", "-n", space, "link", "set", name, "up"]);
      await run(["ip", "-n", space, "addr", "add", `10.9.${index}.1/24`, "dev", name]);
    }
    let fields = 0;
    let told = 0;
    for (
      const { file, text, config, diagnostics } of await dumpAll(files, { part: "vrrp", space })
    ) {
      if (text === undefined) continue;
      const theirs = dumpedVrrpValues(text);
      fields += countFields(theirs);
      told++;
      const wrong = unexplained(differentValues(vrrpValues(config.vrrp), theirs), {
        findings: diagnostics,
        theirs: text,
      });
      assert.deepEqual(wrong, [], file);
    }
    tell(`${fields} fields of ${told} of ${files.length} files compared`);
    assert.ok(told >= 10 && fields >= 400, `${told} dumps with ${fields} fields`);
  } finally {
    await run(["ip", "netns", "del", space]);
  }
});
