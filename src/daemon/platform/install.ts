/**
 * How this program is installed: where its core is, and how it is started once more. This is for the source tree and for
 * what `deno compile` makes; in the one executable `install_packed.ts` stands in its place (scripts/one_file).
 */

import type { TextName } from "./installation.ts";

/**
 * The core's library: a file that can be loaded as it is; one inside a compiled executable, of
 * which a copy must be made; or none, and why.
 */
export type CorePlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "embedded"; readonly bytes: () => Uint8Array<ArrayBuffer> }
  | { readonly kind: "absent"; readonly reason: string };

/** Where the core is when nobody names another. */
export function corePlace(): CorePlace {
  // Where `cargo build --release` leaves it, and where `deno compile --include` embeds it.
  const built = new URL("../../../target/release/libholdfast_core.so", import.meta.url);
  return Deno.build.standalone
    ? { kind: "embedded", bytes: () => Deno.readFileSync(built) }
    : { kind: "file", path: built.pathname };
}

const made = new Map<string, unknown>();

/** Makes something the first time it is asked for in this process; whoever asks by the same name gets the same. */
export function once<T>(name: string, make: () => T): T {
  if (!made.has(name)) made.set(name, make());
  return made.get(name) as T;
}

/** A program and its first arguments. */
export interface StartLine {
  readonly program: string;
  readonly args: readonly string[];
}

/** Starts this program once more; its own arguments come behind. */
export function ownStartLine(): StartLine {
  const program = Deno.execPath();
  if (Deno.build.standalone) return { program, args: [] };
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const quiet = ["--allow-all", "--no-prompt", "--no-check", "--cached-only", "--quiet"];
  return {
    program,
    args: ["run", ENGINE, ...quiet, NO_CODE_CACHE, "--config", config, Deno.mainModule],
  };
}

/** The runtime maps that cache, and a mapped file that somebody cuts ends it by SIGBUS. */
const NO_CODE_CACHE = "--no-code-cache";

/**
 * A small space for new objects, MiB: what a configuration is read into stays, and a large space is only touched
 * once more while it is copied; and the daemon may give memory back. Compiled, it is inside (scripts/build).
 */
const ENGINE = "--v8-flags=--max-semi-space-size=2,--expose-gc";

/** Variables that say what this process was started with and no longer has, as scripts/holdfast sets them for the source tree. */
export function startVariables(): Readonly<Record<string, string>> {
  return {};
}

/** The module to run in a thread: in the one executable its text of this name, elsewhere `module`. */
export function threadModule(_name: TextName, module: () => URL): URL {
  return module();
}

/** A text that only the one executable has. */
export function embeddedText(_name: TextName): string | undefined {
  return undefined;
}
