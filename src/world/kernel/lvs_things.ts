/** What the LVS part wants of the kernel beside services: a table of nftables, settings, sync daemons, timeouts. */

import { type Thing, thingKey } from "../../kernel/thing.ts";
import { LVS_TABLE } from "../../lvs/mod.ts";
import { besideServices } from "./beside_services.ts";
import type { LvsConfig } from "../../lvs/config.ts";
import { isMasterNamed } from "../../vrrp/mod.ts";
import type { World } from "../world.ts";

/** Everything that should be there now, by key: nothing when the part has stopped. */
export function lvsThings({ lvs, vrrp }: World): ReadonlyMap<string, Thing> {
  if (lvs.stage === "stopped") return NOTHING;
  const { config } = lvs;
  const instance = config.syncDaemon?.instance;
  const isMaster = instance !== undefined && isMasterNamed(vrrp, instance);
  const known = remembered.get(config);
  if (known?.isMaster === isMaster) return known.things;
  const things = new Map(besideServices(config, isMaster).map((each) => [thingKey(each), each]));
  remembered.set(config, { isMaster, things });
  return things;
}

const NOTHING: ReadonlyMap<string, Thing> = new Map();

/** By configuration, which is never changed. */
const remembered = new WeakMap<
  LvsConfig,
  { readonly isMaster: boolean; readonly things: ReadonlyMap<string, Thing> }
>();

/** Keys of the sync daemons. */
export const SYNC_KEYS: readonly string[] = (["master", "backup"] as const).map((role) =>
  thingKey({ kind: "sync-daemon", value: { role, interface: "", syncId: 0 } })
);

/** Whether a thing is one of those, by its key. */
export function isOfLvs({ lvs }: World, key: string): boolean {
  const marks = lvs.config.marking?.table;
  return isAlwaysOfLvs(key) ||
    (marks !== undefined && key.startsWith(`nft inet,${marks} `));
}

/** Whether a thing is one of those whatever is configured, by its key. */
export function isAlwaysOfLvs(key: string): boolean {
  return OURS.some((prefix) => key.startsWith(prefix));
}

/** What the keys of them begin with. */
const OURS = [
  `nft inet,${LVS_TABLE} `,
  "sysctl net/ipv4/vs/",
  "sysctl net/netfilter/",
  "sysctl net/ipv4/ip_forward ",
  "sync-daemon ",
  "ipvs-timeouts ",
];
