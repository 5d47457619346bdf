/** From the rows of `global_defs` to its values. */

import { allValues, type Bound, fieldsOf, lastValue, valueIn } from "../language/mod.ts";
import type { Micros } from "../net/micros.ts";
import type {
  AnnouncePace,
  FifoDef,
  GarpSchedule,
  GlobalDefs,
  ScriptCommand,
  ToldDefs,
} from "./config.ts";
import { GLOBAL_DEFS } from "./keywords.ts";
import type { ScriptWords } from "../language/rows/script.ts";

/** Rows of `global_defs`, bound. */
export type BoundGlobal = Bound<typeof GLOBAL_DEFS>;

/** Values of `global_defs`: the uses of all its blocks. */
export function readGlobal(bound: BoundGlobal): GlobalDefs {
  const server = lastValue(bound.smtp_server);
  const user = lastValue(bound.script_user);
  const umask = lastValue(bound.umask);
  const marking = lastValue(bound.nftables_ipvs);
  const flushOnStop = lastValue(bound.lvs_flush_on_stop);
  const timeouts = lastValue(bound.lvs_timeouts);
  const syncDaemon = lastValue(bound.lvs_sync_daemon);
  const policy = lastValue(bound.vrrp_rx_bufs_policy);
  return {
    ...fieldsOf(GLOBAL_DEFS, bound),
    told: readTold(bound),
    notificationEmail: allValues(bound.notification_email)
      .flatMap(({ entries }) => entries.map((entry) => entry.value)),
    ...(server !== undefined && { smtpServer: server }),
    ...(user !== undefined && {
      scriptUser: { user: user.user, ...(user.group !== undefined && { group: user.group }) },
    }),
    ...(umask !== undefined && { umask }),
    vrrpVersion: lastValue(bound.vrrp_version) === 3 ? 3 : 2,
    ...(policy !== undefined && {
      vrrpReceiveBuffer: {
        policy,
        multiplier: valueIn(GLOBAL_DEFS, bound, "vrrp_rx_bufs_multiplier"),
      },
    }),
    garp: readGarp(bound),
    pace: announcePace({
      arp: lastValue(bound.vrrp_garp_interval),
      na: lastValue(bound.vrrp_gna_interval),
    }),
    nftables: readNftables(bound),
    processBuffer: readProcessBuffer(bound),
    netlinkBuffers: readNetlinkBuffers(bound),
    vmacAddrPrefix: lastValue(bound.vmac_addr_prefix) ?? valueIn(GLOBAL_DEFS, bound, "vmac_prefix"),
    ...(flushOnStop !== undefined && flushOnStop !== "VS" && { lvsFlushOnStop: true as const }),
    ...(timeouts !== undefined && { lvsTimeouts: timeouts }),
    ...(syncDaemon !== undefined && { lvsSyncDaemon: syncDaemon }),
    ...(marking !== undefined && {
      nftablesIpvs: {
        table: marking === "" ? "keepalived_ipvs" : marking,
        priority: valueIn(GLOBAL_DEFS, bound, "nftables_ipvs_priority"),
        startMark: valueIn(GLOBAL_DEFS, bound, "nftables_ipvs_start_fwmark"),
      },
    }),
    crashPolicy: valueIn(GLOBAL_DEFS, bound, "crash_policy"),
    ...(lastValue(bound.rs_init_notifies) && { rsInitNotifies: true as const }),
  };
}

function readTold(bound: BoundGlobal): ToldDefs {
  const alert = lastValue(bound.smtp_alert);
  const alertVrrp = lastValue(bound.smtp_alert_vrrp) ?? alert;
  const alertChecker = lastValue(bound.smtp_alert_checker) ?? alert;
  const helo = lastValue(bound.smtp_helo_name);
  const all = fifoOf(bound.notify_fifo, bound.notify_fifo_script);
  const vrrp = fifoOf(bound.vrrp_notify_fifo, bound.vrrp_notify_fifo_script);
  const lvs = fifoOf(bound.lvs_notify_fifo, bound.lvs_notify_fifo_script);
  return {
    fifos: { ...(all && { all }), ...(vrrp && { vrrp }), ...(lvs && { lvs }) },
    statesOnReload: valueIn(GLOBAL_DEFS, bound, "fifo_write_vrrp_states_on_reload"),
    priorityChanges: valueIn(GLOBAL_DEFS, bound, "vrrp_notify_priority_changes"),
    ...(helo !== undefined && { smtpHeloName: helo }),
    ...(alertVrrp !== undefined && { alertVrrp }),
    ...(alertChecker !== undefined && { alertChecker }),
  };
}

