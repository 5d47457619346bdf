import assert from "node:assert/strict";
import type { CorePlace } from "../daemon/platform/mod.ts";
import { NativeError } from "./error.ts";
import { loadFrom } from "./load.ts";
import { ABI_VERSION } from "../core/protocol.ts";

const BUILT = new URL("../../target/release/libholdfast_core.so", import.meta.url);

const built = await Deno.stat(BUILT).then(() => true, () => false);

/** A place inside a compiled executable. */
function embedded(file: URL): CorePlace {
  return { kind: "embedded", bytes: () => Deno.readFileSync(file) };
}

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
  name: `loadFrom() an executable that embeds the core, loads a copy and leaves no file${
    built ? "" : " (skipped: run cargo build --release)"
  }`,
  ignore: !built,
  fn() {
    const left = withTemp(() => {
      const library = loadFrom(embedded(BUILT));
      assert.equal(library.symbols.core_abi_version(), ABI_VERSION);
      library.close();
    });
    assert.deepEqual(left, []);
  },
});

Deno.test("loadFrom() an executable that embeds what is no library, throws NativeError and leaves no file", () => {
  const left = withTemp(() => {
    assert.throws(() => loadFrom(embedded(new URL(import.meta.url))), NativeError);
  });
  assert.deepEqual(left, []);
});
