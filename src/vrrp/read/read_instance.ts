/** From the rows of `vrrp_instance` to an instance, with keepalived's fallbacks. */

import {
  type About,
  fieldsOf,
  lastUse,
  lastValue,
  type RuleName,
  tell,
  type Use,
  valueIn,
} from "../../language/mod.ts";
import { VRRP_INSTANCE } from "./keywords.ts";
import type { ToldDefs } from "../../global/config.ts";
import { scriptCommand } from "../../global/read.ts";
import type { Family } from "../../net/ip.ts";

import {
  familyOfInstance,
  hasTtlLimit,
  noAddresses,
  ownFamily,
  unicastPeers,
  virtualAddresses,
} from "./addresses.ts";
import { checkCompanions, MAX_ADVERTISED } from "./companions.ts";
import { advertInterval, preemptionOf, priorityAndState, versionOf } from "./election.ts";
import { hmacOf } from "./hmac.ts";
import { acceptsTraffic, advertising, garpSchedule } from "./strict_mode.ts";
import type { BoundInstance, InstanceContext, Subject } from "./subject.ts";
import { vmacOf, withAddressLinks } from "./vmac.ts";
import { readTracks, routeInterfaces } from "./tracking.ts";
import { routesOf, rulesOf } from "./routes.ts";
import type { NotifyScripts } from "../../notify/news.ts";
import type { Authentication, VirtualAddress, VrrpInstanceConfig } from "../config.ts";

export type { BoundInstance } from "./subject.ts";

/** An instance; `undefined` when it cannot run, which is reported. */
export function readInstance(
  block: Use<{ readonly header: string; readonly body: BoundInstance }>,
  context: InstanceContext,
): VrrpInstanceConfig | undefined {
  const { header: name, body: bound } = block.value;
  const { global } = context;
  const strict = lastValue(bound.strict_mode) ?? global.vrrpStrict;
  const subject: Subject = { name, bound, self: block, context, strict };
  const family = familyOfInstance(bound);
  const footing = footingOf(subject, family);
  const { interface: own } = footing ?? {};
  const [addresses, excluded] = virtualAddresses(subject, {
    family,
    interface: own,
    roams: footing !== undefined && own === undefined,
  });
  const vrid = lastValue(bound.virtual_router_id);
  if (bound.virtual_router_id === undefined) refuseWithout(subject, "virtual_router_id");
  const version = versionOf(subject, family);
  const bare = addresses.length === 0 && noAddresses(subject, version);
  const { priority, wantState } = priorityAndState(subject);
  const peers = unicastPeers(subject, family);
  const preemption = preemptionOf(subject, { priority, wantState });
  const advertInt = advertInterval(subject, version);
  const authentication = hmacOf(subject, { advertInt }) ??
    authenticationOf(subject, { family, version, priority, wantState });
  const mcastDstIp = ownFamily(subject, lastUse(bound.mcast_dst_ip), family);
  checkCompanions(subject, { family, nopreempt: preemption.nopreempt, unicastPeers: peers });
  const given = {
    ...fieldsOf(VRRP_INSTANCE, bound),
    priority,
    advertInt,
    wantState,
    ...preemption,
    ...(authentication !== undefined && { authentication }),
    virtualAddresses: addresses.slice(0, MAX_ADVERTISED),
    excludedAddresses: [...addresses.slice(MAX_ADVERTISED), ...excluded],
    ...(mcastDstIp !== undefined && peers.length === 0 && { mcastDstIp }),
    unicastPeers: peers,
    checkUnicastSrc: lastValue(bound.check_unicast_src) ??
      (global.vrrpCheckUnicastSrc || peers.some(hasTtlLimit)),
    strict,
    accept: acceptsTraffic(subject, { version, priority }),
    skipCheckAdvAddr: lastValue(bound.skip_check_adv_addr) ?? global.vrrpSkipCheckAdvAddr,
    v3ChecksumAsV2: lastValue(bound.v3_checksum_as_v2) ?? global.v3ChecksumAsV2,
    ...oldChecksum(subject),
    ...(bound.unicast_fault_no_peer !== undefined && peers.length === 0 && {
      lacksPeers: true as const,
    }),
    ...receiveBuffer(subject),
    ...timerExpired(subject, preemption),
    ...advertising(subject, { priority }),
    garp: garpSchedule(subject),
    tracks: readTracks(subject, own),
    virtualRoutes: routesOf(bound.virtual_routes, context.routes),
    virtualRules: rulesOf(bound.virtual_rules, context.routes),
    routeInterfaces: routeInterfaces(bound),
    ...(lastValue(bound.promote_secondaries) === true && { promoteSecondaries: true as const }),
    ...hooksOf(bound),
    notify: {
      ...readNotify(bound, global.told),
      ...ofInstance(bound),
    },
  };
  // Only now: what is wrong in an instance that is left out is told as well.
  const refused = bare || footing === undefined || vrid === undefined;
  if (refused) return undefined;
  const companions = { interface: own, family, unicastPeers: peers, vrid };
  const vmac = vmacOf(subject, companions);
  const linked = (all: readonly VirtualAddress[]) =>
    withAddressLinks(all, subject, { ...companions, vmac });
  return {
    name,
    ...footing,
    ...(vmac !== undefined && { vmac }),
    family,
    version,
    virtualRouterId: vrid,
    ...given,
    virtualAddresses: linked(given.virtualAddresses),
    excludedAddresses: linked(given.excludedAddresses),
  };
}