/** keepalived: a program without a FIFO has nothing to read. */
function fifoOf(
  fifos: BoundGlobal["notify_fifo"],
  scripts: BoundGlobal["notify_fifo_script"],
): FifoDef | undefined {
  const fifo = lastValue(fifos);
  const words = lastValue(scripts);
  if (fifo === undefined) return undefined;
  return { ...fifo, ...(words && { script: scriptCommand(words) }) };
}

function readNftables(bound: BoundGlobal): GlobalDefs["nftables"] {
  const table = lastValue(bound.nftables);
  return {
    ...(table !== undefined && table !== "" && { table }),
    priority: valueIn(GLOBAL_DEFS, bound, "nftables_priority"),
    byIndex: valueIn(GLOBAL_DEFS, bound, "nftables_ifindex"),
    counters: valueIn(GLOBAL_DEFS, bound, "nftables_counters"),
  };
}

/** keepalived: each of its processes has a socket for what it asks and one for what it is told; here one hears for all. */
function readNetlinkBuffers(bound: BoundGlobal): GlobalDefs["netlinkBuffers"] {
  const of = (
    part: "vrrp_netlink_cmd" | "vrrp_netlink_monitor" | "lvs_netlink_cmd" | "lvs_netlink_monitor",
  ) => {
    const bytes = lastValue(bound[`${part}_rcv_bufs`]);
    return bytes === undefined
      ? []
      : [{ bytes, force: lastValue(bound[`${part}_rcv_bufs_force`]) ?? false }];
  };
  const [told] = [...of("vrrp_netlink_monitor"), ...of("lvs_netlink_monitor")]
    .toSorted((a, b) => b.bytes - a.bytes);
  const [answered] = of("vrrp_netlink_cmd");
  const [ipvs] = of("lvs_netlink_cmd");
  return { ...(told && { told }), ...(answered && { answered }), ...(ipvs && { ipvs }) };
}

function readProcessBuffer(bound: BoundGlobal): GlobalDefs["processBuffer"] {
  const size = lastValue(bound.process_monitor_rcv_bufs);
  const force = lastValue(bound.process_monitor_rcv_bufs_force) ?? false;
  return { ...(size !== undefined && { size }), force };
}

/** A command as the daemon runs it. */
export function scriptCommand(words: ScriptWords): ScriptCommand {
  const { argv, user, group } = words;
  return { argv, ...(user !== undefined && { user }), ...(group !== undefined && { group }) };
}

/** What `vrrp_min_garp` puts in the place of the defaults. */
const LEAST_GARP: { readonly delay: Micros; readonly repeat: number } = { delay: 0, repeat: 1 };

/** The global announcement schedule; `vrrp_min_garp` changes what is not written. */
function readGarp(bound: BoundGlobal): GarpSchedule {
  const least = valueIn(GLOBAL_DEFS, bound, "vrrp_min_garp");
  const masterDelay = least
    ? lastValue(bound.vrrp_garp_master_delay) ?? LEAST_GARP.delay
    : valueIn(GLOBAL_DEFS, bound, "vrrp_garp_master_delay");
  const masterRepeat = least
    ? lastValue(bound.vrrp_garp_master_repeat) ?? LEAST_GARP.repeat
    : valueIn(GLOBAL_DEFS, bound, "vrrp_garp_master_repeat");
  const extra = lastValue(bound.vrrp_garp_extra_if);
  return {
    ...(extra !== undefined && { extra }),
    masterDelay,
    masterRepeat,
    masterRefresh: valueIn(GLOBAL_DEFS, bound, "vrrp_garp_master_refresh"),
    masterRefreshRepeat: valueIn(GLOBAL_DEFS, bound, "vrrp_garp_master_refresh_repeat"),
    lowerPrioDelay: lastValue(bound.vrrp_garp_lower_prio_delay) ?? masterDelay,
    lowerPrioRepeat: lastValue(bound.vrrp_garp_lower_prio_repeat) ?? masterRepeat,
  };
}

/** A pace of what is written. */
export function announcePace(
  { arp, na }: { readonly arp: Micros | undefined; readonly na: Micros | undefined },
): AnnouncePace {
  return { ...(arp !== undefined && { arp }), ...(na !== undefined && { na }) };
}
