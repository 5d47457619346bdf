/** From the rows of `vrrp_instance` to an instance, with keepalived's fallbacks. */

import {
  allValues,
  type Args,
  type Bound,
  lastUse,
  lastValue,
  tell,
  type Use,
} from "../config/mod.ts";
import type { GarpSchedule, GlobalDefs } from "../global/config.ts";
import { atLeastOne, scriptCommand } from "../global/read.ts";
import { type Family, familyOf, type Ip } from "../net/ip.ts";
import { type Micros, SECOND } from "../net/micros.ts";
import type { TrackEntry } from "../track/config.ts";
import { readTrackEntries } from "../track/read.ts";
import type {
  NotifyScripts,
  PassAuthentication,
  UnicastPeer,
  VirtualAddress,
  VrrpInstanceConfig,
} from "./config.ts";
import type { VRRP_INSTANCE } from "./keywords.ts";

/** Addresses one advert has room for (RFC 9568 §5.2.5). */
const MAX_ADVERTISED = 255;

/** Rows of an instance, bound. */
export type BoundInstance = Bound<typeof VRRP_INSTANCE>;

/** What an instance refers to. */
export interface InstanceContext {
  readonly global: GlobalDefs;
  /** Names of the scripts declared. */
  readonly scripts: ReadonlySet<string>;
  /** Interfaces that exist; absent: not known here. */
  readonly interfaces?: ReadonlySet<string>;
}

/** The block's own line, and what to say of it. */
interface Subject {
  readonly name: string;
  readonly bound: BoundInstance;
  readonly self: { readonly args: Args };
  readonly context: InstanceContext;
  readonly strict: boolean;
}

/** An instance; `undefined` when it cannot run, which is reported. */
export function readInstance(
  name: string,
  bound: BoundInstance,
  options: { readonly args: Args; readonly context: InstanceContext },
): VrrpInstanceConfig | undefined {
  const { args, context } = options;
  const { global } = context;
  const strict = lastValue(bound.strict_mode) ?? global.vrrpStrict;
  const subject: Subject = { name, bound, self: { args }, context, strict };
  const family = familyOfInstance(bound);
  const addresses = virtualAddresses(subject, family);
  const interfaceName = interfaceOf(subject);
  const vrid = lastValue(bound.virtual_router_id);
  if (bound.virtual_router_id === undefined) refuseInstance(subject, "it has no virtual_router_id");
  if (cannotRun(subject, family) || interfaceName === undefined || vrid === undefined) {
    return undefined;
  }
  const version = versionOf(subject, family);
  if (addresses.length === 0 && noAddresses(subject, version)) return undefined;
  checkCompanions(subject, family);
  const { priority, wantState } = priorityAndState(subject);
  const peers = unicastPeers(subject, family);
  const preemption = preemptionOf(subject, { priority, wantState });
  const authentication = authenticationOf(subject, version);
  const mcastSrcIp = ownFamily(subject, lastUse(bound.mcast_src_ip), family);
  const unicastSrcIp = ownFamily(subject, lastUse(bound.unicast_src_ip), family);
  const mcastDstIp = ownFamily(subject, lastUse(bound.mcast_dst_ip), family);
  return {
    name,
    interface: interfaceName,
    family,
    version,
    virtualRouterId: vrid,
    priority,
    advertInt: advertInterval(subject, version),
    wantState,
    ...preemption,
    ...(authentication !== undefined && { authentication }),
    virtualAddresses: addresses.slice(0, MAX_ADVERTISED),
    excludedAddresses: [
      ...addresses.slice(MAX_ADVERTISED),
      ...entriesOf(bound.virtual_ipaddress_excluded),
    ],
    ...(mcastSrcIp !== undefined && { mcastSrcIp }),
    ...(unicastSrcIp !== undefined && { unicastSrcIp }),
    ...(mcastDstIp !== undefined && { mcastDstIp }),
    unicastPeers: peers,
    checkUnicastSrc: lastValue(bound.check_unicast_src) ??
      (global.vrrpCheckUnicastSrc || peers.some(hasTtlLimit)),
    unicastTtl: lastValue(bound.unicast_ttl) ?? 255,
    dontTrackPrimary: lastValue(bound.dont_track_primary) ?? false,
    trackSrcIp: lastValue(bound.track_src_ip) ?? false,
    strict,
    accept: acceptsTraffic(subject, { version, priority }),
    skipCheckAdvAddr: lastValue(bound.skip_check_adv_addr) ?? global.vrrpSkipCheckAdvAddr,
    v3ChecksumAsV2: lastValue(bound.v3_checksum_as_v2) ?? global.v3ChecksumAsV2,
    lowerPrioNoAdvert: lastValue(bound.lower_prio_no_advert) ??
      (strict || global.vrrpLowerPrioNoAdvert),
    higherPrioSendAdvert: higherPrioSendAdvert(subject),
    ownerIgnoreAdverts: lastValue(bound.owner_ignore_adverts) ??
      (strict || global.vrrpOwnerIgnoreAdverts),
    downTimerAdverts: lastValue(bound.down_timer_adverts) ?? global.vrrpDownTimerAdverts,
    garp: garpSchedule(subject),
    trackInterfaces: trackedInterfaces(subject, interfaceName),
    trackScripts: trackedScripts(bound.track_script, context, name),
    notify: {
      ...readNotify(bound),
      ...notifyDeleted(bound),
    },
  };
}