/** keepalived: without nopreempt it is left out. */
function timerExpired(
  { bound }: Subject,
  { nopreempt }: Pick<VrrpInstanceConfig, "nopreempt">,
): Pick<VrrpInstanceConfig, "timerExpiredBackup"> {
  const highest = lastValue(bound.timer_expired_backup);
  return highest === undefined || !nopreempt ? {} : { timerExpiredBackup: highest };
}

function receiveBuffer({ bound }: Subject): Pick<VrrpInstanceConfig, "receiveBuffer"> {
  const receiveBuffer = lastValue(bound.kernel_rx_buf_size);
  return receiveBuffer === undefined ? {} : { receiveBuffer };
}

function oldChecksum({ bound }: Subject): Pick<VrrpInstanceConfig, "oldUnicastChecksum"> {
  const written = lastValue(bound.old_unicast_checksum);
  if (written === undefined) return {};
  return { oldUnicastChecksum: written === "never" ? "never" : "always" };
}

/** Commands of an instance or a group. */
export function readNotify(
  bound: Pick<
    BoundInstance,
    | "notify_master"
    | "notify_backup"
    | "notify_fault"
    | "notify_stop"
    | "notify"
    | "smtp_alert"
    | "notify_priority_changes"
  >,
  { alertVrrp = false, priorityChanges }: ToldDefs,
): NotifyScripts {
  const master = lastValue(bound.notify_master);
  const backup = lastValue(bound.notify_backup);
  const fault = lastValue(bound.notify_fault);
  const stop = lastValue(bound.notify_stop);
  const any = lastValue(bound.notify);
  return {
    ...(master && { notifyMaster: scriptCommand(master) }),
    ...(backup && { notifyBackup: scriptCommand(backup) }),
    ...(fault && { notifyFault: scriptCommand(fault) }),
    ...(stop && { notifyStop: scriptCommand(stop) }),
    ...(any && { notify: scriptCommand(any) }),
    ...((lastValue(bound.smtp_alert) ?? alertVrrp) && { smtpAlert: true }),
    ...((lastValue(bound.notify_priority_changes) ?? priorityChanges) && {
      notifyPriorityChanges: true,
    }),
  };
}

function hooksOf(bound: BoundInstance): Pick<VrrpInstanceConfig, "hooks"> {
  const preMaster = lastValue(bound.hook_pre_master);
  const preBackup = lastValue(bound.hook_pre_backup);
  if (preMaster === undefined && preBackup === undefined) return {};
  return {
    hooks: {
      ...(preMaster && { preMaster: scriptCommand(preMaster) }),
      ...(preBackup && { preBackup: scriptCommand(preBackup) }),
      timeout: valueIn(VRRP_INSTANCE, bound, "hook_timeout"),
    },
  };
}

/** What groups do not have. */
function ofInstance(
  bound: BoundInstance,
): Pick<
  NotifyScripts,
  "notifyDeleted" | "notifyMasterRxLowerPri" | "notifySplitBrain" | "postMaster" | "ordered"
