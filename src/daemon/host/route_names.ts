/** Names that files of iproute2 give to numbers, and `/etc/protocols`. */

import type { NameFolders, NameTable, RouteNames } from "../../route/config.ts";

/** Folders of a host, the later ones over the earlier. */
const PACKAGED = ["/usr/share/iproute2", "/usr/lib/iproute2"] as const;
const LOCAL = "/etc/iproute2";

/** What names are read from. */
export interface NameFiles {
  /** Text of a file; empty when it cannot be read. */
  readonly text: (path: string) => string;
  /** Names in a folder; `undefined` when it cannot be read. */
  readonly list: (folder: string) => readonly string[] | undefined;
}

/** The names of this host. Each table is read when something asks for it. */
export function routeNamesOf({ text, list }: NameFiles, { usr, etc }: NameFolders): RouteNames {
  const folders = [...(usr === undefined ? PACKAGED : [usr]), etc ?? LOCAL];
  const tables = new Map<NameTable, ReadonlyMap<string, number>>();
  const read = (table: NameTable) => {
    if (table === "protocols") return new Map(protocolsIn(text("/etc/protocols")));
    const files = folders.flatMap((folder) => [
      `${folder}/${table}`,
      ...(list(`${folder}/${table}.d`) ?? []).filter((name) => name.endsWith(".conf"))
        .map((name) => `${folder}/${table}.d/${name}`),
    ]);
    return new Map(files.flatMap((file) => namesIn(text(file))));
  };
  return (table, name) => {
    const names = tables.get(table) ?? read(table);
    tables.set(table, names);
    return names.get(name);
  };
}

type Entry = readonly [name: string, number: number];

/** `<number> <name>`, in decimal or hexadecimal; comments begin with `#`. */
function namesIn(text: string): readonly Entry[] {
  return [...text.matchAll(/^[ \t]*(0[xX][0-9a-fA-F]+|\d+)[ \t]+([^\s#]+)/gm)]
    .map(([, number, name = ""]) => [name, Number(number)]);
}

/** `<name> <number> [<alias> ...]` (protocols(5)). */
function protocolsIn(text: string): readonly Entry[] {
  return [...text.matchAll(/^([^\s#]+)[ \t]+(\d+)([^#\n]*)/gm)].flatMap((
    [, name = "", number, aliases = ""],
  ) =>
    [name, ...aliases.split(/\s+/)].filter((each) => each !== "")
      .map((each): Entry => [each, Number(number)])
  );
}
