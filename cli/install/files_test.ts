import assert from "node:assert/strict";
import { output } from "../process_fixture.ts";
import { installedFiles } from "./files.ts";

const FILES = installedFiles({ systemd: true, openrc: true, sysconfig: false, asKeepalived: true });

/** Whether this machine has a program. */
function has(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const { path, content } of FILES) {
      await Deno.writeTextFile(`${folder}/${path.slice(path.lastIndexOf("/") + 1)}`, content);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("installedFiles() all paths are absolute and differ", () => {
  const paths = FILES.map(({ path }) => path);
  assert.ok(paths.every((path) => path.startsWith("/")));
  assert.equal(new Set(paths).size, paths.length);
});

Deno.test({
  name: "installedFiles() units, systemd-analyze finds nothing wrong in them",
  ignore: !has("/usr/bin/systemd-analyze"),
  fn: () =>
    inFolder(async (folder) => {
      for (const unit of ["holdfast.service", "holdfast-nonroot.service"]) {
        const { stderr } = await output("systemd-analyze", [
          "verify",
          "--man=no",
          `${folder}/${unit}`,
        ]);
        // The program is not installed on this machine, nor is its account.
        const wrong = stderr.split("\n").filter((line) => line.includes(unit))
          .filter((line) => !/is not executable|No such file or directory/.test(line));
        assert.deepEqual(wrong, []);
      }
    }),
});

Deno.test("installedFiles() the OpenRC script, a shell can read it", () =>
  inFolder(async (folder) => {
    const script = FILES.find(({ path }) => path === "/etc/init.d/holdfast")?.content ?? "";
    await Deno.writeTextFile(`${folder}/script`, script);
    const { code, stderr } = await output("sh", ["-n", `${folder}/script`]);
    assert.equal(code, 0, stderr);
  }));

for (const page of ["holdfast.8", "holdfast.conf.5"]) {
  Deno.test({
    name: `installedFiles() ${page}, groff finds nothing wrong in it`,
    ignore: !has("/usr/bin/groff"),
    fn: () =>
      inFolder(async (folder) => {
        const args = ["-man", "-Tutf8", "-ww", "-z", `${folder}/${page}`];
        const { code, stderr } = await output("groff", args);
        assert.equal(code, 0);
        assert.equal(stderr, "");
      }),
  });
}