> {
  const postMaster = lastValue(bound.hook_post_master);
  const isOrdered = postMaster !== undefined || bound.notify_ordered !== undefined;
  const deleted = lastValue(bound.notify_deleted);
  const lower = lastValue(bound.notify_master_rx_lower_pri);
  const split = lastValue(bound.notify_split_brain);
  return {
    ...(deleted !== undefined && {
      notifyDeleted: deleted === true ? true : scriptCommand(deleted),
    }),
    ...(lower && { notifyMasterRxLowerPri: scriptCommand(lower) }),
    ...(split && { notifySplitBrain: scriptCommand(split) }),
    ...(postMaster && { postMaster: scriptCommand(postMaster) }),
    ...(isOrdered && { ordered: valueIn(VRRP_INSTANCE, bound, "hook_timeout") }),
  };
}

function refuseWithout({ name, self }: Subject, keyword: string): void {
  tell(self, "incomplete", `Cannot run vrrp_instance ${name}: it has no ${keyword}`, {
    severity: "error",
    about: { kind: "missing", keywords: [keyword] },
  });
}

type Footing = Pick<VrrpInstanceConfig, "interface" | "vrf" | "mcastSrcIp" | "unicastSrcIp">;

/**
 * Interface and configured source; `undefined` when it lacks both, which is reported. keepalived 2.4: unicast needs no
 * interface when it is said what address to send from.
 */
function footingOf(subject: Subject, family: Family): Footing | undefined {
  const { bound, name, self } = subject;
  const mcastSrcIp = ownFamily(subject, lastUse(bound.mcast_src_ip), family);
  const unicastSrcIp = ownFamily(subject, lastUse(bound.unicast_src_ip), family);
  const sources = {
    ...(mcastSrcIp !== undefined && { mcastSrcIp }),
    ...(unicastSrcIp !== undefined && { unicastSrcIp }),
  };
  const own = interfaceOf(subject);
  if (own !== undefined) return { interface: own, ...sources };
  if (bound.unicast_peer === undefined) {
    if (bound.interface === undefined) refuseWithout(subject, "interface");
    return undefined;
  }
  const vrf = lastValue(bound.vrf);
  if (mcastSrcIp !== undefined || unicastSrcIp !== undefined) {
    return { ...(vrf !== undefined && { vrf }), ...sources };
  }
  tell(
    self,
    "incomplete",
    `Cannot run vrrp_instance ${name}: it has neither interface nor unicast_src_ip`,
    {
      severity: "error",
      about: { kind: "missing", keywords: ["interface", "unicast_src_ip"] },
    },
  );
  return undefined;
}

/** The interface it names; `undefined` without one that can be used, of which a loopback is reported. */
function interfaceOf({ bound, context, name }: Subject): string | undefined {
  const use = lastUse(bound.interface);
  if (use === undefined) return undefined;
  if (use.value === "lo") {
    tell(use, "conflict", `Cannot run vrrp_instance ${name} on lo: a loopback has no neighbours`, {
      severity: "error",
    });
    return undefined;
  }
  if (context.interfaces !== undefined && !context.interfaces.has(use.value)) {
    tell(use, "interface-missing", `Cannot find interface ${use.value} of vrrp_instance ${name}`, {
      severity: "error",
      hint: "the instance is in fault until it exists",
      status: "warning",
      about: { kind: "interface", name: use.value },
    });
  }
  return use.value;
}

/** The authentication that counts; keepalived leaves out what does not go with the rest. */
function authenticationOf(
  { bound, name, strict }: Subject,
  { family, version, priority, wantState }: Pick<
    VrrpInstanceConfig,
    "family" | "version" | "priority" | "wantState"
  >,
): Authentication | undefined {
  const block = lastUse(bound.authentication);
  const body = block?.value.body;
  const type = lastValue(body?.auth_type);
  const key = lastValue(body?.auth_pass);
  if (block === undefined || type === undefined) return undefined;
  const lost = (code: RuleName, why: string, about?: About) => {
    tell(block, code, `Cannot authenticate ${name}: ${why}`, {
      keyword: true,
      ...(about && { about }),
    });
    return undefined;
  };
  if (key === undefined) {
    return lost("incomplete", "it has no auth_pass", { kind: "missing", keywords: ["auth_pass"] });
  }
  if (version === 3) return lost("conflict", "VRRPv3 has no authentication");
  if (strict) return lost("strict", "strict mode forbids it");
  if (type === "PASS") return { kind: "pass", key };
  if (family === "inet6") return lost("conflict", "AH goes with IPv4 only");
  if (wantState === "master" && priority !== 255) {
    tell(block, "conflict", `Cannot begin ${name} as MASTER: with AH it begins as BACKUP`, {
      keyword: true,
    });
  }
  return { kind: "ah", key };
}
