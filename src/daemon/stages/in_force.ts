/** The configuration in force, and all that changes at the moment another one comes into force. */

import type { ProcessConfig } from "../../process/mod.ts";
import type { Log } from "../log.ts";
import type { Loop } from "../loop.ts";
import { openTidying } from "../process/tidying.ts";
import type { LoadedConfig } from "../reading/load_config.ts";
import type { Succession } from "../succession/succession.ts";
import type { Equipment } from "./equipment.ts";

/** What is in force. */
export interface InForce extends Disposable {
  now(): LoadedConfig;
  /** Another one comes into force, at this moment. */
  take(next: LoadedConfig): void;
}

/** What a configuration changes outside of the world. */
export interface InForceOptions {
  readonly equipment: Equipment;
  readonly succession: Succession;
  readonly loop: Loop;
  readonly log: Log;
}

/** `loaded` is in force already. */
export function openInForce(
  loaded: LoadedConfig,
  { equipment, succession, loop, log }: InForceOptions,
): InForce {
  let inForce = loaded;
  const tidying = openTidying();
  tidying.soon();
  return {
    now: () => inForce,
    take: (next) => {
      warnOfMoves(inForce.config.process, next.config.process, log);
      equipment.configure(next);
      tidying.soon();
      inForce = next;
      succession.configure(next.config.global.crashPolicy, loop.world());
    },
    [Symbol.dispose]: () => tidying[Symbol.dispose](),
  };
}

/** What a reload cannot change (keepalived). */
function warnOfMoves(before: ProcessConfig, after: ProcessConfig, log: Log): void {
  for (const [field, keyword] of FIXED) {
    if (before[field] === after[field]) continue;
    const text = `Cannot change ${keyword} by a reload: it counts from the next start`;
    log({ level: "warning", from: "core", text });
  }
}

const FIXED = [
  ["netNamespace", "net_namespace"],
  ["instance", "instance"],
  ["usePidDir", "use_pid_dir"],
] as const;
