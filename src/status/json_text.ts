/**
 * `keepalived.json` (SIGRTMIN+2): the instances in the shape that VyOS and exporters parse (cli.tsv
 * "json"): in version 1 an array of `{ data, stats }`. Fields that say what is not there are left out as
 * in keepalived: empty lists, scripts not set.
 *
 * keepalived: shows the password, which is masked here.
 */

import type { ScriptCommand } from "../global/config.ts";
import { SECOND } from "../net/micros.ts";
import type { FollowedThing, TrackerKind } from "../track/mod.ts";
import { type Counter, KEEPALIVED_COUNTERS } from "../vrrp/mod.ts";
import { addressText } from "./address_text.ts";
import { routeText, ruleText } from "./route_text.ts";
import { commandText } from "./command_text.ts";
import { processJson } from "./tracker_text.ts";
import type { InstanceStatus, Snapshot, StateName } from "./snapshot.ts";

/**
 * The whole file; `undefined` without instances: then none is written (keepalived). Version 2 has the instances under a key, beside
 * the trackers of processes.
 */
export function jsonText(
  snapshot: Pick<Snapshot, "instances" | "scripts" | "processes" | "lateness">,
  version: 1 | 2 = 1,
): string | undefined {
  const { instances } = snapshot;
  if (instances.length === 0) return undefined;
  const all = instances.map((instance) => ({
    data: dataOf(instance, snapshot),
    stats: statsOf(instance),
  }));
  if (version === 1) return JSON.stringify(all);
  const processes = snapshot.processes.map(processJson);
  return JSON.stringify({
    vrrp: all,
    ...(processes.length > 0 && { track_process: processes }),
    ...(snapshot.lateness !== undefined && { lateness: latenessOf(snapshot) }),
  });
}

/** Of ours: how late the daemon was at what was due, in seconds, and the latest advert of each instance. */
function latenessOf({ lateness, instances }: Pick<Snapshot, "lateness" | "instances">) {
  const seconds = (time = 0) => time / SECOND;
  return {
    latest: seconds(lateness?.worst),
    later_than_20_ms: lateness?.times ?? 0,
    late: seconds(lateness?.total),
    machine_slept: seconds(lateness?.asleep),
    adverts: Object.fromEntries(
      instances.flatMap(({ config, latestAdvert }) =>
        latestAdvert === undefined ? [] : [[config.name, seconds(latestAdvert)]]
      ),
    ),
  };
}

/** As 0 or 1, which most flags are; a few are booleans. */
function bit(is: boolean): 0 | 1 {
  return is ? 1 : 0;
}

function dataOf(status: InstanceStatus, { scripts }: Pick<Snapshot, "scripts">) {
  const { config, state } = status;
  const { garp, notify } = config;
  const deleted = notify.notifyDeleted;
  const hasPassword = config.version === 2 && config.authentication !== undefined;
  const virtual = (addresses: typeof config.virtualAddresses) =>
    addresses.map((one) => addressText(one, { config, isSet: state === "MASTER" }));
  const commands = namesOf(config.tracks, "script").flatMap((name) =>
    scripts.filter((script) => script.config.name === name)
      .map((script) => words(script.config.script))
  );
  return {
    iname: config.name,
    dont_track_primary: bit(config.dontTrackPrimary),
    skip_check_adv_addr: bit(config.skipCheckAdvAddr),
    strict_mode: bit(config.strict),
    vmac_ifname: config.vmac?.name ?? "",
    ifp_ifname: config.vmac?.name ?? config.interface,
    master_priority: status.masterPriority,
    last_transition: status.since / SECOND,
    garp_delay: garp.masterDelay / SECOND,
    garp_refresh: Math.trunc(garp.masterRefresh / SECOND),
    garp_rep: garp.masterRepeat,
    garp_refresh_rep: garp.masterRefreshRepeat,
    garp_lower_prio_delay: Math.trunc(garp.lowerPrioDelay / SECOND),
    garp_lower_prio_rep: garp.lowerPrioRepeat,
    lower_prio_no_advert: bit(config.lowerPrioNoAdvert),
    higher_prio_send_advert: bit(config.higherPrioSendAdvert),
    vrid: config.virtualRouterId,
    base_priority: config.priority,
    effective_priority: status.effectivePriority,
    vipset: state === "MASTER",
    promote_secondaries: config.promoteSecondaries ?? false,
    adver_int: config.advertInt / SECOND,
    master_adver_int: status.masterAdvertInterval / SECOND,
    accept: bit(config.accept),
    nopreempt: config.nopreempt,
    preempt_delay: Math.trunc(config.preemptDelay / SECOND),
    state: STATE[state],
    wantstate: STATE[status.wantState],
    version: config.version,
    smtp_alert: notify.smtpAlert ?? false,
    notify_deleted: deleted !== undefined,
    ...script("script_backup", notify.notifyBackup),
    ...script("script_master", notify.notifyMaster),
    ...script("script_fault", notify.notifyFault),
    ...script("script_stop", notify.notifyStop),
    ...script("script_deleted", deleted === true ? undefined : deleted),
    ...script("script", notify.notify),
    ...list("vips", virtual(config.virtualAddresses)),
    ...list("evips", virtual(config.excludedAddresses)),
    ...list("track_ifp", namesOf(config.tracks, "interface")),
    ...list("vroutes", config.virtualRoutes.map(routeText)),
    ...list("vrules", config.virtualRules.map(ruleText)),
    ...list("track_script", commands),
    ...list("track_process", namesOf(config.tracks, "process")),
    auth_type: bit(hasPassword),
    ...(hasPassword ? { auth_data: MASK } : {}),
  };
}

/** In place of a password. */
const MASK = "********";

/** Numbers of keepalived's states. */
const STATE: Readonly<Record<StateName, number>> = { INIT: 0, BACKUP: 1, MASTER: 2, FAULT: 3 };

function statsOf({ statistics }: InstanceStatus): Partial<Record<Counter, number>> {
  return Object.fromEntries(KEEPALIVED_COUNTERS.map((name) => [name, statistics[name]]));
}

function script(
  name: string,
  command: ScriptCommand | undefined,
): Readonly<Record<string, string>> {
  return command === undefined ? {} : { [name]: words(command) };
}

/** Without the account: that is a matter of the text dump. */
function words({ argv }: ScriptCommand): string {
  return commandText({ argv });
}

function list(
  name: string,
  texts: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  return texts.length === 0 ? {} : { [name]: texts };
}

function namesOf(tracks: readonly FollowedThing[], kind: TrackerKind): readonly string[] {
  return tracks.flatMap(({ tracker }) => tracker.kind === kind ? [tracker.name] : []);
}
