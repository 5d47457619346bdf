/** Before a run begins: whether it may, and who is told of it. */

import { readTextFileSync } from "../platform/mod.ts";
import { startGuardian } from "../core/guardian.ts";
import { writePidFile } from "../files/pid_file.ts";
import { type Capability, missingCapabilities, NotPermittedError } from "../process/privileges.ts";
import type { LoadedConfig } from "../reading/load_config.ts";
import { EXIT, partsThatRun, type Run, warnBy } from "./given.ts";

/** The exit code of a run that may not begin; absent: it may. Throws for an account that may do none of what is configured. */
export async function whyNotBegin(run: Run, loaded: LoadedConfig): Promise<number | undefined> {
  if (loaded.refused !== 0) return loaded.refused;
  demandPrivileges(loaded.parts);
  if (loaded.parts.lvs.virtualServers.length > 0 && !await ipvsIsThere(run)) return EXIT.fatal;
  return undefined;
}

function demandPrivileges({ vrrp, lvs }: LoadedConfig["parts"]): void {
  const needed: readonly Capability[] = vrrp.instances.length > 0
    ? ["CAP_NET_ADMIN", "CAP_NET_RAW"]
    : lvs.virtualServers.length > 0
    ? ["CAP_NET_ADMIN"]
    : [];
  const missing = missingCapabilities(needed, readTextFileSync("/proc/self/status"));
  if (missing.length === 0) return;
  throw new NotPermittedError(`Cannot run without ${missing.join(" and ")}: be root`);
}

async function ipvsIsThere({ core, log }: Run): Promise<boolean> {
  const info = await core.call({ call: "ipvs-info" });
  if (info.result !== "failed") return true;
  log({ level: "error", from: "check", text: `Cannot use IPVS: ${info.message}` });
  return false;
}

/** Whether there will be a guardian. It takes a while to start, and what it guards against begins with what is put into the kernel. */
export async function guardianOf({ core, log, options, pidFile }: Run): Promise<boolean> {
  if (options.parts === "check") return false;
  const { log: { console, file } } = options;
  const guarded = { pidFile, console, ...(file !== undefined && { file }) };
  return await startGuardian(core, log, guarded);
}

/** The pid files of keepalived's children that would run, all with the number of the one process. */
export function writePartPidFiles(
  { options, log }: Run,
  loaded: LoadedConfig["parts"],
): Disposable {
  const { partPidFiles } = options;
  const runs = partsThatRun(options, loaded);
  using files = new DisposableStack();
  for (const part of ["vrrp", "check"] as const) {
    const path = partPidFiles[part];
    if (path !== undefined && runs[part]) files.use(writePidFile(path, warnBy(log)));
  }
  return files.move();
}
