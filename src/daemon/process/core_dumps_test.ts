import assert from "node:assert/strict";
import { allowCoreDumps } from "./core_dumps.ts";

/** What a file holds that stands for the kernel's: it keeps all that is written to it, the last word at its end. */
async function patternTest(body: (path: string) => void): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    Deno.writeTextFileSync(path, "core\n");
    body(path);
  } finally {
    await Deno.remove(path);
  }
}

const CORE = { tell: () => {} };
const log = ({ text }: { readonly text: string }) => assert.fail(text);

Deno.test("allowCoreDumps() with a pattern, sets it and at the end the one before", () =>
  patternTest((path) => {
    {
      using _pattern = allowCoreDumps("/var/dumps/%p", { core: CORE, log, path });
      assert.equal(Deno.readTextFileSync(path), "core\n/var/dumps/%p");
    }
    assert.equal(Deno.readTextFileSync(path), "core\n/var/dumps/%pcore\n");
  }));

Deno.test("allowCoreDumps() a pattern that somebody else has set since, stays", () =>
  patternTest((path) => {
    {
      using _pattern = allowCoreDumps("/var/dumps/%p", { core: CORE, log, path });
      Deno.writeTextFileSync(path, "|/usr/lib/theirs");
    }
    assert.equal(Deno.readTextFileSync(path), "|/usr/lib/theirs");
  }));

Deno.test("allowCoreDumps() without a pattern, leaves that of the kernel alone", () =>
  patternTest((path) => {
    {
      using _none = allowCoreDumps(true, { core: CORE, log, path });
    }
    assert.equal(Deno.readTextFileSync(path), "core\n");
  }));
