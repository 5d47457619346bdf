import assert from "node:assert/strict";
import { folderOf, openToAppend } from "./append_file.ts";

function appendTest(name: string, body: (folder: string) => void): void {
  Deno.test({
    name,
    ignore: Deno.uid() !== 0,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      Deno.chmodSync(folder, 0o1777);
      try {
        body(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

function add(path: string, text: string): void {
  using file = openToAppend(path, { mode: 0o600 });
  file.writeSync(new TextEncoder().encode(text));
}

appendTest("openToAppend() a new file and one of ours, are added to", (folder) => {
  add(`${folder}/log`, "a");
  add(`${folder}/log`, "b");
  assert.equal(Deno.readTextFileSync(`${folder}/log`), "ab");
  assert.equal((Deno.statSync(`${folder}/log`).mode ?? 0) & 0o777, 0o600);
});

appendTest("openToAppend() a link of root's, is followed", (folder) => {
  Deno.writeTextFileSync(`${folder}/target`, "");
  Deno.symlinkSync("target", `${folder}/log`);
  add(`${folder}/log`, "a");
  assert.equal(Deno.readTextFileSync(`${folder}/target`), "a");
});

appendTest(
  "openToAppend() a link somebody else planted, is not followed, nor its target made",
  (folder) => {
    Deno.writeTextFileSync(`${folder}/precious`, "");
    for (const target of ["precious", "missing"]) {
      Deno.symlinkSync(target, `${folder}/log`);
      new Deno.Command("chown", { args: ["-h", "1234", `${folder}/log`] }).outputSync();
      assert.throws(() => add(`${folder}/log`, "a"), /log is a link of another account/);
      Deno.removeSync(`${folder}/log`);
    }
    assert.equal(Deno.readTextFileSync(`${folder}/precious`), "");
    assert.throws(() => Deno.lstatSync(`${folder}/missing`));
  },
);

appendTest(
  "openToAppend() a link of root's to nothing, is an error and makes nothing",
  (folder) => {
    Deno.symlinkSync("missing", `${folder}/log`);
    assert.throws(() => add(`${folder}/log`, "a"), Deno.errors.NotFound);
    assert.throws(() => Deno.lstatSync(`${folder}/missing`));
  },
);

appendTest(
  "openToAppend() a file of somebody else's, is used in a folder of root's only",
  (folder) => {
    Deno.writeTextFileSync(`${folder}/log`, "");
    Deno.chownSync(`${folder}/log`, 1234, 1234);
    assert.throws(() => add(`${folder}/log`, "a"), /log is a file of another account/);
    Deno.chmodSync(folder, 0o755);
    add(`${folder}/log`, "a");
    assert.equal(Deno.readTextFileSync(`${folder}/log`), "a");
  },
);

Deno.test("folderOf() a file without a folder, is in the one where the program runs", () => {
  assert.deepEqual(["a.pid", "/a.pid", "/run/a.pid", "run/a.pid"].map(folderOf), [
    ".",
    "/",
    "/run",
    "run",
  ]);
});