/** Commands of an instance or a group. */
export function readNotify(
  bound: Pick<
    BoundInstance,
    "notify_master" | "notify_backup" | "notify_fault" | "notify_stop" | "notify"
  >,
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
  };
}

/** Scripts of a `track_script` that exist; the others are reported. */
export function trackedScripts(
  lists: BoundInstance["track_script"],
  context: InstanceContext,
  owner: string,
): readonly TrackEntry[] {
  return readTrackEntries(lists).filter((entry) => {
    if (context.scripts.has(entry.value.name)) return true;
    complainOfEntry(
      entry,
      `Cannot track script ${entry.value.name} in ${owner}: it is not declared`,
    );
    return false;
  }).map(({ value }) => value);
}

function complainOfEntry(entry: Use<unknown>, message: string): void {
  tell(entry, "unknown-name", message, { severity: "error", keyword: true });
}

function notifyDeleted(bound: BoundInstance): Pick<NotifyScripts, "notifyDeleted"> {
  const deleted = lastValue(bound.notify_deleted);
  if (deleted === undefined) return {};
  return { notifyDeleted: deleted === true ? true : scriptCommand(deleted) };
}

function refuseInstance({ name, self }: Subject, why: string): void {
  tell(self, "incomplete", `Cannot run vrrp_instance ${name}: ${why}`, { severity: "error" });
}

/** Family of the first address, else of the addresses adverts are sent from and to. */
function familyOfInstance(bound: BoundInstance): Family {
  const first = entriesOf(bound.virtual_ipaddress)[0]?.address ??
    lastValue(bound.unicast_src_ip) ?? lastValue(bound.mcast_src_ip) ??
    entriesOf(bound.unicast_peer)[0]?.address;
  return first === undefined ? "inet" : familyOf(first);
}

/** What keepalived runs and holdfast does not yet: such an instance is left out rather than run otherwise. */
function cannotRun(subject: Subject, family: Family): boolean {
  const { bound, name, self } = subject;
  const type = lastUse(lastValue(bound.authentication)?.body.auth_type);
  const why = family === "inet6"
    ? "its addresses are IPv6"
    : type?.value === "AH"
    ? "its auth_type is AH"
    : bound.auth_hmac !== undefined
    ? "it has auth_hmac"
    : undefined;
  if (why === undefined) return false;
  tell(
    self,
    "not-acted-on",
    `Cannot run vrrp_instance ${name} yet: ${why}, the instance is left out`,
    {
      status: undefined,
    },
  );
  return true;
}

function interfaceOf(subject: Subject): string | undefined {
  const { bound, context, name } = subject;
  const use = lastUse(bound.interface);
  if (use === undefined) {
    if (bound.interface === undefined) refuseInstance(subject, "it has no interface");
    return undefined;
  }
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
    });
  }
  return use.value;
}

