import assert from "node:assert/strict";
import { type Ended, holdfast, PROGRAM, RUN } from "./process_fixture.ts";
import { replaceFile } from "./replace_file.ts";

const MESSY = "global_defs\n{\n  router_id  a # name\n}\n";
const NEAT = "global_defs {\n    router_id a # name\n}\n";
const BROKEN = "global_defs {\n  router_id a\n";

/** Runs `holdfast fmt` as a process of its own. */
function fmt(args: readonly string[], stdin = ""): Promise<Ended> {
  return holdfast(["fmt", ...args], stdin);
}

async function withFiles(
  texts: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(texts)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("fmt, a file, prints it and leaves it as it is", () =>
  withFiles({ "a.conf": MESSY }, async (folder) => {
    assert.deepEqual(await fmt([`${folder}/a.conf`]), {
      code: 0,
      stdout: NEAT,
      stderr: "",
    });
    assert.equal(await Deno.readTextFile(`${folder}/a.conf`), MESSY);
  }));

Deno.test("fmt, standard input with CR LF, prints it and says so", async () => {
  const { code, stdout, stderr } = await fmt(["-"], MESSY.replaceAll("\n", "\r\n"));
  assert.deepEqual([code, stdout], [0, NEAT]);
  assert.equal(stderr, "(standard input): line ends CR LF become LF (4 of 4 lines)\n");
});

Deno.test("fmt --check, lists what would change and exits with 1", () =>
  withFiles({ "a.conf": MESSY, "b.conf": NEAT }, async (folder) => {
    const both = await fmt(["--check", `${folder}/a.conf`, `${folder}/b.conf`]);
    assert.deepEqual(both, { code: 1, stdout: `${folder}/a.conf\n`, stderr: "" });
    const neat = await fmt(["--check", `${folder}/b.conf`]);
    assert.deepEqual(neat, { code: 0, stdout: "", stderr: "" });
  }));

Deno.test("fmt --write, replaces files and exits with 2 for those it has to leave", () =>
  withFiles({ "a.conf": MESSY, "b.conf": BROKEN }, async (folder) => {
    const { code, stdout, stderr } = await fmt([
      "--write",
      `${folder}/b.conf`,
      `${folder}/none.conf`,
      `${folder}/a.conf`,
    ]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /b\.conf:1:1: error: Cannot find the "}" of global_defs/);
    assert.match(stderr, /b\.conf: left as it is: its braces do not match\n/);
    assert.match(stderr, /Cannot read \S+none\.conf: No such file or directory\n/);
    assert.equal(await Deno.readTextFile(`${folder}/a.conf`), NEAT);
    assert.equal(await Deno.readTextFile(`${folder}/b.conf`), BROKEN);
  }));

Deno.test("fmt, bytes that are no UTF-8, keeps them", async () => {
  const child = new Deno.Command(PROGRAM, {
    args: [...RUN, "fmt", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(Uint8Array.of(0x61, 0x09, 0xe9, 0x20, 0xff));
  await writer.close();
  const { stdout } = await child.output();
  assert.deepEqual([...stdout], [0x61, 0x20, 0xe9, 0x20, 0xff, 0x0a]);
});

Deno.test("replaceFile() through a symbolic link, keeps mode, owner and the link", () =>
  withFiles({ "a.conf": MESSY }, async (folder) => {
    const path = `${folder}/a.conf`;
    const isRoot = Deno.uid() === 0;
    await Deno.chmod(path, 0o640);
    if (isRoot) await Deno.chown(path, 12, 34);
    await Deno.symlink("a.conf", `${folder}/link`);
    const before = await Deno.stat(path);
    await replaceFile(`${folder}/link`, new TextEncoder().encode(NEAT));
    const after = await Deno.stat(path);
    assert.equal(await Deno.readTextFile(path), NEAT);
    assert.equal((await Deno.lstat(`${folder}/link`)).isSymlink, true);
    assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);
    assert.notEqual(after.ino, before.ino, "a new file took its place");
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(), [
      "a.conf",
      "link",
    ]);
  }));

Deno.test("replaceFile() that fails, leaves nothing behind", () =>
  withFiles({}, async (folder) => {
    await Deno.mkdir(`${folder}/dir`);
    await assert.rejects(replaceFile(`${folder}/dir`, new Uint8Array()));
    assert.deepEqual(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["dir"]);
  }));
