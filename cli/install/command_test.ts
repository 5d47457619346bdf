import assert from "node:assert/strict";
import { holdfast, output } from "../process_fixture.ts";
import { installedFiles } from "./files.ts";

/** Runs with a folder that stands for the root of a host, and an executable to install. */
async function withRoot(run: (root: string, executable: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  const executable = await Deno.makeTempFile();
  await Deno.writeTextFile(executable, "#!/bin/sh\n");
  try {
    await run(root, executable);
  } finally {
    await Deno.remove(root, { recursive: true });
    await Deno.remove(executable);
  }
}

async function filesUnder(root: string): Promise<readonly string[]> {
  const { stdout } = await output("find", [root, "-not", "-type", "d", "-printf", "/%P %m\n"]);
  return stdout.trim().split("\n").filter((line) => line !== "").toSorted();
}

Deno.test("install and uninstall, leave nothing but what was changed", () =>
  withRoot(async (root, executable) => {
    const done = await holdfast([
      "install",
      "--root",
      root,
      "--program",
      executable,
      "--as-keepalived",
    ]);
    assert.equal(done.code, 0, done.stderr);
    const there = await filesUnder(root);
    const expected = installedFiles({
      systemd: true,
      openrc: false,
      sysconfig: false,
      asKeepalived: true,
    });
    assert.deepEqual(
      there,
      [
        "/usr/bin/genhash 777",
        "/usr/sbin/holdfast 755",
        "/usr/sbin/keepalived 777",
        ...expected.map(({ path, mode }) => `${path} ${mode.toString(8)}`),
      ].toSorted(),
    );
    await Deno.writeTextFile(`${root}/etc/default/holdfast`, "HOLDFAST_OPTIONS=-D\n");
    const again = await holdfast([
      "install",
      "--root",
      root,
      "--program",
      executable,
      "--as-keepalived",
    ]);
    assert.match(again.stdout, /keep \/etc\/default\/holdfast: it was changed here/);
    const gone = await holdfast(["uninstall", "--root", root]);
    assert.equal(gone.code, 0, gone.stderr);
    assert.deepEqual(await filesUnder(root), ["/etc/default/holdfast 644"]);
    await assert.rejects(Deno.stat(`${root}/usr/share/doc/holdfast`), Deno.errors.NotFound);
  }));

Deno.test("install --dry-run, writes nothing", () =>
  withRoot(async (root, executable) => {
    const { code, stdout } = await holdfast([
      "install",
      "--root",
      root,
      "--program",
      executable,
      "--dry-run",
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /would write \/usr\/sbin\/holdfast/);
    assert.deepEqual(await filesUnder(root), []);
  }));

Deno.test({
  name: "install from the source tree, is refused",
  ignore: Deno.env.has("HOLDFAST"), // an executable installs itself
  fn: async () => {
    const { code, stderr } = await holdfast(["install", "--dry-run"]);
    assert.equal(code, 1);
    assert.match(stderr, /Cannot install from the source tree/);
  },
});
