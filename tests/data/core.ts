/** Tests against the real core, built with `cargo build --release`; without it they are skipped visibly. */

import { type Core, openCore } from "../../src/native/core.ts";
import { NativeError } from "../../src/native/error.ts";
import { loadLibrary } from "../../src/native/load.ts";

/** A test with an open core, which is closed afterwards. */
export function coreTest(
  name: string,
  { root = false }: { readonly root?: boolean },
  body: (core: Core) => Promise<void> | void,
): void {
  const missing = root && Deno.uid() !== 0 ? "needs root" : missingCore();
  if (missing !== undefined) {
    Deno.test({ name: `${name} (skipped: ${missing})`, ignore: true, fn: () => {} });
    return;
  }
  Deno.test(name, async () => {
    const core = openCore();
    try {
      await body(core);
    } finally {
      core[Symbol.dispose]();
      await core.closed;
    }
  });
}

/** Why there is no core. */
function missingCore(): string | undefined {
  try {
    loadLibrary();
    return undefined;
  } catch (error) {
    if (error instanceof NativeError) return error.message;
    throw error;
  }
}
