/** The configuration reader's view of this machine: files, environment, name. */

import type { FileContent, SourceFiles } from "../../language/mod.ts";
import { MAX_FILE_BYTES } from "../../language/source/text.ts";
import type { HostFacts, ProgramFault } from "../../document/commands/mod.ts";
import { routeNamesOf } from "./route_names.ts";
import { parseAccounts, runsAs } from "../scripts/accounts.ts";
import {
  cwd,
  type FileStatus,
  hostname,
  isMissing,
  randomBelow,
  readDirSync,
  readFileSync,
  statSync,
  variable,
} from "../platform/mod.ts";

/** Files of this machine. */
export function systemFiles(options: { readonly configId?: string } = {}): SourceFiles {
  return {
    directory: cwd(),
    configId: options.configId ?? (hostname().split(".", 1)[0] ?? ""),
    randomSeed: randomBelow(2 ** 32),
    read: readPath,
    list: listDirectory,
    env: variable,
  };
}

/** This machine as a configuration is checked against it. */
export function hostFacts(): HostFacts {
  const accounts = parseAccounts(textOf("/etc/passwd"), textOf("/etc/group"));
  return {
    interfaces: new Set(interfaceNames(textOf("/proc/net/dev"))),
    hasProgram: (program) => programFault(program, undefined) === undefined,
    programFault: (program, { user, group } = {}) => {
      if (user === undefined) return programFault(program, undefined);
      const runs = runsAs({ user, ...(group !== undefined && { group }) }, undefined, accounts);
      // That there is no such account is told by itself.
      return programFault(program, runs.kind === "account" ? runs.account : undefined);
    },
    hasAccount: (user, group) =>
      accounts.users.has(user) && (group === undefined || accounts.groups.has(group)),
    routeNames: (folders) => routeNamesOf({ text: textOf, list: listDirectory }, folders),
  };
}

/**
 * Names in a table of proc_pid_net(5). It is that of the network namespace this runs in; `/sys` is that of the one it was
 * mounted in, which `nsenter -n` leaves as it is.
 */
export function interfaceNames(table: string): readonly string[] {
  return [...table.matchAll(/^ *(\S+): *\d/gm)].map(([, name = ""]) => name);
}

/** Whom a program is run as; absent: anybody. */
type Runner = { readonly uid: number; readonly gid: number } | undefined;

/** Why a program cannot be run; of several on the path the first that can counts, else the first that is there. */
function programFault(program: string, runner: Runner): ProgramFault | undefined {
  const folders = program.includes("/") ? [""] : (variable("PATH") ?? "").split(":");
  const faults = folders.map((folder) =>
    faultOf(folder === "" ? program : `${folder}/${program}`, runner)
  );
  if (faults.includes(undefined)) return undefined;
  return faults.find((fault) => fault !== "missing") ?? "missing";
}

function faultOf(path: string, runner: Runner): ProgramFault | undefined {
  try {
    const status = statSync(path);
    if (status.isDirectory) return "folder";
    if (!status.isFile) return "no file";
    return mayExecute(status, runner) ? undefined : "not executable";
  } catch {
    return "missing";
  }
}

/** Root may execute what anybody may. */
function mayExecute(status: FileStatus, runner: Runner): boolean {
  if (runner === undefined || runner.uid === 0) return isExecutable(status);
  const { uid, gid, mode } = status;
  const bit = runner.uid === uid ? 0o100 : runner.gid === gid ? 0o010 : 0o001;
  return (mode & bit) !== 0;
}

/** Whether anybody may execute it. */
function isExecutable({ mode }: FileStatus): boolean {
  return (mode & 0o111) !== 0;
}

function textOf(path: string): string {
  const content = readPath(path);
  return content.kind === "text" ? new TextDecoder().decode(content.bytes) : "";
}

function readPath(path: string): FileContent {
  try {
    const info = statSync(path);
    if (info.isDirectory) return { kind: "directory" };
    if (!info.isFile) return { kind: "other" };
    if (info.size > MAX_FILE_BYTES) {
      const reason = `it has more than ${MAX_FILE_BYTES / 2 ** 20} MiB`;
      return { kind: "unreadable", reason };
    }
    return {
      kind: "text",
      bytes: readFileSync(path),
      executable: isExecutable(info),
    };
  } catch (error) {
    if (isMissing(error)) return { kind: "missing" };
    return { kind: "unreadable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function listDirectory(directory: string): readonly string[] | undefined {
  try {
    return readDirSync(directory);
  } catch {
    return undefined;
  }
}