/** Whether an instance cannot run without addresses: VRRPv3 and strict mode want one. */
function noAddresses({ bound, self, name, strict }: Subject, version: 2 | 3): boolean {
  const needed = strict || version === 3;
  if (bound.no_virtual_ipaddress !== undefined && !needed) return false;
  if (allValues(bound.virtual_ipaddress).some(({ complete }) => !complete)) return needed;
  tell(self, "incomplete", `Cannot find a virtual_ipaddress in vrrp_instance ${name}`, {
    severity: needed ? "error" : "warning",
    ...(needed ? {} : { hint: "write no_virtual_ipaddress if none is meant" }),
  });
  return needed;
}

function entriesOf<E>(
  lists: readonly Use<{ readonly entries: readonly Use<E>[] }>[] | undefined,
): readonly E[] {
  return allValues(lists).flatMap(({ entries }) => entries.map((entry) => entry.value));
}

/** Addresses of the instance's family, each once. */
function virtualAddresses(
  { bound, name, context }: Subject,
  family: Family,
): readonly VirtualAddress[] {
  const seen = new Set<string>();
  return allValues(bound.virtual_ipaddress).flatMap(({ entries }) => entries).filter((entry) => {
    const { address, prefixLength, dev } = entry.value;
    const key = `${address}/${prefixLength} ${dev ?? ""}`;
    if (dev !== undefined && context.interfaces?.has(dev) === false) {
      tell(entry, "interface-missing", `Cannot find interface ${dev} of ${address} in ${name}`, {
        severity: "error",
        status: "warning",
        keyword: true,
      });
    }
    if (familyOf(address) !== family) {
      tell(
        entry,
        "conflict",
        `Cannot use ${address} in vrrp_instance ${name}: its other addresses are ${family}`,
        {
          severity: "error",
          hint: "put it into virtual_ipaddress_excluded",
          keyword: true,
        },
      );
      return false;
    }
    if (seen.has(key)) {
      tell(entry, "duplicate-name", `Cannot use ${address} twice in vrrp_instance ${name}`, {
        status: undefined,
        keyword: true,
      });
      return false;
    }
    seen.add(key);
    return true;
  }).map(({ value }) => value);
}

/** An address of another family than the instance's is left out. */
function ownFamily(
  { name }: Subject,
  use: Use<Ip> | undefined,
  family: Family,
): Ip | undefined {
  if (use === undefined || familyOf(use.value) === family) return use?.value;
  tell(use, "conflict", `Cannot use ${use.value} in ${name}: the instance is ${family}`, {
    severity: "error",
  });
  return undefined;
}

/** keepalived: in strict VRRPv3 only the owner of the addresses takes traffic to them. */
function acceptsTraffic(
  { bound, name, self, strict }: Subject,
  { version, priority }: Pick<VrrpInstanceConfig, "version" | "priority">,
): boolean {
  if (bound.accept !== undefined || !strict || version !== 3 || priority === 255) return true;
  tell(
    self,
    "not-acted-on",
    `Cannot drop traffic to the addresses of ${name} yet, as strict VRRPv3 wants`,
    {
      severity: "info",
      status: undefined,
    },
  );
  return false;
}

/** Settings that go with others only; holdfast acts on none of them yet. */
function checkCompanions({ bound, name, self }: Subject, family: Family): void {
  const lonely = lastUse(bound.vmac_xmit_base);
  if (lonely !== undefined && bound.use_vmac === undefined && bound.use_ipvlan === undefined) {
    tell(lonely, "conflict", `Cannot use vmac_xmit_base in ${name}: it goes with use_vmac only`, {
      keyword: true,
    });
  }
  const native = lastUse(bound.native_ipv6);
  if (native !== undefined && family === "inet") {
    tell(native, "conflict", `Cannot use native_ipv6 in ${name}: its addresses are IPv4`);
  }
  const count = allValues(bound.virtual_ipaddress).flatMap(({ entries }) => entries).length;
  if (count > MAX_ADVERTISED) {
    tell(
      self,
      "out-of-range",
      `Cannot advertise ${count} addresses in ${name}: the first ${MAX_ADVERTISED} are, the others are kept out of adverts`,
    );
  }
}

function versionOf({ bound, context }: Subject, family: Family): 2 | 3 {
  const written = lastValue(bound.version);
  if (written !== undefined) return written === "3" ? 3 : 2;
  return family === "inet6" ? 3 : context.global.vrrpVersion;
}

