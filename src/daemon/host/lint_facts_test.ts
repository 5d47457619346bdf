import assert from "node:assert/strict";
import { hostAddresses, scriptFacts } from "./lint_facts.ts";

Deno.test("scriptFacts() tells missing, executable and changeable programs apart", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/plain`, "#!/bin/sh\n");
    await Deno.writeTextFile(`${folder}/runs`, "#!/bin/sh\n");
    await Deno.chmod(`${folder}/plain`, 0o644);
    await Deno.chmod(`${folder}/runs`, 0o777);
    await Deno.symlink("runs", `${folder}/link`);
    const names = ["plain", "runs", "link", "gone", "plain/below"].map((name) =>
      `${folder}/${name}`
    );
    const [plain, runs, link, gone, below] = names;
    const facts = await scriptFacts([...names, "sh", "no-such-program-anywhere"]);
    const real = await Deno.realPath(folder);
    const get = (name: string | undefined) => facts.get(name ?? "");
    assert.deepEqual(get(gone), { kind: "missing" });
    assert.deepEqual(get(below), { kind: "missing" });
    assert.deepEqual(get("no-such-program-anywhere"), { kind: "missing" });
    assert.deepEqual(get(runs), {
      kind: "found",
      path: `${real}/runs`,
      executable: true,
      writable: `${real}/runs`,
    });
    assert.deepEqual(get(link), get(runs));
    const file = get(plain);
    assert.equal(file?.kind === "found" && file.executable, false);
    const shell = get("sh");
    assert.equal(shell?.kind === "found" && shell.executable, true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("hostAddresses() gives the loopback with its prefix", () => {
  const found = hostAddresses().find(({ address }) => address === "127.0.0.1");
  assert.deepEqual(found, { interface: "lo", address: "127.0.0.1", prefixLength: 8 });
});
