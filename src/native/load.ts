/** Finds and loads the core. Nothing happens on import. */

import {
  type CorePlace,
  corePlace,
  dlopen,
  variable,
  withTemporaryFile,
} from "../daemon/platform/mod.ts";
import { NativeError } from "./error.ts";
import { ABI_VERSION } from "./protocol.ts";
import { type Library, SYMBOLS } from "./symbols.ts";

/** Names another file than the one that belongs to this program. */
const OVERRIDE = "HOLDFAST_CORE";

/** Loads the core, for as long as the process lives. Throws {@linkcode NativeError}. */
export function loadLibrary(): Library {
  const override = variable(OVERRIDE);
  return loadFrom(override ? { kind: "file", path: override } : corePlace());
}

/**
 * Loads the core from a place. The dynamic linker reads real files only, so of an embedded one a
 * copy is loaded, whose name goes at once; the mapping stays.
 */
export function loadFrom(place: CorePlace): Library {
  if (place.kind === "file") return open(place.path);
  if (place.kind === "absent") throw failed("dlopen", `Cannot load the core: ${place.reason}`);
  const file = { name: "libholdfast_core.so", mode: 0o500 };
  return withTemporaryFile(place.bytes(), file, open);
}

function open(path: string): Library {
  let library: Library;
  try {
    library = dlopen(path, SYMBOLS);
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
