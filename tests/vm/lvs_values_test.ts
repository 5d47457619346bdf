/** What holdfast makes of services, servers and checkers, against what keepalived writes on SIGUSR1 and puts into IPVS. */

import assert from "node:assert/strict";
import { compareDumps } from "../corpus/compare_dumps.ts";
import { filesWith } from "../corpus/dump_keepalived.ts";
import { firstTable } from "./ipvsadm_text.ts";
import { dumpedLvsValues, lvsValues } from "../corpus/values_lvs.ts";
import { labTest } from "../lab/mod.ts";

labTest(
  "values of LVS are those of keepalived's dump, and the table it begins with, for golden cases and Debian's examples",
  [
    "ipvs",
    "ipvsadm",
    "keepalived",
  ],
  async () => {
    const { fields, told } = await compareDumps({
      part: "checkers",
      files: filesWith("virtual_server"),
      interfaces: [],
      values: ({ lvs }) => lvsValues(lvs),
      dumped: dumpedLvsValues,
      table: ({ lvs }) => firstTable(lvs),
    });
    assert.ok(told >= 8 && fields >= 200, `${told} dumps with ${fields} fields`);
  },
);
