/** Configurations of the whole daemon for tests and simulations. */

import { NOBODY_TOLD } from "../notify/mod.ts";
import { NOTHING_DECLARED } from "../track/config.ts";
import { vrrpConfig } from "../vrrp/fixtures.ts";
import type { WorldConfig } from "./event.ts";

/** A configuration in which nothing is said but `changes`. */
export function worldConfig(changes: Partial<WorldConfig> = {}): WorldConfig {
  return {
    vrrp: vrrpConfig([]),
    lvs: { virtualServers: [], flush: false },
    track: NOTHING_DECLARED,
    notify: NOBODY_TOLD,
    ...changes,
  };
}
