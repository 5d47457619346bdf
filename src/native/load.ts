/** Finds and loads the core. Nothing happens on import. */

import { NativeError } from "./error.ts";
import { ABI_VERSION } from "./protocol.ts";
import { type Library, SYMBOLS } from "./symbols.ts";

/** Names another file than the one that belongs to this program. */
const OVERRIDE = "HOLDFAST_CORE";

/** Where `cargo build --release` leaves it, and where `deno compile --include` embeds it. */
const BUILT = new URL("../../target/release/libholdfast_core.so", import.meta.url);

/** Loads the core, for as long as the process lives. Throws {@linkcode NativeError}. */
export function loadLibrary(): Library {
  const override = Deno.env.get(OVERRIDE);
  if (override !== undefined && override !== "") return open(override);
  return Deno.build.standalone ? loadEmbedded(BUILT) : open(BUILT);
}

/**
 * Loads a copy of `embedded`: the dynamic linker reads real files only, so it is written to a
 * directory nobody else can enter. The name goes at once, the mapping stays.
 */
export function loadEmbedded(embedded: URL): Library {
  const directory = Deno.makeTempDirSync({ prefix: "holdfast-" });
  try {
    const path = `${directory}/libholdfast_core.so`;
    Deno.writeFileSync(path, Deno.readFileSync(embedded), { createNew: true, mode: 0o500 });
    return open(path);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function open(path: string | URL): Library {
  let library: Library;
  try {
    library = Deno.dlopen(path, SYMBOLS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failed("dlopen", `Cannot load the core from ${path}: ${reason}`);
  }
  const version = library.symbols.core_abi_version();
  if (version === ABI_VERSION) return library;
  library.close();
  throw failed(
    "core_abi_version",
    `Cannot use the core at ${path}: its version is ${version}, must be ${ABI_VERSION}`,
  );
}

function failed(call: string, message: string): NativeError {
  return new NativeError(message, { call, status: 0, errno: 0 });
}
