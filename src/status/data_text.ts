/**
 * `keepalived.data` (SIGUSR1): the state of the VRRP part, in the layout that exporters parse (compat.md
 * 4.2: one blank before a block's name, three before its keys, five before list entries).
 *
 * keepalived: also dumps sockets and interfaces, and the password, which is never shown here.
 */

import type { ScriptCommand } from "../global/config.ts";
import { type Micros, MILLISECOND, SECOND } from "../net/micros.ts";
import type { FollowedThing, TrackerKind } from "../track/mod.ts";
import type { NotifyScripts } from "../notify/news.ts";
import type { UnicastPeer, VirtualAddress, VrrpInstanceConfig } from "../vrrp/config.ts";
import { addressText } from "./address_text.ts";
import { routeText, ruleText } from "./route_text.ts";
import { commandText } from "./command_text.ts";
import { globalLines } from "./global_text.ts";
import { trackerLines, weightText } from "./tracker_text.ts";
import type { GroupStatus, InstanceStatus, ScriptStatusOf, Snapshot } from "./snapshot.ts";
import { calendarText, epochText } from "./wall_time.ts";

/** The whole file. */
export function dataText(snapshot: Snapshot): string {
  const { instances, groups, scripts, clock, global } = snapshot;
  return [
    ...globalLines(global),
    ...latenessLines(snapshot.lateness),
    ...staticLines(snapshot.statics),
    "------< VRRP Topology >------",
    ...instances.flatMap((instance) => instanceLines(instance, clock.utcOffset)),
    ...(groups.length === 0 ? [] : ["------< VRRP Sync groups >------"]),
    ...groups.flatMap(groupLines),
    ...(scripts.length === 0 ? [] : ["------< VRRP Scripts >------"]),
    ...scripts.flatMap(scriptLines),
    ...trackerLines(snapshot.files, snapshot.processes),
  ].map((line) => `${line}\n`).join("");
}

/** Of ours, and only where the core was asked: what is compared with keepalived's has none. */
function latenessLines(lateness: Snapshot["lateness"]): readonly string[] {
  if (lateness === undefined) return [];
  return [
    "------< Lateness >------",
    ` Latest = ${lateness.worst} usecs`,
    ` Later than 20 msecs = ${lateness.times} times, ${lateness.total} usecs in all`,
    ` Machine slept = ${lateness.asleep} usecs`,
  ];
}

/** keepalived: a section for each kind there is something of. */
function staticLines(
  { staticAddresses, staticRoutes, staticRules, isSet }: Snapshot["statics"],
): readonly string[] {
  const texts: readonly (readonly [string, readonly string[]])[] = [
    [
      "Addresses",
      staticAddresses.map((one) => addressText(one, { config: {}, isSet: isSet(one) })),
    ],
    ["Routes", staticRoutes.map(routeText)],
    ["Rules", staticRules.map(ruleText)],
  ];
  return texts.flatMap(([title, lines]) =>
    lines.length === 0 ? [] : [`------< Static ${title} >------`, ...lines.map(entryLine)]
  );
}

function entryLine(text: string): string {
  return `     ${text}`;
}

function instanceLines(status: InstanceStatus, utcOffset: number): readonly string[] {
  const { config, group, source, multicastGroup, faults } = status;
  const { garp } = config;
  const isOwnSource = (config.unicastSrcIp ?? config.mcastSrcIp) !== undefined;
  return [
    ` VRRP Instance = ${config.name}`,
    `   VRRP Version = ${config.version}`,
    ...(group === undefined ? [] : [`   Sync group = ${group}`]),
    `   State = ${status.state}`,
    ...(status.state === "BACKUP" ? masterLines(status) : []),
    ...faults.map((fault) => `   Fault = ${fault}`),
    ...rivalLines(status, utcOffset),
    `   Wantstate = ${status.wantState}`,
    `   Last transition = ${epochText(status.since)} (${calendarText(status.since, utcOffset)})`,
    `   Master down timer = ${status.masterDownInterval} usecs`,
    ...interfaceLines(config),
    `   Using src_ip = ${source ?? "(none)"}${isOwnSource ? " (from configuration)" : ""}`,
    ...(multicastGroup === undefined ? [] : [`   Multicast address ${multicastGroup}`]),
    `   Gratuitous ARP delay = ${garp.masterDelay / SECOND}`,
    `   Gratuitous ARP repeat = ${garp.masterRepeat}`,
    `   Gratuitous ARP refresh = ${garp.masterRefresh / SECOND}`,
    `   Gratuitous ARP refresh repeat = ${garp.masterRefreshRepeat}`,
    `   Gratuitous ARP lower priority delay = ${garp.lowerPrioDelay / SECOND}`,
    `   Gratuitous ARP lower priority repeat = ${garp.lowerPrioRepeat}`,
    `   Down timer adverts = ${config.downTimerAdverts}`,
    `   Send advert after receive lower priority advert = ${!config.lowerPrioNoAdvert}`,
    `   Send advert after receive higher priority advert = ${config.higherPrioSendAdvert}`,
    `   Virtual Router ID = ${config.virtualRouterId}`,
    `   Priority = ${config.priority}`,
    `   Effective priority = ${status.effectivePriority}`,
    `   Advert interval = ${intervalText(config)}`,
    ...(status.latestAdvert === undefined
      ? []
      : [`   Latest advert = ${status.latestAdvert} usecs after it was due`]),
    `   Accept = ${enabled(config.accept)}`,
    `   Preempt = ${enabled(!config.nopreempt)}`,
    ...(config.preemptDelay === 0
      ? []
      : [`   Preempt delay = ${config.preemptDelay / SECOND} secs`]),
    ...(config.version === 2
      ? [`   Authentication type = ${config.authentication ? "SIMPLE_PASSWORD" : "none"}`]
      : []),
    ...addressLines("Virtual IP", config.virtualAddresses, status),
    ...addressLines("Virtual IP Excluded", config.excludedAddresses, status),
    ...list("Unicast Peer :", config.unicastPeers, peerText),
    ...list("Virtual Routes :", config.virtualRoutes, routeText),
    ...list("Virtual Rules :", config.virtualRules, ruleText),
    ...trackLines(config),
    ...notifyLines(config.notify),
  ];
}

