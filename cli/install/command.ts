/** `holdfast install` and `holdfast uninstall`: the program, its service and its manual pages on this host. */

import type { Command } from "commander";
import { write } from "../output.ts";
import { type HostKind, installedFiles } from "./files.ts";
import {
  planInstall,
  planUninstall,
  PROGRAM,
  type Standing,
  startCommand,
  type Step,
} from "./plan.ts";

/** Exit codes. */
const DONE = 0;
const CANNOT = 1;

/** What both commands are told. */
interface InstallOptions {
  /** Folder that stands for the host's root, for packages and images; "" is the host itself. */
  readonly root: string;
  readonly dryRun: boolean;
}

/** Adds `install` to the program. */
export function addInstallCommand(program: Command, finish: (code: number) => void): void {
  withCommonOptions(program.command("install"))
    .description("put the program, its service and its manual pages on this host")
    .option("--as-keepalived", "also answer to the name keepalived")
    .option("--program <file>", "the executable; default: this one")
    .addHelpText(
      "after",
      "\nA configuration and changed settings stay as they are. Exit codes: 0, 1 when it cannot.",
    )
    .action(async ({ asKeepalived, program, ...options }) => {
      const executable: string | undefined = program ?? ownExecutable();
      if (executable === undefined) {
        return finish(
          refuse(
            "Cannot install from the source tree: build the executable with scripts/build first",
          ),
        );
      }
      finish(
        await install(installOptions(options), { executable, asKeepalived: asKeepalived === true }),
      );
    });
}

/** Adds `uninstall` to the program. */
export function addUninstallCommand(program: Command, finish: (code: number) => void): void {
  withCommonOptions(program.command("uninstall"))
    .description("take away what install put on this host")
    .addHelpText(
      "after",
      "\nThe configuration and changed settings stay. Exit codes: 0, 1 when it cannot.",
    )
    .action(async (options) => finish(await uninstall(installOptions(options))));
}

function withCommonOptions(command: Command): Command {
  return command
    .option("--root <folder>", "folder that stands for the root of the host")
    .option("--dry-run", "only tell what would be done");
}

function installOptions(options: Record<string, unknown>): InstallOptions {
  const { root, dryRun } = options;
  return {
    root: typeof root === "string" ? root.replace(/\/+$/, "") : "",
    dryRun: dryRun === true,
  };
}

async function install(
  options: InstallOptions,
  { executable, asKeepalived }: { readonly executable: string; readonly asKeepalived: boolean },
): Promise<number> {
  const kind = hostKind(options.root);
  const files = installedFiles({ ...kind, asKeepalived });
  const steps = planInstall({ files, asKeepalived }, standingUnder(options.root));
  if (typeof steps === "string") return refuse(steps);
  const code = await carryOut(steps, options, executable);
  if (code === DONE && !options.dryRun && options.root === "") await nextSteps(kind);
  return code;
}

async function uninstall(options: InstallOptions): Promise<number> {
  // What another kind of host would have had is looked for as well: a host may have changed.
  const asKeepalived = false; // a unit is removed whatever it says
  const everything = installedFiles({
    systemd: true,
    openrc: true,
    sysconfig: false,
    asKeepalived,
  });
  const moved = installedFiles({ systemd: false, openrc: false, sysconfig: true, asKeepalived });
  const files = [...new Map([...everything, ...moved].map((file) => [file.path, file])).values()];
  const steps = planUninstall(files, standingUnder(options.root));
  if (steps.length === 0) {
    write(Deno.stdout, "Nothing to take away: it was not installed by holdfast\n");
  }
  const code = await carryOut(steps, options, PROGRAM);
  if (code === DONE && !options.dryRun && options.root === "") await reloadSystemd();
  return code;
}

/** What of a host decides about its files. A folder for a package is a host with systemd. */
function hostKind(root: string): Omit<HostKind, "asKeepalived"> {
  const has = (path: string) => standing(`${root}${path}`).kind !== "nothing";
  const openrc = has("/sbin/openrc-run");
  return { systemd: !openrc, openrc, sysconfig: has("/etc/sysconfig") };
}

