/** Guardians: the processes that outlive a daemon that is killed. */

import type { Lab } from "./lab.ts";

/** Guardians that live in a host. */
export async function guardians(lab: Lab, host: string): Promise<readonly number[]> {
  const { stdout } = await lab.run(host, ["ip", "netns", "pids", lab.netns(host)]);
  const names = stdout.split("\n").filter((pid) => pid !== "").map(async (pid) => {
    const name = await Deno.readTextFile(`/proc/${pid}/comm`).catch(() => "");
    return name.trim() === "holdfast-guard" ? Number(pid) : undefined;
  });
  return (await Promise.all(names)).filter((pid) => pid !== undefined);
}

/** Ends a daemon together with its guardian, so that nobody carries out its will. */
export async function killUnguarded(lab: Lab, host: string, daemon: number): Promise<void> {
  // Stopped, it starts no other.
  Deno.kill(daemon, "SIGSTOP");
  for (const guardian of await guardians(lab, host)) Deno.kill(guardian, "SIGKILL");
  Deno.kill(daemon, "SIGKILL");
}
