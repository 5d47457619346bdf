/** Configurations that variants are made of: the golden cases. */

import type { Base } from "./shapes.ts";

const GOLDEN = new URL("../golden/", import.meta.url).pathname;

/** All golden cases but those with mistakes, with the files they include. */
export function goldenBases(): readonly [Base, ...Base[]] {
  const [first, ...others] = Array.from(Deno.readDirSync(GOLDEN), ({ name }) => name)
    .filter((name) => !name.includes("mistake") && isFile(`${GOLDEN}${name}/input.conf`)).sort()
    .map((name): Base => ({ name, files: filesOf(`${GOLDEN}${name}`) }));
  if (first === undefined) throw new RangeError("Cannot find a golden case");
  return [first, ...others];
}

function filesOf(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(`${folder}/${path}`)) {
      const inside = path === "" ? name : `${path}/${name}`;
      if (isDirectory) walk(inside);
      else if (name.endsWith(".conf")) found[inside] = Deno.readTextFileSync(`${folder}/${inside}`);
    }
  };
  walk("");
  const { "input.conf": main = "", ...included } = found;
  return { ...included, "main.conf": main };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
