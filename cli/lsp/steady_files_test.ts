import assert from "node:assert/strict";
import { systemFiles } from "../../src/daemon/host/source_files.ts";
import { type SteadyFiles, steadyFiles } from "./steady_files.ts";

/** A change of the disk, and whether a look at it before is then outdated. */
const CHANGES: readonly [string, (folder: string) => Promise<void>][] = [
  ["file written", (folder) => Deno.writeTextFile(`${folder}/a.conf`, "longer than before")],
  ["file removed", (folder) => Deno.remove(`${folder}/a.conf`)],
  ["file replaced by one of the same size", async (folder) => {
    await Deno.writeTextFile(`${folder}/b`, "A");
    await Deno.rename(`${folder}/b`, `${folder}/a.conf`);
  }],
  ["file made executable", (folder) => Deno.chmod(`${folder}/a.conf`, 0o755)],
  ["missing file written", (folder) => Deno.writeTextFile(`${folder}/missing.conf`, "")],
  ["entry added", (folder) => Deno.writeTextFile(`${folder}/new.conf`, "")],
];

for (const [name, change] of CHANGES) {
  Deno.test(`steadyFiles() ${name}, is outdated and still the same`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "holdfast-steady-" });
    try {
      await Deno.writeTextFile(`${folder}/a.conf`, "a");
      const look = ({ files }: SteadyFiles) => [
        files.read(`${folder}/a.conf`),
        files.read(`${folder}/missing.conf`),
        files.list(folder),
      ];
      // Until the folder is no longer too young for its time to tell anything.
      let steady = steadyFiles(systemFiles());
      let before = look(steady);
      while (!steady.current()) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        steady = steadyFiles(systemFiles());
        before = look(steady);
      }
      assert.deepEqual(before.map((found) => found && "kind" in found && found.kind), [
        "text",
        "missing",
        false,
      ]);
      await change(folder);
      assert(!steady.current());
      assert.deepEqual(look(steady), before);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
