/** What the executable is made of beside our own sources: npm packages, crates, the runtime. */

import { folderOf, lockedPackages, npmCache } from "./packages.ts";

/** A thing somebody else made. */
export interface Component {
  readonly kind: "npm" | "cargo" | "runtime";
  readonly name: string;
  readonly version: string;
  /** Hash of its archive, in hexadecimal. */
  readonly hash: { readonly algorithm: "SHA-256" | "SHA-512"; readonly hex: string } | undefined;
  /** As SPDX writes it; `undefined` when it does not say. */
  readonly license: string | undefined;
  /** Whether it is inside, not only used while building and testing. */
  readonly isInside: boolean;
  /** Texts of its licenses; of what is not inside none. */
  readonly texts: readonly string[];
}

/** Files that hold the text of a license. */
const LICENSE_FILE = /^(licen[cs]e|copying|notice|thirdpartynotices)/i;

/** The npm packages of deno.lock; `inside` are those whose code is in the scripts. */
export async function npmComponents(
  root: string,
  inside: ReadonlySet<string>,
): Promise<readonly Component[]> {
  const cache = await npmCache();
  const packages = lockedPackages(await Deno.readTextFile(`${root}/deno.lock`));
  return packages.map((each) => {
    const isInside = inside.has(`${each.name}@${each.version}`);
    const folder = folderOf(each, cache);
    return {
      kind: "npm",
      name: each.name,
      version: each.version,
      hash: { algorithm: "SHA-512", hex: hexOf(each.integrity) },
      license: folder === undefined ? undefined : licenseIn(`${folder}/package.json`),
      isInside,
      texts: folder === undefined || !isInside ? [] : textsIn(folder),
    };
  });
}

/** Names and versions of the npm packages among the inputs of a script. */
export function packagesOf(inputs: Iterable<string>): ReadonlySet<string> {
  const names = [...inputs].flatMap((path) => {
    const [, name, version] = /^npm:((?:@[^/]+\/)?[^/]+)\/([^/]+)\//.exec(path) ?? [];
    return name === undefined ? [] : [`${name}@${version}`];
  });
  return new Set(names);
}

/** What is used of `cargo metadata`. */
interface Metadata {
  readonly packages: readonly {
    readonly id: string;
    readonly name: string;
    readonly version: string;
    readonly license: string | null;
    readonly source: string | null;
    readonly manifest_path: string;
  }[];
  readonly resolve: {
    readonly nodes: readonly {
      readonly id: string;
      readonly deps: readonly {
        readonly pkg: string;
        readonly dep_kinds: readonly { readonly kind: "dev" | "build" | null }[];
      }[];
    }[];
  };
}

/** The crates of Cargo.lock for a machine (a target of Rust); inside are those the core is linked from. */
export async function cargoComponents(
  root: string,
  machine: string,
): Promise<readonly Component[]> {
  // What a build did not need, dev dependencies of others, may have to be fetched first.
  const filter = ["--locked", "--filter-platform", machine];
  const args = ["metadata", "--format-version=1", ...filter];
  const { code, stdout, stderr } = await new Deno.Command("cargo", { args, cwd: root }).output();
  if (code !== 0) throw new Error(`cargo metadata: ${new TextDecoder().decode(stderr)}`);
  const metadata: Metadata = JSON.parse(new TextDecoder().decode(stdout));
  const hashes = checksums(await Deno.readTextFile(`${root}/Cargo.lock`));
  const inside = linkedInto("holdfast-core", metadata);
  return metadata.packages.filter(({ source }) => source !== null).map((each) => {
    const hex = hashes.get(`${each.name}@${each.version}`);
    const isInside = inside.has(each.id);
    const folder = each.manifest_path.slice(0, each.manifest_path.lastIndexOf("/"));
    return {
      kind: "cargo",
      name: each.name,
      version: each.version,
      hash: hex === undefined ? undefined : { algorithm: "SHA-256", hex },
      license: each.license?.replace(/\s*\/\s*|\s+OR\s+/g, " OR "),
      isInside,
      texts: isInside ? textsIn(folder) : [],
    };
  });
}

/** Ids of the packages a package is linked from: neither what builds it nor what tests it. */
function linkedInto(name: string, { packages, resolve }: Metadata): ReadonlySet<string> {
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) {
      if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
    }
  };
  packages.filter((each) => each.name === name).forEach(({ id }) => visit(id));
  return seen;
}

/** Checksums of a Cargo.lock, by `name@version`. */
function checksums(lock: string): ReadonlyMap<string, string> {
  const blocks = lock.matchAll(
    /^name = "(.+)"\nversion = "(.+)"\n(?:source = .*\n)?checksum = "(.+)"$/gm,
  );
  return new Map(
    Array.from(blocks, ([, name, version, sum]) => [`${name}@${version}`, sum ?? ""]),
  );
}

/** Base64 behind `sha512-`, in hexadecimal. */
function hexOf(integrity: string): string {
  const bytes = Uint8Array.fromBase64(integrity.replace(/^sha512-/, ""));
  return bytes.toHex();
}

function licenseIn(manifest: string): string | undefined {
  const { license }: { readonly license?: string } = JSON.parse(Deno.readTextFileSync(manifest));
  return license;
}

/** Texts of the licenses in a folder, in the order of their files' names. */
function textsIn(folder: string): readonly string[] {
  const names = Array.from(Deno.readDirSync(folder)).filter(({ isFile, name }) =>
    isFile && LICENSE_FILE.test(name)
  );
  return names.map(({ name }) => name).sort().map((name) =>
    Deno.readTextFileSync(`${folder}/${name}`).trimEnd()
  );
}
