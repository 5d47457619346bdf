/** What holdfast makes of services, servers and checkers, against what keepalived writes on SIGUSR1. */

import assert from "node:assert/strict";
import { compareDumps } from "../corpus/compare_dumps.ts";
import { filesWith } from "../corpus/dump_keepalived.ts";
import { dumpedLvsValues, lvsValues } from "../corpus/values_lvs.ts";
import { labTest } from "../lab/mod.ts";

labTest("values of LVS are those of keepalived's dump, for golden cases and Debian's examples", [
  "ipvs",
  "keepalived",
], async () => {
  const { fields, told } = await compareDumps({
    part: "checkers",
    files: filesWith("virtual_server"),
    interfaces: [],
    values: ({ lvs }) => lvsValues(lvs),
    dumped: dumpedLvsValues,
  });
  assert.ok(told >= 8 && fields >= 200, `${told} dumps with ${fields} fields`);
});
