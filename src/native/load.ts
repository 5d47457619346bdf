/** Finds and loads the core. Nothing happens on import. */

import {
  type CorePlace,
  corePlace,
  dlopen,
  once,
  onSignal,
  type SignalName,
  variable,
  withTemporaryFile,
} from "../daemon/platform/mod.ts";
import { NativeError } from "./error.ts";
import { ABI_VERSION } from "../core/protocol.ts";
import { type Library, SYMBOLS } from "./symbols.ts";

/** Names another file than the one that belongs to this program. */
const OVERRIDE = "HOLDFAST_CORE";

/** Signals by which the runtime ends the process by itself, and the one at which it lets a debugger in. */
const OF_RUNTIME: readonly SignalName[] = ["SIGHUP", "SIGINT", "SIGTERM", "SIGUSR1"];

/** Loads the core once, for as long as the process lives. Throws {@linkcode NativeError}. */
export function loadLibrary(): Library {
  return once("core", load);
}

/**
 * Takes over the signals of the process: from now on none ends or stops it by a default, and an open
 * core reports them, also those that came before. To be called as early as can be. False when there is
 * no core to do it: whoever opens that says why.
 */
export function holdSignals(): boolean {
  // The runtime takes these for itself sometime: the first because it ends the process unless somebody
  // listens, SIGUSR1 to open a port by which every local user can run code as this process. It takes each
  // once: it is to have done so before the core takes them from it.
  once("signals", () => OF_RUNTIME.forEach((signal) => onSignal(signal, () => {})));
  try {
    return loadLibrary().symbols.core_hold_signals() === 0;
  } catch (error) {
    if (error instanceof NativeError) return false;
    throw error;
  }
}

function load(): Library {
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
