import assert from "node:assert/strict";
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
  Deno.test(`putFile() with umask ${umask.toString(8)}, has mode ${mode} (keepalived's dumps)`, () =>
    withFolder(async (folder) => {
      Deno.umask(umask);
      await putFile(`${folder}/dump`, "text\n", { mode: 0o666 });
      assert.equal(modeOf(`${folder}/dump`), mode);
      assert.deepEqual(names(folder), ["dump"]);
    }));
}

Deno.test("putFile() where somebody planted a link, replaces the link and leaves its target alone", () =>
  withFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/target`, "precious");
    Deno.symlinkSync("target", `${folder}/dump`);
    await putFile(`${folder}/dump`, "text", { mode: 0o666 });
    assert.equal(Deno.readTextFileSync(`${folder}/target`), "precious");
    assert.ok(Deno.lstatSync(`${folder}/dump`).isFile);
  }));

Deno.test("putFile() where a FIFO lies that nobody reads, replaces it and waits for nobody", () =>
  withFolder(async (folder) => {
    const made = await new Deno.Command("mkfifo", { args: [`${folder}/dump`] }).output();
    assert.ok(made.success);
    await putFile(`${folder}/dump`, "text", { mode: 0o666 });
    assert.ok(Deno.lstatSync(`${folder}/dump`).isFile);
  }));

Deno.test("putFile() that fails, rejects and leaves no file behind", () =>
  withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/dump`);
    for (let times = 0; times < 3; times++) {
      await assert.rejects(putFile(`${folder}/dump`, "text", { mode: 0o666 }));
    }
    await assert.rejects(putFile(`${folder}/missing/dump`, "text", { mode: 0o666 }));
    assert.deepEqual(names(folder), ["dump"]);
  }));

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
