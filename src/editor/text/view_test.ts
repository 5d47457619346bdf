import assert from "node:assert/strict";
import { memoryFiles, type SourceFiles } from "../../language/source/source.ts";
import { blockAt } from "./outline.ts";
import { rootOf, viewOf } from "./view.ts";

const MAIN = "/etc/keepalived/keepalived.conf";
const PART = "/etc/keepalived/conf.d/a.conf";

Deno.test("rootOf() file that a keepalived.conf above it includes, is that one", () => {
  const files = memoryFiles({ [MAIN]: "include conf.d/*.conf\n", [PART]: "" });
  assert.equal(rootOf(PART, { files }), MAIN);
  assert.equal(rootOf(MAIN, { files }), MAIN);
});

Deno.test("rootOf() file that nobody includes, is itself", () => {
  const files = memoryFiles({ [MAIN]: "", [PART]: "" });
  assert.equal(rootOf(PART, { files }), PART);
});

Deno.test("rootOf() file that an open one includes through another, is the outermost", () => {
  const files = memoryFiles({
    "/srv/lb.conf": "include a.conf\n",
    "/srv/a.conf": "include b.conf\n",
    "/srv/b.conf": "",
  });
  const open = ["/srv/b.conf", "/srv/a.conf", "/srv/lb.conf"];
  assert.equal(rootOf("/srv/b.conf", { files, open }), "/srv/lb.conf");
});

Deno.test("rootOf() files that include each other, ends", () => {
  const files = memoryFiles({ "/a.conf": "include b.conf\n", "/b.conf": "include a.conf\n" });
  assert.equal(rootOf("/a.conf", { files, open: ["/a.conf", "/b.conf"] }), "/b.conf");
});

Deno.test("viewOf() file included inside blocks, stands in them", () => {
  const files = memoryFiles({
    [MAIN]: "vrrp_instance A {\n  include conf.d/a.conf\n}\n",
    [PART]: "track_script {\n  include b.conf\n}\n",
    "/etc/keepalived/conf.d/b.conf": "chk\n",
  });
  const view = viewOf("/etc/keepalived/conf.d/b.conf", { files });
  assert(view !== undefined);
  assert.deepEqual(blockAt(view.outline, { line: 0, character: 0 }).kind.path, [
    "vrrp_instance",
    "track_script",
  ]);
});

Deno.test("viewOf() file that is not there, is absent", () =>
  assert.equal(viewOf("/none", { files: memoryFiles({}) }), undefined));

Deno.test("viewOf() view asked several times, reads the files it belongs to once", () => {
  const inner = memoryFiles({
    [MAIN]: "$V=1\ninclude conf.d/*.conf\nvrrp_script chk {\n}\n",
    [PART]: "",
  });
  const reads: string[] = [];
  const files: SourceFiles = {
    ...inner,
    read: (path) => {
      reads.push(path);
      return inner.read(path);
    },
  };
  const view = viewOf(MAIN, { files });
  assert(view !== undefined);
  assert.deepEqual(view.project.blocks().map(({ name }) => name), ["chk"]);
  assert.deepEqual(view.project.definitions().map(({ name }) => name), ["V"]);
  const before = reads.length;
  assert.deepEqual([...view.project.texts().keys()], [MAIN, PART]);
  assert.equal(view.project.blocks(), view.project.blocks());
  assert.equal(view.outline, view.outline);
  assert.equal(reads.length, before);
});
