import assert from "node:assert/strict";
import { hostFacts, interfaceNames, systemFiles } from "./source_files.ts";

Deno.test("systemFiles() tells files, folders, executables, other things and nothing apart", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.conf`, "a 1\n");
    await Deno.writeTextFile(`${folder}/x.conf`, "x 1\n", { mode: 0o755 });
    const { read, list } = systemFiles();
    const plain = read(`${folder}/a.conf`);
    assert.deepEqual(plain, {
      kind: "text",
      bytes: new TextEncoder().encode("a 1\n"),
      executable: false,
    });
    const script = read(`${folder}/x.conf`);
    assert.ok(script.kind === "text" && script.executable);
    assert.deepEqual(read(folder), { kind: "directory" });
    assert.deepEqual(read(`${folder}/nope`), { kind: "missing" });
    assert.deepEqual(read("/dev/null"), { kind: "other" });
    assert.deepEqual(list(folder)?.toSorted(), ["a.conf", "x.conf"]);
    assert.equal(list(`${folder}/nope`), undefined);
    await Deno.writeFile(`${folder}/huge.conf`, new Uint8Array());
    await Deno.truncate(`${folder}/huge.conf`, 300 * 2 ** 20); // without a byte on the disk
    assert.deepEqual(read(`${folder}/huge.conf`), {
      kind: "unreadable",
      reason: "it has more than 256 MiB",
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("systemFiles() the configuration id, is -i or the host's name up to the first dot", () => {
  assert.equal(systemFiles({ configId: "node9" }).configId, "node9");
  assert.match(systemFiles().configId, /^[^.]+$/);
});

Deno.test("systemFiles() the environment, is read; a name that cannot be gives nothing", () => {
  const { env } = systemFiles();
  assert.equal(env("PATH"), Deno.env.get("PATH"));
  assert.equal(env("="), undefined);
  assert.equal(env(""), undefined);
});

Deno.test("hostFacts() what cannot be run, is told apart", async () => {
  const { programFault } = hostFacts();
  assert.equal(programFault?.("/etc"), "folder");
  assert.equal(programFault?.("/dev/null"), "no file");
  assert.equal(programFault?.("/etc/passwd"), "not executable");
  assert.equal(programFault?.("/nonexistent/x"), "missing");
  assert.equal(programFault?.("no-such-program-anywhere"), "missing");
  assert.equal(programFault?.("sh"), undefined);
  const own = await Deno.makeTempFile();
  await Deno.chmod(own, 0o700);
  assert.equal(programFault?.(own, { user: "root" }), undefined);
  if (Deno.uid() === 0) assert.equal(programFault?.(own, { user: "daemon" }), "not executable");
  await Deno.remove(own);
});

Deno.test("hostFacts() knows the loopback, the shell and root", () => {
  const facts = hostFacts();
  assert.ok(facts.interfaces.has("lo"));
  assert.ok(facts.hasProgram("/bin/sh") && facts.hasProgram("sh"));
  assert.ok(!facts.hasProgram("/etc/passwd") && !facts.hasProgram("no-such-program-anywhere"));
  assert.ok(facts.hasAccount("root") && facts.hasAccount("root", "root"));
  assert.ok(!facts.hasAccount("no such account") && !facts.hasAccount("root", "no such group"));
});

Deno.test("interfaceNames() the kernel's table, gives names also with a colon or long figures", () => {
  const table = `Inter-|   Receive                |  Transmit
 face |bytes    packets errs drop|bytes    packets errs drop
    lo: 8640713   36819    0    0  8640713   36819    0    0
eth0.100:1234567890 0 0 0 0 0 0 0
 eth0:1:       0       0    0    0        0       0    0    0
`;
  assert.deepEqual(interfaceNames(table), ["lo", "eth0.100", "eth0:1"]);
});

Deno.test({
  name:
    "hostFacts() in another network namespace with /sys of the first, has its interfaces (needs root)",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    const module = new URL("./source_files.ts", import.meta.url).href;
    const print = `console.log([...(await import("${module}")).hostFacts().interfaces].join())`;
    const inside = 'ip link add hf-inside type bridge && exec "$0" eval --no-check "$1"';
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: ["-n", "sh", "-c", inside, Deno.execPath(), print],
    }).output();
    const text = new TextDecoder();
    assert.equal(code, 0, text.decode(stderr));
    assert.ok(text.decode(stdout).trim().split(",").includes("hf-inside"), text.decode(stdout));
  },
});
