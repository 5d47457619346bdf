/** Whether the service manager stops this daemon for good, or to start it again (`systemctl restart`): both are SIGTERM. */

import type { Micros } from "../../net/micros.ts";
import type { ScriptCommand } from "../../global/config.ts";
import { uid } from "../platform/mod.ts";
import type { Children } from "../scripts/mod.ts";

/** How long its answer is waited for; it takes some ms. */
const LIMIT: Micros = 2_000_000;

/** The unit of a process by `/proc/PID/cgroup` (cgroups(7)), if it is one of a service. */
export function serviceOf(cgroup: string): string | undefined {
  return /^0::.*\/([\w@.:\\-]+\.service)$/m.exec(cgroup)?.[1];
}

/** Ends with 0 when the job of the unit is to start it again: a restart is of that kind until the stop is done. */
export function restartQuestion(unit: string): ScriptCommand {
  const list = `systemctl list-jobs --no-legend --no-pager --plain '${unit}'`;
  const argv = ["/bin/sh", "-c", `${list} | grep -Eqw 'restart|try-restart'`];
  // Where no bus runs systemd answers root only; another account could not become root anyway.
  return uid() === 0 ? { argv, user: "root" } : { argv };
}

/** Asks systemd. Without an answer the stop is for good. */
export function isRestarted(unit: string, children: Pick<Children, "ask">): Promise<boolean> {
  return new Promise((resolve) => {
    const command = restartQuestion(unit);
    children.ask({
      command,
      timeout: LIMIT,
      key: "restart",
      hear: (news) => resolve(news.kind === "exited" && news.code === 0),
    });
  });
}
