import assert from "node:assert/strict";
import { withSourcePlaces } from "../../cli/trace/places.ts";
import { bootText, bundleParts } from "./bundle.ts";

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** What scripts are made of. */
const SOURCES = ["cli", "src", "deno.json", "deno.lock"];

Deno.test("bundleParts() of one tree in two folders, are equal", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copied = await new Deno.Command("cp", {
      args: ["-r", ...SOURCES.map((name) => `${ROOT}/${name}`), folder],
    }).output();
    assert.ok(copied.success);
    assert.deepEqual(await bundleParts(folder), await bundleParts(ROOT));
    assert.equal(await bootText(folder), await bootText(ROOT));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bundleParts() are functions of the installation, in plain ASCII, without a path of this machine", async () => {
  for (const { name, text, map } of await bundleParts(ROOT)) {
    const script: unknown = (0, eval)(text);
    assert.equal(typeof script, "function", name);
    // deno-lint-ignore no-control-regex -- what is not ASCII takes two bytes a character in the engine
    assert.doesNotMatch(text, /[^\x00-\x7f]/, name);
    for (const each of [text, map]) assert.ok(!each.includes(ROOT), name);
    const { sources }: { readonly sources: readonly string[] } = JSON.parse(map);
    assert.deepEqual(sources.filter((path) => !/^(src|cli|npm:|deno\.json)/.test(path)), []);
  }
});

Deno.test("bundleParts() what is thrown in the daemon's script, is named by file and line of the source", async () => {
  const [daemon] = await bundleParts(ROOT, ["daemon"]);
  assert.ok(daemon !== undefined);
  const part = (0, eval)(daemon.text)({}) as typeof import("../../src/daemon/run.ts");
  // The reading makes a text of it, which throws.
  const thrown: unknown = await part.rehearse(Symbol("no path") as unknown as string)
    .then(() => undefined, (error) => error);
  assert.ok(thrown instanceof TypeError && thrown.stack !== undefined);
  assert.match(thrown.stack, /holdfast:daemon, <anonymous>:\d+:\d+/);
  const told = withSourcePlaces(thrown.stack, { daemon: daemon.map });
  const places = [...told.matchAll(/\(?(src\/[^():]+\.ts):(\d+):(\d+)/g)];
  const [, path, line] = places.find(([, path]) => path === "src/daemon/rehearsal.ts") ?? [];
  assert.ok(path !== undefined, told);
  const source = await Deno.readTextFile(`${ROOT}/${path}`);
  assert.match(source.split("\n")[Number(line) - 1] ?? "", /\breadFile\(/, told);
  assert.doesNotMatch(told, /holdfast:daemon/);
});
