import assert from "node:assert/strict";
import { NativeError } from "./error.ts";
import { loadEmbedded } from "./load.ts";
import { ABI_VERSION } from "./protocol.ts";

const BUILT = new URL("../../target/release/libholdfast_core.so", import.meta.url);

const built = await Deno.stat(BUILT).then(() => true, () => false);

/** Runs `body` with a temporary directory of its own; gives what it left there. */
function withTemp(body: () => void): readonly string[] {
  const before = Deno.env.get("TMPDIR");
  const directory = Deno.makeTempDirSync();
  Deno.env.set("TMPDIR", directory);
  try {
    body();
    return [...Deno.readDirSync(directory)].map((entry) => entry.name);
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test({
  name: `loadEmbedded() of the core loads a copy and leaves no file${
    built ? "" : " (skipped: run cargo build --release)"
  }`,
  ignore: !built,
  fn() {
    const left = withTemp(() => {
      const library = loadEmbedded(BUILT);
      assert.equal(library.symbols.core_abi_version(), ABI_VERSION);
      library.close();
    });
    assert.deepEqual(left, []);
  },
});

Deno.test("loadEmbedded() of what is no library throws NativeError and leaves no file", () => {
  const left = withTemp(() => {
    assert.throws(() => loadEmbedded(new URL(import.meta.url)), NativeError);
  });
  assert.deepEqual(left, []);
});