/** Ours, and only while it is so. */
function rivalLines({ rival }: InstanceStatus, utcOffset: number): readonly string[] {
  if (rival === undefined) return [];
  const since = `${epochText(rival.since)} (${calendarText(rival.since, utcOffset)})`;
  return [`   Split brain = ${rival.peer} is master as well (${rival.by}), since ${since}`];
}

/** What a backup knows of its master. */
function masterLines(status: InstanceStatus): readonly string[] {
  return [
    `   Master router = ${status.masterRouter ?? "(none)"}`,
    `   Master priority = ${status.masterPriority}`,
    ...(status.config.version === 3
      ? [`   Master advert interval = ${milliseconds(status.masterAdvertInterval)}`]
      : []),
  ];
}

/** keepalived: counts in the heading of the first list only. */
function addressLines(
  title: string,
  addresses: readonly VirtualAddress[],
  { config, state }: InstanceStatus,
): readonly string[] {
  const heading = title === "Virtual IP" ? `${title} (${addresses.length}):` : `${title} :`;
  return list(heading, addresses, (one) => addressText(one, { config, isSet: state === "MASTER" }));
}

function peerText({ address, minTtl = 0, maxTtl = 255 }: UnicastPeer): string {
  return `${address} min_ttl ${minTtl} max_ttl ${maxTtl}`;
}

function groupLines({ config, state, inFault, inInit }: GroupStatus): readonly string[] {
  return [
    ` VRRP Sync Group = ${config.name}, ${state}`,
    `   Num member fault ${inFault}, num member init ${inInit}`,
    ...list("VRRP member instances :", config.members, (member) => member),
    ...trackLines(config),
    ...notifyLines(config.notify),
  ];
}

function scriptLines({ config, status, running, followers }: ScriptStatusOf): readonly string[] {
  return [
    ` VRRP Script = ${config.name}`,
    `   Command = ${commandText(config.script)}`,
    `   Interval = ${config.interval / SECOND} sec`,
    `   Timeout = ${(config.timeout ?? 0) / SECOND} sec`,
    `   Weight = ${config.weight}${config.reverse ? " reverse" : ""}`,
    `   Rise = ${config.rise}`,
    `   Fall = ${config.fall}`,
    `   Init state = ${config.initFail ? "failed" : "unknown"}`,
    `   Status = ${SCRIPT_STATUS[status]}`,
    ...list("Tracking instances :", followers, (one) => `${one.instance}, weight ${one.weight}`),
    `   State = ${running ? "running" : "idle"}`,
  ];
}

const SCRIPT_STATUS: Readonly<Record<ScriptStatusOf["status"], string>> = {
  unknown: "INIT",
  up: "GOOD",
  down: "BAD",
};

function trackLines(
  { tracks }: { readonly tracks: readonly FollowedThing[] },
): readonly string[] {
  const of = (kind: TrackerKind) => tracks.filter(({ tracker }) => tracker.kind === kind);
  const text = ({ tracker: { name }, weight, reverse, inherited }: FollowedThing) =>
    inherited ? name : `${name} weight ${weight}${reverse ? " reverse" : ""}`;
  const weighed = (thing: FollowedThing) => `${thing.tracker.name}, weight ${weightText(thing)}`;
  return [
    ...list("Tracked interfaces :", of("interface"), text),
    ...list("Tracked scripts :", of("script"), text),
    ...list("Tracked files :", of("file"), weighed),
    ...list("Tracked processes :", of("process"), weighed),
  ];
}

function notifyLines(notify: NotifyScripts): readonly string[] {
  const deleted = notify.notifyDeleted;
  const scripts: readonly (readonly [string, ScriptCommand | undefined])[] = [
    ["Backup state transition", notify.notifyBackup],
    ["Master state transition", notify.notifyMaster],
    ["Fault state transition", notify.notifyFault],
    ["Stop state transition", notify.notifyStop],
    ["Deleted state transition", deleted === true ? undefined : deleted],
    ["Generic state transition", notify.notify],
  ];
  return scripts.flatMap(([name, command]) =>
    command === undefined ? [] : [`   ${name} script = ${commandText(command)}`]
  );
}

/** A heading and its entries; nothing for an empty list. */
function list<T>(
  heading: string,
  items: readonly T[],
  text: (item: T) => string,
): readonly string[] {
  return items.length === 0 ? [] : [`   ${heading}`, ...items.map((item) => entryLine(text(item)))];
}

function intervalText({ version, advertInt }: VrrpInstanceConfig): string {
  return version === 2 ? `${advertInt / SECOND} sec` : milliseconds(advertInt);
}

function milliseconds(time: Micros): string {
  return `${time / MILLISECOND} milli-sec`;
}

function enabled(is: boolean): string {
  return is ? "enabled" : "disabled";
}

/** The interface, and the link of its own above it. */
function interfaceLines({ interface: base, vmac }: VrrpInstanceConfig): readonly string[] {
  if (base === undefined) return [];
  if (vmac === undefined) return [`   Interface = ${base}`];
  const { name, xmitBase } = vmac;
  return [
    `   Use VMAC, i/f name ${name}, is_up = true, xmit_base = ${xmitBase}`,
    `   Interface = ${name}, vmac on ${base}${xmitBase ? ", xmit base i/f" : ""}`,
  ];
}
