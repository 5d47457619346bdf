/** Which files of the core use which, for `check_layers.ts`. */

/** A source file and its text. */
interface SourceText {
  /** Path from the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Programs of the core: the folder of the sources of each. */
const PROGRAMS = ["core-rs/src/", "core-rs/guardian/"];

/**
 * The files each file of the core uses, by path. A file that only declares modules uses none by that; one
 * that hands on their names does. Tests use what they like: they are not counted, in a file of their
 * own or behind the code.
 */
export function usesOfCore(
  sources: readonly SourceText[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(PROGRAMS.flatMap((root) => {
    const own = sources.filter(({ path }) => path.startsWith(root) && !path.endsWith("_test.rs"));
    const modules = new Map(own.flatMap((source) => {
      const module = moduleOf(source.path, root);
      return [[module.join("::"), source.path] as const, ...borrowed(source, module)];
    }));
    return own.map(({ path, text }): [string, readonly string[]] => {
      const module = moduleOf(path, root);
      const used = new Set(pathsIn(text).map((words) => fileOf(words, module, modules)));
      return [path, [...used].filter((one) => one !== undefined).filter((one) => one !== path)];
    });
  }));
}

/** Names of the modules that lead to a file. */
function moduleOf(path: string, root: string): readonly string[] {
  const names = path.slice(root.length, -".rs".length).split("/");
  return /^(mod|lib|main)$/.test(names.at(-1) ?? "") ? names.slice(0, -1) : names;
}

/** Modules of a file that lie elsewhere, such as in the other program: their names and paths. */
function borrowed({ path, text }: SourceText, module: readonly string[]): [string, string][] {
  const found = text.matchAll(/^#\[path = "([^"]+)"\]\n(?:pub )?mod (\w+);/gm);
  return [...found].map(([, file = "", name = ""]) => [
    [...module, name].join("::"),
    new URL(file, `file:///${path}`).pathname.slice(1),
  ]);
}

/** What a text names of the crate: by `use`, and by whole paths in the code. */
function pathsIn(text: string): readonly (readonly string[])[] {
  const [code = ""] = text.replace(/\/\/.*$/gm, "").split(
    /^#\[cfg\((?:test|all\(test.*)\)\]\n(?:#\[.*\]\n)*(?:pub(?:\(\w+\))? )?mod \w+ \{/m,
  );
  const statements = code.matchAll(/^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/gm);
  const named = [...statements].flatMap(([, tree = ""]) => branches(tree.replace(/\s+/g, " ")));
  const inCode = [...code.matchAll(/\b(?:crate|super)(?:::\w+)+/g)].map(([path]) => path);
  return [...named, ...inCode].map((path) => path.split("::").map((word) => word.trim()));
}

/** The paths of a `use`: `a::{b, c::d}` is `a::b` and `a::c::d`. */
function branches(tree: string): readonly string[] {
  const open = tree.indexOf("{");
  if (open < 0) return [tree.replace(/ as \w+/, "").trim()];
  const parts: string[] = [];
  let [depth, part] = [0, ""];
  for (const sign of tree.slice(open + 1, tree.lastIndexOf("}"))) {
    depth += sign === "{" ? 1 : sign === "}" ? -1 : 0;
    if (sign === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += sign;
  }
  return [...parts, part].filter((one) => one.trim() !== "")
    .flatMap((one) => branches(one)).map((one) => `${tree.slice(0, open).trim()}${one}`);
}

/** The file a path leads to: that of the longest part of it that is a module; `undefined` outside of the crate. */
function fileOf(
  words: readonly string[],
  module: readonly string[],
  modules: ReadonlyMap<string, string>,
): string | undefined {
  let base = module;
  let rest = words;
  if (rest[0] === "crate") [base, rest] = [[], rest.slice(1)];
  else if (rest[0] === "self") rest = rest.slice(1);
  else if (rest[0] === "super") {
    for (; rest[0] === "super"; rest = rest.slice(1)) base = base.slice(0, -1);
  } else if (!modules.has([...base, rest[0]].join("::"))) return undefined;
  const whole = [...base, ...rest];
  for (let length = whole.length; length > 0; length--) {
    const found = modules.get(whole.slice(0, length).join("::"));
    if (found !== undefined) return found;
  }
  return modules.get("");
}
