import assert from "node:assert/strict";
import { SECOND } from "../../net/micros.ts";
import { collector } from "../fixture.ts";
import { buildTree } from "../tree/tree.ts";
import { bindTable } from "../tree/bind.ts";
import { linesOf } from "../fixture.ts";
import { type FieldsOf, fieldsOf } from "./fields.ts";
import { flag, integer, seconds, toggle, word } from "./rows.ts";
import type { Table } from "./table.ts";

const TABLE = {
  interval: seconds({ to: "interval", default: SECOND / 2, text: "Time between two runs" }),
  weight: integer({ to: "weight", default: 3, text: "Weight" }),
  quiet: toggle({ to: "quiet", default: false, text: "Says nothing" }),
  once: flag({ to: "once", default: false, text: "Only once" }),
  folder: word({ to: "folder", absent: "that of the system", text: "Where it looks" }),
  other: integer({ default: "the kernel's", text: "Read by somebody else" }),
} satisfies Table;

function read(text: string): FieldsOf<typeof TABLE> {
  const { report } = collector();
  return fieldsOf(
    TABLE,
    bindTable(buildTree(linesOf(text).lines, TABLE, report), TABLE, { report }),
  );
}

Deno.test("fieldsOf() nothing written, gives the defaults and no more", () => {
  assert.deepEqual(read(""), { interval: SECOND / 2, weight: 3, quiet: false, once: false });
});

Deno.test("fieldsOf() what is written, the last use of each counts", () => {
  const text = "weight 5\nweight 6\ninterval 2\nquiet\nonce\nfolder /tmp\nother 7\n";
  assert.deepEqual(read(text), {
    interval: 2 * SECOND,
    weight: 6,
    quiet: true,
    once: true,
    folder: "/tmp",
  });
});

Deno.test("owning() the default of a field, is shown as it would be written", () => {
  const texts = Object.values(TABLE).map((row) => row.default);
  assert.deepEqual(texts, ["0.5", "3", "off", "off", "that of the system", "the kernel's"]);
});
