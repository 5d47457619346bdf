/** What holdfast makes of instances, groups and scripts, against what keepalived writes on SIGUSR1. */

import assert from "node:assert/strict";
import { compareDumps } from "../corpus/compare_dumps.ts";
import { filesWith, interfacesOf } from "../corpus/dump_keepalived.ts";
import { dumpedVrrpValues, vrrpValues } from "../corpus/values_vrrp.ts";
import { labTest } from "../lab/mod.ts";

labTest("values of VRRP are those of keepalived's dump, for golden cases and Debian's examples", [
  "keepalived",
], async () => {
  const files = filesWith("vrrp_instance");
  const { fields, told } = await compareDumps({
    part: "vrrp",
    files,
    interfaces: interfacesOf(files),
    values: (config) => vrrpValues(config),
    dumped: dumpedVrrpValues,
  });
  assert.ok(told >= 10 && fields >= 400, `${told} dumps with ${fields} fields`);
});