/** keepalived: strict mode wants MASTER exactly with priority 255. */
function priorityAndState(
  { bound, name, strict, self }: Subject,
): Pick<VrrpInstanceConfig, "priority" | "wantState"> {
  const written = lastUse(bound.state);
  const given = bound.priority !== undefined;
  const priority = lastValue(bound.priority) ?? (written?.value === "master" && !given ? 255 : 100);
  const owner = priority === 255 ? "master" : "backup";
  const wantState = written?.value ?? owner;
  if (!strict || wantState === owner) return { priority, wantState };
  tell(
    written ?? self,
    "strict",
    `Cannot begin vrrp_instance ${name} as ${wantState} in strict mode: MASTER goes with priority 255 only`,
  );
  return { priority, wantState: owner };
}

function preemptionOf(
  { bound, name, strict }: Subject,
  { priority, wantState }: Pick<VrrpInstanceConfig, "priority" | "wantState">,
): Pick<VrrpInstanceConfig, "nopreempt" | "preemptDelay"> {
  const nopreemptUse = lastUse(bound.nopreempt);
  const delayUse = lastUse(bound.preempt_delay);
  let nopreempt = nopreemptUse !== undefined;
  let preemptDelay: Micros = delayUse?.value ?? 0;
  if (nopreemptUse !== undefined) {
    if (wantState === "master") {
      tell(
        nopreemptUse,
        "conflict",
        `Cannot use nopreempt in ${name}: it needs state BACKUP, it is left out`,
      );
      nopreempt = false;
    } else if (priority === 255) {
      tell(
        nopreemptUse,
        "conflict",
        `Cannot use nopreempt in ${name}: priority 255 always takes over`,
      );
      nopreempt = false;
    }
  }
  if (delayUse !== undefined && preemptDelay > 0) {
    const why = strict
      ? "strict mode forbids it"
      : nopreempt
      ? "there is nopreempt"
      : wantState === "master"
      ? "it needs state BACKUP"
      : undefined;
    if (why !== undefined) {
      tell(
        delayUse,
        strict ? "strict" : "conflict",
        `Cannot use preempt_delay in ${name}: ${why}, it is left out`,
      );
      preemptDelay = 0;
    }
  }
  return { nopreempt, preemptDelay };
}

function advertInterval({ bound, name }: Subject, version: 2 | 3): Micros {
  const use = lastUse(bound.advert_int);
  if (use === undefined) return SECOND;
  const step = version === 2 ? SECOND : SECOND / 100;
  const max = version === 2 ? 255 * SECOND : 40.95 * SECOND;
  const rounded = Math.max(step, Math.round(use.value / step) * step);
  if (rounded > max) {
    tell(
      use,
      "out-of-range",
      `Cannot advertise every ${use.value / SECOND} s in VRRPv3: 40.95 s is used in ${name}`,
    );
    return max;
  }
  if (rounded !== use.value) {
    const what = version === 2 ? "VRRPv2 counts whole seconds" : "VRRPv3 counts steps of 10 ms";
    tell(
      use,
      "rounded",
      `Cannot advertise every ${use.value / SECOND} s: ${what}, ${
        rounded / SECOND
      } s is used in ${name}`,
    );
  }
  return rounded;
}

function unicastPeers(
  { bound, name, strict, self }: Subject,
  family: Family,
): readonly UnicastPeer[] {
  const uses = allValues(bound.unicast_peer).flatMap(({ entries }) => entries);
  const peers = uses.filter((use) => {
    if (familyOf(use.value.address) === family) return true;
    tell(
      use,
      "conflict",
      `Cannot use peer ${use.value.address} in ${name}: the instance is ${family}`,
      {
        severity: "error",
        keyword: true,
      },
    );
    return false;
  });
  const unicast = lastUse<unknown>(bound.unicast_src_ip) ?? lastUse(bound.unicast_peer) ??
    lastUse(bound.check_unicast_src) ?? lastUse(bound.old_unicast_checksum) ??
    lastUse(bound.unicast_ttl);
  const complete = allValues(bound.unicast_peer).every((list) => list.complete);
  if (peers.length === 0 && unicast !== undefined && complete) {
    tell(unicast, "incomplete", `Cannot find a unicast peer in ${name}: adverts are multicast`, {
      keyword: true,
    });
  }
  if (peers.length > 0 && strict) {
    tell(
      lastUse(bound.unicast_peer) ?? self,
      "strict",
      `Cannot reconcile unicast with strict mode in ${name}: RFC 9568 knows multicast only`,
      {
        status: undefined,
        keyword: true,
      },
    );
  }
  return peers.map(({ value }) => value);
}

