import assert from "node:assert/strict";
import { memoryFiles } from "../../language/source/source.ts";
import { overlay, textOf } from "./overlay.ts";

const MAIN = "/etc/keepalived/keepalived.conf";
const PART = "/etc/keepalived/conf.d/a.conf";

Deno.test("overlay() text in the editor, hides the one on the disk", () => {
  const files = overlay(memoryFiles({ [MAIN]: "disk", [PART]: "disk" }), new Map([[MAIN, "new"]]));
  assert.equal(textOf(MAIN, files), "new");
  assert.equal(textOf(PART, files), "disk");
});
