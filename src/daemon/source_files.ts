/** The configuration reader's view of this machine: files, environment, name. */

import type { FileContent, SourceFiles } from "../language/mod.ts";
import { MAX_FILE_BYTES } from "../language/source/text.ts";
import type { HostFacts } from "../document/commands.ts";
import type { NameTable } from "../route/route_values.ts";
import { parseAccounts } from "./accounts.ts";

/** Files of this machine. */
export function systemFiles(options: { readonly configId?: string } = {}): SourceFiles {
  return {
    directory: Deno.cwd(),
    configId: options.configId ?? (Deno.hostname().split(".", 1)[0] ?? ""),
    randomSeed: Math.floor(Math.random() * 2 ** 32),
    read: readPath,
    list: listDirectory,
    env: (name) => {
      try {
        return Deno.env.get(name);
      } catch {
        return undefined; // a name that no variable can have
      }
    },
  };
}

/** Names in a table of iproute2, or of `/etc/protocols`: `<number> <name>` and `<name> <number>`. */
function routeNames(table: NameTable): ReadonlySet<string> {
  const files = table === "protocols"
    ? ["/etc/protocols"]
    : ["/etc", "/usr/share", "/usr/lib"].map((folder) => `${folder}/iproute2/${table}`);
  const folders = files.map((file) => `${file}.d`);
  const more = folders.flatMap((folder) =>
    (listDirectory(folder) ?? []).filter((name) => name.endsWith(".conf"))
      .map((name) => `${folder}/${name}`)
  );
  const lines = [...files, ...more].flatMap((file) => textOf(file).split("\n"));
  return new Set(lines.flatMap((line) => line.split("#", 1)[0]?.split(/[ \t]+/) ?? []));
}

/** This machine as a configuration is checked against it. */
export function hostFacts(): HostFacts {
  const tables = new Map<NameTable, ReadonlySet<string>>();
  const accounts = parseAccounts(textOf("/etc/passwd"), textOf("/etc/group"));
  return {
    interfaces: new Set(listDirectory("/sys/class/net") ?? []),
    hasProgram: isProgram,
    hasAccount: (user, group) =>
      accounts.users.has(user) && (group === undefined || accounts.groups.has(group)),
    hasRouteName: (table, name) => {
      const names = tables.get(table) ?? routeNames(table);
      tables.set(table, names);
      return names.has(name);
    },
  };
}

function isProgram(program: string): boolean {
  const folders = program.includes("/") ? [""] : (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => {
    try {
      const info = Deno.statSync(folder === "" ? program : `${folder}/${program}`);
      return info.isFile && isExecutable(info);
    } catch {
      return false;
    }
  });
}

/** Whether anybody may execute it. */
function isExecutable({ mode }: Deno.FileInfo): boolean {
  return ((mode ?? 0) & 0o111) !== 0;
}

function textOf(path: string): string {
  const content = readPath(path);
  return content.kind === "text" ? new TextDecoder().decode(content.bytes) : "";
}

function readPath(path: string): FileContent {
  try {
    const info = Deno.statSync(path);
    if (info.isDirectory) return { kind: "directory" };
    if (!info.isFile) return { kind: "other" };
    if (info.size > MAX_FILE_BYTES) {
      const reason = `it has more than ${MAX_FILE_BYTES / 2 ** 20} MiB`;
      return { kind: "unreadable", reason };
    }
    return {
      kind: "text",
      bytes: Deno.readFileSync(path),
      executable: isExecutable(info),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "missing" };
    return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function listDirectory(directory: string): readonly string[] | undefined {
  try {
    return Array.from(Deno.readDirSync(directory), ({ name }) => name);
  } catch {
    return undefined;
  }
}