function hasTtlLimit({ minTtl, maxTtl }: UnicastPeer): boolean {
  return minTtl !== undefined || maxTtl !== undefined;
}

function authenticationOf(
  { bound, name, strict }: Subject,
  version: 2 | 3,
): PassAuthentication | undefined {
  const block = lastUse(bound.authentication);
  const body = block?.value.body;
  if (block === undefined || body === undefined || lastValue(body.auth_type) !== "PASS") {
    return undefined;
  }
  const key = lastValue(body.auth_pass);
  if (key === undefined) {
    tell(block, "incomplete", `Cannot authenticate ${name}: it has no auth_pass`, {
      keyword: true,
    });
  } else if (version === 3) {
    tell(block, "conflict", `Cannot authenticate ${name}: VRRPv3 has no authentication`, {
      keyword: true,
    });
  } else if (strict) {
    tell(block, "strict", `Cannot authenticate ${name}: strict mode forbids it`, { keyword: true });
  } else {
    return { kind: "pass", key };
  }
  return undefined;
}

function higherPrioSendAdvert({ bound, name, strict, context }: Subject): boolean {
  const use = lastUse(bound.higher_prio_send_advert);
  if (!strict) return use?.value ?? context.global.vrrpHigherPrioSendAdvert;
  if (use?.value === true) {
    tell(use, "strict", `Cannot use higher_prio_send_advert in ${name}: strict mode forbids it`, {
      keyword: true,
    });
  }
  return false;
}

/** The instance's schedule over the global one. keepalived: strict mode sends one burst on hearing a weaker master. */
function garpSchedule({ bound, name, strict, context }: Subject): GarpSchedule {
  const { garp } = context.global;
  for (
    const use of [lastUse(bound.garp_master_repeat), lastUse(bound.garp_master_refresh_repeat)]
  ) {
    if (use?.value === 0) {
      tell(
        use,
        "out-of-range",
        `Cannot set ${use.args.name} to 0 in ${name}: 1 is used`,
      );
    }
  }
  for (const use of [lastUse(bound.garp_lower_prio_repeat), lastUse(bound.garp_lower_prio_delay)]) {
    if (strict && use !== undefined) {
      tell(use, "strict", `Cannot use ${use.args.name} in ${name}: strict mode forbids it`, {
        keyword: true,
      });
    }
  }
  const masterDelay = lastValue(bound.garp_master_delay) ?? garp.masterDelay;
  const masterRepeat = atLeastOne(lastValue(bound.garp_master_repeat)) ?? garp.masterRepeat;
  return {
    masterDelay,
    masterRepeat,
    masterRefresh: lastValue(bound.garp_master_refresh) ?? garp.masterRefresh,
    masterRefreshRepeat: atLeastOne(lastValue(bound.garp_master_refresh_repeat)) ??
      garp.masterRefreshRepeat,
    lowerPrioDelay: strict ? 0 : lastValue(bound.garp_lower_prio_delay) ?? garp.lowerPrioDelay,
    lowerPrioRepeat: strict ? 0 : lastValue(bound.garp_lower_prio_repeat) ?? garp.lowerPrioRepeat,
  };
}

function trackedInterfaces(
  { bound, name, context }: Subject,
  own: string,
): readonly TrackEntry[] {
  return readTrackEntries(bound.track_interface).filter((entry) => {
    const tracked = entry.value.name;
    if (context.interfaces !== undefined && !context.interfaces.has(tracked)) {
      tell(entry, "interface-missing", `Cannot find interface ${tracked} tracked by ${name}`, {
        severity: "error",
        status: "warning",
        keyword: true,
      });
    }
    if (
      tracked !== own || bound.dont_track_primary !== undefined || entry.value.weight !== undefined
    ) return true;
    tell(
      entry,
      "conflict",
      `Cannot track ${own} in ${name}: it is its own interface, which is tracked anyway`,
      {
        keyword: true,
      },
    );
    return false;
  }).map(({ value }) => value);
}