function standingUnder(root: string): (path: string) => Standing {
  return (path) => standing(`${root}${path}`);
}

function standing(path: string): Standing {
  try {
    const info = Deno.lstatSync(path);
    if (info.isSymlink) return { kind: "link", target: Deno.readLinkSync(path) };
    // The program itself is never compared.
    if (info.isFile) {
      return { kind: "file", content: info.size < 2 ** 20 ? Deno.readTextFileSync(path) : "" };
    }
    return { kind: info.isDirectory ? "folder" : "other" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return { kind: "nothing" };
    }
    throw error;
  }
}

async function carryOut(
  steps: readonly Step[],
  { root, dryRun }: InstallOptions,
  executable: string,
): Promise<number> {
  for (const step of steps) {
    write(Deno.stdout, `${dryRun ? "would " : ""}${told(step)}\n`);
    if (dryRun) continue;
    try {
      await take(step, root, executable);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      return refuse(`Cannot ${told(step)}: ${error.message}`);
    }
  }
  return DONE;
}

function told(step: Step): string {
  switch (step.kind) {
    case "program":
      return `write ${step.path}`;
    case "write":
      return `write ${step.file.path}`;
    case "link":
      return `link ${step.path} to ${step.target}`;
    case "remove":
      return `remove ${step.path}`;
    case "remove-folder":
      return `remove ${step.path} if nothing is left in it`;
    case "keep":
      return `keep ${step.path}: ${step.why}`;
  }
}

async function take(step: Step, root: string, executable: string): Promise<void> {
  switch (step.kind) {
    case "program":
      return await put(`${root}${step.path}`, 0o755, (to) => Deno.copyFile(executable, to));
    case "write": {
      const { path, mode, content } = step.file;
      return await put(
        `${root}${path}`,
        mode,
        (to) => Deno.writeTextFile(to, content, { createNew: true }),
      );
    }
    case "link":
      await makeFolderOf(`${root}${step.path}`);
      return await Deno.symlink(step.target, `${root}${step.path}`);
    case "remove":
      return await Deno.remove(`${root}${step.path}`);
    case "remove-folder":
      return removeEmpty(`${root}${step.path}`);
    case "keep":
      return;
  }
}

/** What somebody else put there stays, and the folder with it. */
function removeEmpty(folder: string): void {
  if ([...Deno.readDirSync(folder)].length === 0) Deno.removeSync(folder);
}

/** Writes beside the place and renames: a running program goes on, and nobody sees half a file. */
async function put(path: string, mode: number, fill: (to: string) => Promise<void>): Promise<void> {
  await makeFolderOf(path);
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await fill(temporary);
    await Deno.chmod(temporary, mode);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may not have come into being
    throw error;
  }
}

async function makeFolderOf(path: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o755 });
}

/** The executable this runs from; none when it is the runtime with our sources. */
function ownExecutable(): string | undefined {
  const own = Deno.execPath();
  return /\/deno$/.test(own) ? undefined : own;
}

async function nextSteps(kind: Pick<HostKind, "openrc">): Promise<void> {
  const start = startCommand(kind, await reloadSystemd());
  write(
    Deno.stdout,
    `\nWrite /etc/keepalived/keepalived.conf ("holdfast example" prints one), then: ${start}\n`,
  );
}

/** systemd reads its units anew; false where it does not run. */
async function reloadSystemd(): Promise<boolean> {
  if (standing("/run/systemd/system").kind === "nothing") return false;
  const { success } = await new Deno.Command("systemctl", { args: ["daemon-reload"] }).output();
  if (!success) {
    write(Deno.stderr, "Cannot make systemd read its units anew: run systemctl daemon-reload\n");
  }
  return true;
}

function refuse(message: string): number {
  write(Deno.stderr, `${message}\n`);
  return CANNOT;
}
