import assert from "node:assert/strict";
import { coreTest } from "../../../tests/data/core.ts";
import { putFile, putLockedFile } from "./put_file.ts";

async function withFolder(body: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = await Deno.makeTempDir();
  const before = Deno.umask(0o177);
  try {
    await body(folder);
  } finally {
    Deno.umask(before);
    await Deno.remove(folder, { recursive: true });
  }
}

function modeOf(path: string): string {
  return ((Deno.lstatSync(path).mode ?? 0) & 0o777).toString(8);
}

function names(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name);
}

for (const [umask, mode] of [[0o177, "600"], [0o022, "644"], [0, "666"]] as const) {
  coreTest(
    `putFile() with umask ${umask.toString(8)}, has mode ${mode} (keepalived's dumps)`,
    {},
    (core) =>
      withFolder(async (folder) => {
        Deno.umask(umask);
        const path = `${folder}/dump`;
        assert.equal(await putFile(core, { path, text: "text\n", mode: 0o666 }), undefined);
        assert.equal(modeOf(path), mode);
        assert.equal(Deno.readTextFileSync(path), "text\n");
        assert.deepEqual(names(folder), ["dump"]);
      }),
  );
}

coreTest(
  "putFile() where a FIFO lies that nobody reads, replaces it and waits for nobody",
  {},
  (core) =>
    withFolder(async (folder) => {
      const path = `${folder}/dump`;
      const made = await new Deno.Command("mkfifo", { args: [path] }).output();
      assert.ok(made.success);
      assert.equal(await putFile(core, { path, text: "text", mode: 0o666 }), undefined);
      assert.ok(Deno.lstatSync(path).isFile);
    }),
);

coreTest(
  "putFile() that fails, says why and leaves no file behind",
  {},
  (core) =>
    withFolder(async (folder) => {
      const put = (name: string) =>
        putFile(core, { path: `${folder}/${name}`, text: "text", mode: 0o666 });
      Deno.mkdirSync(`${folder}/dump`);
      assert.equal(await put("dump"), `Cannot write ${folder}/dump: Is a directory`);
      assert.match(await put("missing/dump") ?? "", /^Cannot write .*: No such file or directory$/);
      assert.deepEqual(names(folder), ["dump"]);
    }),
);

Deno.test("putLockedFile() has its mode whatever the umask, and a lock until it is disposed of", () =>
  withFolder((folder) => {
    const path = `${folder}/pid`;
    const file = putLockedFile(path, "7\n", { mode: 0o644 });
    assert.deepEqual([modeOf(path), Deno.readTextFileSync(path), Deno.umask()], [
      "644",
      "7\n",
      0o177,
    ]);
    using other = Deno.openSync(path);
    assert.equal(other.tryLockSync(true), false);
    file[Symbol.dispose]();
    assert.equal(other.tryLockSync(true), true);
  }));
