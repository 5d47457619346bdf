/** Files for a moment. */

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
