import assert from "node:assert/strict";
import { AlreadyRunningError, PidFileError, readPid, writePidFile } from "./pid_file.ts";

async function inTemporaryFolder(body: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    body(`${folder}/holdfast.pid`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writePidFile() writes this process, dispose removes", () =>
  inTemporaryFolder((path) => {
    const file = writePidFile(path, assert.fail);
    assert.equal(readPid(path), Deno.pid);
    file[Symbol.dispose]();
    assert.equal(readPid(path), undefined);
    file[Symbol.dispose]();
  }));

Deno.test("writePidFile() the file of a running daemon, is refused and kept", () =>
  inTemporaryFolder((path) => {
    Deno.writeTextFileSync(path, "1\n");
    using other = Deno.openSync(path, { read: true });
    other.lockSync(true);
    assert.throws(() => writePidFile(path, assert.fail), AlreadyRunningError);
    assert.equal(readPid(path), 1);
  }));

Deno.test("writePidFile() a number that now belongs to another program, is replaced", () =>
  inTemporaryFolder((path) => {
    Deno.writeTextFileSync(path, "1\n");
    using _file = writePidFile(path, assert.fail);
    assert.equal(readPid(path), Deno.pid);
  }));

Deno.test("writePidFile() a stale file or garbage, is replaced", () =>
  inTemporaryFolder((path) => {
    for (const content of ["4194305\n", "garbage", ""]) {
      Deno.writeTextFileSync(path, content);
      using _file = writePidFile(path, assert.fail);
      assert.equal(readPid(path), Deno.pid);
    }
  }));

Deno.test("writePidFile() a symbolic link at the path, is replaced and not followed", () =>
  inTemporaryFolder((path) => {
    Deno.writeTextFileSync(`${path}.target`, "precious");
    Deno.symlinkSync(`${path}.target`, path);
    using _file = writePidFile(path, assert.fail);
    assert.equal(Deno.readTextFileSync(`${path}.target`), "precious");
  }));

Deno.test("writePidFile() a folder that is not there, is told with the path that was asked for", () =>
  inTemporaryFolder((path) => {
    assert.throws(
      () => writePidFile(`${path}/x.pid`, assert.fail),
      new PidFileError(`${path}/x.pid`, new Deno.errors.NotFound("No such file or directory")),
    );
  }));

Deno.test("PidFileError denied, says who may", () => {
  const cause = new Deno.errors.PermissionDenied(
    "Permission denied (os error 13): open '/run/keepalived.pid.68e7'",
  );
  const error = new PidFileError("/run/keepalived.pid", cause);
  assert.equal(error.denied, true);
  assert.match(
    error.message,
    /^Cannot write the pid file \/run\/keepalived.pid: Permission denied; run it as root/,
  );
});
