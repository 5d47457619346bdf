/** Which daemon and which file a command is about: its options, and what the configuration says of the daemon. */

import type { Command } from "commander";
import { systemFiles } from "../../src/daemon/host/source_files.ts";
import { readBound } from "../../src/document/config.ts";
import { pidFileOf } from "../../src/process/mod.ts";

/** The options of {@linkcode addPlaceOptions}, as the pid file goes by them. */
interface Naming {
  readonly configId?: string;
  readonly namespace?: string;
}

/** What was asked for. */
export interface Place {
  /** Whole path of the configuration. */
  readonly file: string;
  /** The file was named, and is not only the default one. */
  readonly named: boolean;
  readonly pidFile: string;
  readonly configId?: string;
}

/** Adds the options. */
export function addPlaceOptions(command: Command): Command {
  return command
    .option("-f, --use-file <file>", "configuration file; default: the daemon's own")
    .option("-p, --pid <file>", "pid file of the daemon; default: by the configuration")
    .option("-s, --namespace <name>", "network namespace the daemon was started in by -s")
    .option("-i, --config-id <id>", "id for @ lines; default: host name up to the first dot");
}

/** Reads them. `before`: the file by the options before the command's name. */
export function placeOf(command: Command): Place {
  const own = command.opts();
  const all = command.optsWithGlobals();
  const parent = command.parent?.opts()["useFile"];
  const given: unknown = own["useFile"];
  const file = absolute(typeof given === "string" ? given : String(parent ?? all["useFile"]));
  const { configId } = all;
  const id = typeof configId === "string" ? { configId } : {};
  const { pid, namespace }: Readonly<Record<string, unknown>> = all;
  const naming = { ...id, ...(typeof namespace === "string" && { namespace }) };
  return {
    file,
    named: typeof given === "string",
    pidFile: typeof pid === "string" ? absolute(pid) : pidFileBy(file, naming),
    ...id,
  };
}

/** The pid file a daemon with this configuration writes. */
function pidFileBy(file: string, { configId, namespace }: Naming): string {
  const files = systemFiles(configId === undefined ? {} : { configId });
  const { process } = readBound(file, files).config;
  return pidFileOf({ ...process, ...(namespace !== undefined && { netNamespace: namespace }) });
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
}
