/** Keeps the threads of the process as the configuration wants them: carries out what `src/process` decides. */

import type { Core } from "../../native/mod.ts";
import { errnoText } from "../../net/errno.ts";
import type { Micros } from "../../net/micros.ts";
import {
  type ProcessConfig,
  raisedPriority,
  type RunningParts,
  settingChanges,
  type WantedSetting,
  wantedSettings,
} from "../../process/mod.ts";

import type { Log } from "../log.ts";

/** The threads, as one daemon runs them. */
export interface ThreadSettings {
  /** Another configuration comes into force. */
  configure(config: ProcessConfig, runs: RunningParts): void;
  /** Something was looked at so much later than was wanted. */
  late(by: Micros): void;
}

/** Nothing is done before the first configuration. */
export function openThreadSettings(
  { core, log }: { readonly core: Pick<Core, "ask">; readonly log: Log },
): ThreadSettings {
  let config: ProcessConfig | undefined;
  let runs: RunningParts = { vrrp: false, check: false };
  let wanted: readonly WantedSetting[] = [];
  let raised: number | undefined;

  function apply(): void {
    if (config === undefined) return;
    const before = wanted;
    wanted = wantedSettings(config, runs, raised);
    const changes = settingChanges(before, wanted);
    if (changes.length === 0) return;
    core.ask({ call: "threads", settings: changes.map(({ setting }) => setting) }, (result) => {
      const errnos = result.result === "applied" ? result.errnos : changes.map(() => EAGAIN);
      const told = new Set<string>();
      for (const [index, { keyword }] of changes.entries()) {
        const errno = errnos[index] ?? 0;
        if (errno === 0 || told.has(keyword)) continue;
        told.add(keyword);
        const text = `Cannot obey ${keyword}: ${errnoText(errno)}${HINTS[errno] ?? ""}`;
        log({ level: "warning", from: "core", text });
      }
    });
  }

  return {
    configure: (next, parts) => {
      [config, runs] = [next, parts];
      if (next.maxAutoPriority === undefined) raised = undefined;
      apply();
    },
    late: (by) => {
      if (config === undefined) return;
      const priority = raisedPriority(config, { late: by, raised });
      if (priority === undefined) return;
      raised = priority;
      const text = `Ran ${(by / 1000).toFixed(0)} ms late: raises the priority of real time to ` +
        `${priority} (max_auto_priority)`;
      log({ level: "notice", from: "core", text });
      apply();
    },
  };
}

/** No thread could be started. */
const EAGAIN = 11;

/** What mostly helps. */
const HINTS: Readonly<Record<number, string>> = {
  1: ": it needs CAP_SYS_NICE",
  12: ": it needs CAP_IPC_LOCK or LimitMEMLOCK=infinity",
  22: ": this machine does not have it",
};
