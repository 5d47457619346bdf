/** The npm packages of deno.lock, and where Deno keeps them. */

/** A package as it is locked. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Hash of its archive, as npm writes it: `sha512-…` in base64. */
  readonly integrity: string;
}

/** What of deno.lock is read. */
interface Lock {
  readonly npm?: Readonly<Record<string, { readonly integrity: string }>>;
}

/** The packages of a lock file, by name. */
export function lockedPackages(lock: string): readonly LockedPackage[] {
  const { npm = {} }: Lock = JSON.parse(lock);
  return Object.entries(npm).map(([key, { integrity }]) => {
    const at = key.lastIndexOf("@");
    // Behind `_` stand the versions of peers.
    const [version = ""] = key.slice(at + 1).split("_");
    return { name: key.slice(0, at), version, integrity };
  });
}

/** Folder of a package in Deno's cache, which has one for each registry; `undefined` when it is not there. */
export function folderOf(
  { name, version }: LockedPackage,
  npmCache: string,
): string | undefined {
  for (const registry of Deno.readDirSync(npmCache)) {
    const folder = `${npmCache}/${registry.name}/${name}/${version}`;
    if (isThere(`${folder}/package.json`)) return folder;
  }
  return undefined;
}

/** Deno's cache of npm packages. */
export async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const info: { readonly npmCache: string } = JSON.parse(new TextDecoder().decode(stdout));
  return info.npmCache;
}

/** Links the packages side by side under `folder`, as tools that look for node_modules expect it. */
export function linkPackages(
  packages: readonly LockedPackage[],
  cache: string,
  folder: string,
): void {
  for (const each of packages) {
    const from = folderOf(each, cache);
    // Builds for other machines are not fetched.
    if (from === undefined) continue;
    const link = `${folder}/${each.name}`;
    Deno.mkdirSync(link.slice(0, link.lastIndexOf("/")), { recursive: true });
    Deno.symlinkSync(from, link);
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
