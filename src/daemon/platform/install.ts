/** How this program is installed: where its core is, and how it is started once more. */

/**
 * The core's library: a file that can be loaded as it is, or one inside a compiled executable, of
 * which a copy must be made.
 */
export type CorePlace =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "embedded"; readonly bytes: () => Uint8Array<ArrayBuffer> };

/** Where the core is when nobody names another. */
export function corePlace(): CorePlace {
  // Where `cargo build --release` leaves it, and where `deno compile --include` embeds it.
  const built = new URL("../../../target/release/libholdfast_core.so", import.meta.url);
  return Deno.build.standalone
    ? { kind: "embedded", bytes: () => Deno.readFileSync(built) }
    : { kind: "file", path: built.pathname };
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
    args: ["run", YOUNG_GENERATION, ...quiet, "--config", config, Deno.mainModule],
  };
}

/**
 * A small space for new objects, MiB: what a configuration is read into stays, and a large space is only touched
 * once more while it is copied. Compiled, it is inside (scripts/build).
 */
const YOUNG_GENERATION = "--v8-flags=--max-semi-space-size=2";

/** Gives `use` the path of a file with these bytes, in a folder nobody else can enter; it is gone afterwards. */
export function withTemporaryFile<T>(
  bytes: Uint8Array,
  { name, mode }: { readonly name: string; readonly mode: number },
  use: (path: string) => T,
): T {
  const folder = Deno.makeTempDirSync({ prefix: "holdfast-" });
  try {
    const path = `${folder}/${name}`;
    Deno.writeFileSync(path, bytes, { createNew: true, mode });
    return use(path);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
