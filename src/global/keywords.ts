/** Rows of `global_defs`. */

import {
  addressOf,
  alias,
  type AliasKeyword,
  type Args,
  choice,
  custom,
  type Facts,
  flag,
  integer,
  list,
  multicast,
  needWord,
  nextWord,
  optionalChoice,
  optionalWord,
  peekWord,
  readIfname,
  readInteger,
  refuse,
  restWords,
  script,
  seconds,
  type Table,
  toggle,
  UINT32,
  unknown,
  type ValueKeyword,
  wholeSeconds,
  word,
  words,
} from "../language/mod.ts";
import { accountOf } from "../language/rows/script.ts";
import { integerOf } from "../language/rows/values.ts";
import { type Ip, isMulticast, parseIp } from "../net/ip.ts";
import { type Micros, SECOND } from "../net/micros.ts";
import type { LvsSyncDaemon, LvsTimeouts } from "./lvs_settings.ts";

const LVS = "LVS";
const NFTABLES = "NFTABLES";
const later = { acts: false } as const;
const snmp = { acts: false, comesWith: "SNMP" } as const;
const dbus = { acts: false, comesWith: "D-Bus" } as const;
/** Whole seconds up to what keepalived's timers hold. */
const timer = { min: 0, max: 4294 } as const;
const niceness = { min: -20, max: 19 } as const;
const real_time = { min: 1, max: 99 } as const;

/** `[all] <seconds>` of the extra-interface announcements. */
export const extraInterfaces = (
  min: number,
  text: string,
): ValueKeyword<{ readonly all: boolean; readonly interval: Micros }> =>
  custom({
    missing: "reported",
    text,
    build: "VMAC",
    args: `[all] <seconds ${min} to 86400>`,
    read: (args) => {
      const all = peekWord(args)?.text === "all";
      if (all) nextWord(args);
      const interval = readInteger(args, { min, max: 86_400 });
      return interval === undefined ? undefined : { all, interval: interval * 1_000_000 };
    },
  });

/** A version of the protocol: 2 or 3. */
export function protocolVersion(
  facts: Facts & { clash?(earlier: number, later: number): boolean },
): ValueKeyword<number> {
  const number = { min: 2, max: 3 };
  return custom({
    ...facts,
    number,
    args: "2|3",
    values: ["2", "3"],
    read: (args) => {
      const word = needWord(args, "2 or 3");
      return word && integerOf(args, word, number);
    },
  });
}

const fifo = (what: string, build?: string) =>
  custom({
    twice: "first",
    missing: "reported",
    ...(build && { build }),
    text: `Named pipe that receives ${what}; created if missing`,
    args: "<path> [USER [GROUP]]",
    read: (args) => {
      const path = needWord(args, "a path");
      return path && { path: path.text, ...accountOf(restWords(args)) };
    },
  });

const fifoScript = (what: string, build?: string) =>
  script({
    missing: "reported",
    ...(build && { build }),
    text: `Program started with the pipe name as its last argument to consume ${what}`,
  });

/** Numbers of processors; those this machine lacks are not known here. */
function readProcessors(args: Args): readonly number[] | undefined {
  const first = needWord(args, "a processor");
  const numbers = [...(first ? [first] : []), ...restWords(args)].map((word) =>
    integerOf(args, word, { min: 0, max: 8191 })
  );
  return first === undefined ? undefined : numbers.filter((number) => number !== undefined);
}

type ProcessRows<P extends string> =
  & Readonly<Record<`${P}_${"priority" | "rt_priority" | "rlimit_rttime"}`, ValueKeyword<number>>>
  & Readonly<Record<`${P}_no_swap`, ValueKeyword<true>>>
  & Readonly<Record<`${P}_cpu_affinity`, ValueKeyword<readonly number[]>>>
  & Readonly<Record<`${P}_rlimit_rtime`, AliasKeyword>>;

/** keepalived sets the process of a part; here the threads that do its work are set. */
const processRows = <const P extends string>(
  part: P,
  of: string,
  facts: { readonly acts?: false; readonly build?: string },
): ProcessRows<P> =>
  ({
    [`${part}_priority`]: integer({
      instead: 0,
      missing: "reported",
      ...facts,
      ...niceness,
      default: "0",
      text: `Nice value of the ${of} threads`,
    }),
    [`${part}_no_swap`]: flag({
      ...facts,
      text:
        `Keeps program, stacks and data of the ${of} threads from being swapped out; not memory of JavaScript`,
    }),
    [`${part}_rt_priority`]: integer({
      missing: "reported",
      ...facts,
      ...real_time,
      text: `Runs the ${of} threads under SCHED_RR at the given priority`,
    }),
    [`${part}_cpu_affinity`]: custom({
      default: "any",
      missing: "reported",
      ...facts,
      args: "<cpu> [<cpu> ...]",
      text: `CPUs on which the ${of} threads may run`,
      read: readProcessors,
    }),
    [`${part}_rlimit_rttime`]: integer({
      ...facts,
      min: 2,
      default: "10000",
      text: `CPU time a real-time ${of} thread may take without blocking, µs`,
    }),
    [`${part}_rlimit_rtime`]: alias(`${part}_rlimit_rttime`, {
      deprecated: `${part}_rlimit_rttime`,
    }),
  }) as ProcessRows<P>;

const receiveBuffers = <const P extends string>(
  part: P,
  of: string,
  build?: string,
): Readonly<
  & Record<`${P}_rcv_bufs`, ValueKeyword<number>>
  & Record<`${P}_rcv_bufs_force`, ValueKeyword<boolean>>
> =>
  ({
    [`${part}_rcv_bufs`]: integer({
      junk: "refused",
      missing: "reported",
      ...(build && { build }),
      default: "the kernel's",
      text: `Receive buffer size of ${of}, bytes`,
    }),
    [`${part}_rcv_bufs_force`]: toggle({
      ...(build && { build }),
      text: `Exceeds the system buffer limit for ${of}`,
    }),
  }) as Readonly<
    & Record<`${P}_rcv_bufs`, ValueKeyword<number>>
    & Record<`${P}_rcv_bufs_force`, ValueKeyword<boolean>>
  >;

/** `tcp N tcpfin N udp N`. */
const lvsTimeouts = custom({
  twice: "all",
  join: (earlier: LvsTimeouts, later: LvsTimeouts) => ({ ...earlier, ...later }),
  missing: "reported",
  build: LVS,
  text: "Sets IPVS connection timeouts; the previous values come back at exit",
  default: "the kernel's",
  args: "[tcp <s 0 to 2678400>] [tcpfin <s>] [udp <s>]",
  read: (args): LvsTimeouts | undefined => {
    const timeouts: { -readonly [K in keyof LvsTimeouts]: LvsTimeouts[K] } = {};
    const first = needWord(args, "tcp, tcpfin or udp");
    for (let name = first; name !== undefined; name = nextWord(args)) {
      const kind = (["tcp", "tcpfin", "udp"] as const).find((known) => known === name?.text);
      if (kind === undefined) return refuse(args, name, "must be tcp, tcpfin or udp");
      const value = readInteger(args, { min: 0, max: 2_678_400, junk: "refused" });
      if (value === undefined) return undefined;
      timeouts[kind] = value;
    }
    return first && timeouts;
  },
});

const SYNC_OPTIONS = {
  id: { min: 0, max: 255, junk: "refused" },
  maxlen: { min: 1, max: 65_507, junk: "refused" },
  port: { min: 1, max: 65_535, junk: "refused" },
  ttl: { min: 1, max: 255, junk: "refused" },
} as const;

const lvsSyncDaemon = custom({
  twice: "first",
  missing: "reported",
  build: "LVS and VRRP",
  text:
    "Starts the IPVS connection sync daemon; with an instance it follows that instance's master state",
  args:
    "<interface> [[inst] <instance>] [id <0 to 255>] [maxlen <1 to 65507>] [port <1 to 65535>] " +
    "[ttl <1 to 255>] [group <multicast address>]",
  read: (args): LvsSyncDaemon | undefined => {
    const dev = readIfname(args);
    if (dev === undefined) return undefined;
    const found: { -readonly [K in keyof typeof SYNC_OPTIONS]?: number } = {};
    let instance: string | undefined;
    let group: Ip | undefined;
    for (let option = nextWord(args); option !== undefined; option = nextWord(args)) {
      const name = option.text;
      if (Object.hasOwn(SYNC_OPTIONS, name)) {
        const key = name as keyof typeof SYNC_OPTIONS;
        const value = readInteger(args, SYNC_OPTIONS[key]);
        if (value !== undefined) found[key] = value;
      } else if (name === "inst") instance = needWord(args, "an instance")?.text;
      else if (name === "group") group = readMulticast(args);
      else if (instance === undefined) instance = name;
      else return refuse(args, option, "must be inst, id, maxlen, port, ttl or group");
    }
    return { dev, ...(instance && { instance }), ...(group && { group }), ...found };
  },
});

function readMulticast(args: Args): Ip | undefined {
  const word = needWord(args, "a multicast address");
  const ip = word && addressOf(args, word);
  return word === undefined || ip === undefined || isMulticast(ip)
    ? ip
    : refuse(args, word, "must be a multicast address", { code: "not-an-address" });
}

const smtpServer = custom({
  text: "Mail relay for alerts; without it no mail is sent",
  args: "<host or address> [<port 1 to 65535>]",
  default: "none; port 25",
  read: (args) => {
    const host = needWord(args, "a host");
    if (host === undefined) return undefined;
    if (!isHost(host.text)) return refuse(args, host, "must be an address or a host name");
    const port = nextWord(args);
    const number = port && integerOf(args, port, { min: 1, max: 65_535, junk: "refused" });
    return { host: host.text, port: number ?? 25 };
  },
});

/** An address, or a name that could be one of a host; whether it is one only a resolver knows. */
function isHost(text: string): boolean {
  if (parseIp(text) !== undefined || /^\d+(\.\d+){0,2}$/.test(text)) return true;
  return /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(text) && /[A-Za-z]/.test(text);
}

/** The account is never looked up here: the shell knows accounts. */
const scriptUser = custom({
  account: true,
  missing: "reported",
  text: "Default account for running scripts; an omitted group means the account's own",
  default: "keepalived_script if that account exists, else the invoking user",
  args: "<user> [<group>]",
  read: (args) => {
    const user = needWord(args, "an account");
    if (user === undefined) return undefined;
    return { ...accountOf([user, ...restWords(args)]), user: user.text };
  },
});

/** A rule, or bytes. */
/** How large a receive buffer is: so many packets of the MTU, or adverts, or so many bytes. */
export type ReceivePolicy = "MTU" | "ADVERT" | number;

/** `vrrp_rx_bufs_policy`. keepalived: a size goes before MTU, and that before ADVERT. */
const receivePolicy = custom({
  twice: "replaced",
  clash: (earlier: ReceivePolicy, later: ReceivePolicy) =>
    earlier !== later && !(typeof earlier === "number" && typeof later === "number"),
  join: (earlier: ReceivePolicy, later: ReceivePolicy): ReceivePolicy =>
    typeof later === "number" || (earlier === "ADVERT") ? later : earlier,
  missing: "reported",
  text: "How large each VRRP receive socket buffer is: sized by MTU, by advert length, or explicit",
  default: "the kernel's",
  args: "MTU|ADVERT|<bytes>",
  read: (args): ReceivePolicy | undefined => {
    const first = needWord(args, "MTU, ADVERT or a number");
    let policy: ReceivePolicy | undefined;
    for (let next = first; next !== undefined; next = nextWord(args)) {
      const name = (["MTU", "ADVERT"] as const).find((known) => known === next?.text.toUpperCase());
      if (policy !== undefined) {
        return refuse(args, next, "one policy is enough", { code: "conflict" });
      }
      policy = name ?? integerOf(args, next, { min: 0, max: UINT32, junk: "refused" });
      if (policy === undefined || typeof policy === "number") return policy;
    }
    return policy;
  },
});

/** `umask`: a number in C's notation, or bits by name. */
const umask = custom({
  text: "File creation mask of the daemon; the command line value takes precedence",
  default: "0177",
  args: "<number up to 0777>|<bit>[|<bit>...]",
  read: (args) => {
    const first = needWord(args, "a mask");
    if (first === undefined) return undefined;
    const text = [first, ...restWords(args)].map((part) => part.text).join(" ")
      .replace(/ *[|] */g, "|");
    if (/^(0[xX][0-9a-fA-F]{1,3}|\d{1,4})$/.test(text)) {
      const base = /^0[xX]/.test(text) ? 16 : text.startsWith("0") ? 8 : 10;
      const value = parseInt(base === 16 ? text.slice(2) : text, base);
      return value <= 0o777
        ? value
        : refuse(args, first, "must be at most 0777", { code: "out-of-range" });
    }
    const bits = text.split("|").map((name) => UMASK_BITS[name]);
    if (bits.some((bit) => bit === undefined)) {
      return refuse(args, first, "must be a number or bits like IXUSR");
    }
    return bits.reduce<number>((mask, bit) => mask | (bit ?? 0), 0);
  },
});

const UMASK_BITS: Readonly<Record<string, number>> = {
  IRUSR: 0o400,
  IWUSR: 0o200,
  IXUSR: 0o100,
  IRWXU: 0o700,
  IRGRP: 0o040,
  IWGRP: 0o020,
  IXGRP: 0o010,
  IRWXG: 0o070,
  IROTH: 0o004,
  IWOTH: 0o002,
  IXOTH: 0o001,
  IRWXO: 0o007,
};

/** `[<int -1..99>]`. */
const maxAutoPriority = custom({
  text:
    "Upper bound for automatic promotion to real-time scheduling when processing runs late; -1 disables",
  default: 0,
  absent: "0, disabled; without a number the largest possible",
  args: "[<number -1 to 99>]",
  read: (args) => peekWord(args) === undefined ? 99 : readInteger(args, { min: -1, max: 99 }),
});

/** The manual page has a name that keepalived's reader does not know. */
const manualName = (instead: string) =>
  unknown({ source: "manual", text: `The manual's name of ${instead}`, instead });

/** Rows of `global_defs`. */
export const GLOBAL_DEFS = {
  process_names: flag({
    text: "Gives the threads of each part its name: keepalived_vrrp, keepalived_lvs",
  }),
  process_name: word({
    max: 15,
    default: "keepalived",
    text: "Kernel name of the process and of its main thread",
  }),
  vrrp_process_name: word({
    max: 15,
    default: "process_name",
    text: "Kernel name of the thread that sends and hears adverts",
  }),
  checker_process_name: word({
    build: LVS,
    max: 15,
    default: "process_name",
    text: "Kernel name of the thread that probes",
  }),
  lvs_process_name: alias("checker_process_name", {
    deprecated: "checker_process_name",
    tolerated: true,
  }),
  bfd_process_name: word({
    ...later,
    build: "BFD",
    max: 15,
    default: "process_name",
    text: "Kernel process name of the BFD child",
  }),
  use_symlink_paths: toggle({
    text: "Runs scripts by the path as written, as holdfast always does",
  }),
  set_supplementary_groups: unknown({
    source: "later",
    text: "When running scripts as another user, also gives them that user's supplementary groups",
    hint: "a later version of keepalived knows it, 2.4 does not: leave it out",
  }),
  router_id: custom({
    to: "routerId",
    text: "Name of this node used in mail subjects, logs and SNMP",
    absent: "the host name",
    args: "<name>",
    read: (args) => {
      const name = nextWord(args);
      if (name !== undefined) return name.text;
      const keyword = args.words[0];
      return keyword && refuse(args, keyword, "it needs a name", {
        code: "missing-value",
        message: "Cannot set router_id: it needs a name",
      });
    },
  }),
  notification_email_from: word({
    extra: "reported",
    missing: "reported",
    what: "an address",
    to: "notificationEmailFrom",
    absent: "<user>@<host name>",
    text: "Sender address of alert mails",
  }),
  smtp_server: smtpServer,
  smtp_helo_name: word({
    missing: "accepted",
    default: "the host name",
    text: "Name announced in HELO when sending alerts",
  }),
  smtp_connect_timeout: wholeSeconds({
    to: "smtpConnectTimeout",
    raised: 1,
    ...timer,
    default: 30 * SECOND,
    text: "Connection and reply timeout towards the alert relay",
  }),
  notification_email: list({
    notEmpty: true,
    text: "Recipients of alert mails",
    entryArgs: "<address>",
    entry: (args) => nextWord(args)?.text,
  }),
  smtp_alert: toggle({
    default: "that of each kind: on for real servers, off for the rest",
    text: "Default for smtp_alert in all instances, groups, virtual and real servers",
  }),
  startup_script: script({
    missing: "reported",
    text: "Run and awaited before anything begins",
  }),
  startup_script_timeout: wholeSeconds({
    missing: "reported",
    min: 1,
    max: 1000,
    default: 10 * SECOND,
    text: "Gives up on the startup script after this long",
  }),
  shutdown_script: script({
    missing: "reported",
    text: "Run and awaited when everything has ended",
  }),
  shutdown_script_timeout: wholeSeconds({
    missing: "reported",
    min: 1,
    max: 1000,
    default: 10 * SECOND,
    text: "Gives up on the shutdown script after this long",
  }),
  max_auto_priority: maxAutoPriority,
  min_auto_priority_delay: integer({
    missing: "reported",
    min: 1,
    max: 10_000_000,
    default: SECOND,
    absent: "1000000",
    text: "Lateness of a timer that makes the threads raise their own priority, µs",
  }),
  smtp_alert_vrrp: toggle({
    default: "smtp_alert",
    text: "Default mail alerting for VRRP only",
  }),
  smtp_alert_checker: toggle({
    build: LVS,
    default: "smtp_alert",
    text: "Default mail alerting for the checker only",
  }),
  checker_log_all_failures: toggle({
    to: "checkerLogAllFailures",
    default: false,
    build: LVS,
    text: "Logs each failed probe instead of only state changes",
  }),
  dynamic_interfaces: optionalChoice(["allow_if_changes"], {
    text:
      "Lets instances refer to interfaces that do not exist yet; without it they are told of, and work as well once they come",
  }),
  no_email_faults: flag({
    to: "noEmailFaults",
    default: false,
    text: "Suppresses mails about the FAULT state",
  }),
  default_interface: word({
    to: "defaultInterface",
    what: "an interface",
    missing: "reported",
    default: "eth0",
    text: "Interface of static or virtual addresses that name none and have no instance interface",
  }),
  disable_local_igmp: flag({
    to: "disableLocalIgmp",
    default: false,
    build: "kernel 4.3",
    text:
      "Tells the kernel not to send IGMP reports for groups of 224.0.0.0/24, as long as the daemon runs",
  }),
  v3_checksum_as_v2: custom({
    to: "v3ChecksumAsV2",
    default: false,
    absent: "off",
    text:
      "Computes VRRPv3 IPv4 checksums without pseudo-header for every instance; a value is ignored",
    args: "[on|off|true|false|yes|no]",
    read: (args): true => {
      restWords(args);
      return true;
    },
  }),
  lvs_timeouts: lvsTimeouts,
  lvs_flush: flag({
    to: "lvsFlush",
    default: false,
    build: LVS,
    text: "Empties the IPVS table at start",
  }),
  lvs_flush_on_stop: optionalChoice(["VS"], {
    build: LVS,
    text: "Empties the IPVS table at exit, or with VS only deletes the virtual services",
  }),
  lvs_flush_onstop: alias("lvs_flush_on_stop", {
    deprecated: "lvs_flush_on_stop",
    tolerated: true,
  }),
  lvs_sync_daemon: lvsSyncDaemon,
  vrrp_mcast_group4: multicast({
    to: "vrrpMcastGroup4",
    family: "inet",
    default: "224.0.0.18",
    text: "Default destination group of IPv4 instances",
  }),
  vrrp_mcast_group6: multicast({
    to: "vrrpMcastGroup6",
    family: "inet6",
    default: "ff02::12",
    text: "Default destination group of IPv6 instances",
  }),
  vrrp_garp_master_delay: wholeSeconds({
    ...timer,
    default: 5 * SECOND,
    text: "Pause between the first and the second gratuitous ARP burst after becoming master",
  }),
  vrrp_garp_master_repeat: integer({
    raised: 1,
    default: 5,
    text: "Messages per address sent in each burst",
  }),
  vrrp_garp_master_refresh: wholeSeconds({
    instead: 0,
    default: 0,
    absent: "0, none",
    text: "Interval of periodic announcement while master",
  }),
  vrrp_garp_master_refresh_repeat: integer({
    raised: 1,
    default: 1,
    text: "Messages per address in each periodic announcement",
  }),
  vrrp_garp_lower_prio_delay: wholeSeconds({
    ...timer,
    default: "vrrp_garp_master_delay",
    text: "Pause before the second burst caused by seeing a weaker master",
  }),
  vrrp_garp_lower_prio_repeat: integer({
    max: 2_147_483_647,
    default: "vrrp_garp_master_repeat",
    text: "Messages per address in a burst caused by seeing a weaker master; 0 disables",
  }),
  vrrp_down_timer_adverts: integer({
    to: "vrrpDownTimerAdverts",
    min: 1,
    max: 100,
    default: 3,
    text: "Missed advert intervals before a backup assumes the master is gone",
  }),
  vrrp_garp_interval: seconds({
    min: 0.000001,
    default: "0",
    text: "Minimum spacing of gratuitous ARPs on one interface",
  }),
  vrrp_gna_interval: seconds({
    min: 0.000001,
    default: "0",
    text: "Minimum spacing of unsolicited neighbour advertisements on one interface",
  }),
  vrrp_min_garp: toggle({
    default: false,
    text:
      "One gratuitous message per address, no second burst, no refresh, where not set explicitly",
  }),
  vrrp_garp_extra_if: extraInterfaces(
    1,
    "Periodic announcements on other interfaces that carry VIPs",
  ),
  vrrp_vmac_garp_intvl: alias("vrrp_garp_extra_if", { deprecated: "vrrp_garp_extra_if" }),
  vrrp_lower_prio_no_advert: toggle({
    to: "vrrpLowerPrioNoAdvert",
    default: false,
    absent: "off; on in strict mode",
    text: "A master hearing a weaker master stays silent instead of answering at once",
  }),
  vrrp_higher_prio_send_advert: toggle({
    to: "vrrpHigherPrioSendAdvert",
    default: false,
    text: "A master beaten by a stronger advert sends one last advert before stepping down",
  }),
  vrrp_version: protocolVersion({
    default: "2",
    text: "Default protocol version of IPv4 instances",
  }),
  vrrp_iptables: words({
    twice: "first",
    deprecated: "nftables",
    moot: "the rules are those of nftables, in a table of their own",
    build: "IPTABLES",
    args: "[<chain-in> [<chain-out>]]",
    default: "INPUT OUTPUT",
    text: "Uses iptables in the given chains for accept filtering and IGMP/MLD handling",
  }),
  vrrp_ipsets: words({
    deprecated: "nftables",
    moot: "the addresses are in sets of nftables, in a table of their own",
    build: "LIBIPSET",
    args: "[<addr-set> [<addr6> [<if6> [<igmp> [<mld> [<nd>]]]]]]",
    default: "keepalived, and names made from the first",
    text: "Names of the ipsets used by the iptables rules",
  }),
  nftables: optionalWord({
    twice: "first",
    build: NFTABLES,
    what: "table",
    default: "holdfast_vrrp",
    text: "Name of the table, of family inet, that has the rules of no_accept and of VMACs",
  }),
  nftables_priority: integer({
    junk: "refused",
    build: NFTABLES,
    min: -2_147_483_648,
    max: 2_147_483_647,
    default: -1,
    text: "Hook priority of the nftables base chains",
  }),
  nftables_ifindex: flag({
    default: false,
    build: NFTABLES,
    text: "Keys IPv6 link-local sets by interface index rather than name",
  }),
  nftables_counters: flag({
    default: false,
    build: NFTABLES,
    text: "Counts packets and bytes in each rule of no_accept and of VMACs",
  }),
  nftables_ipvs: optionalWord({
    twice: "first",
    build: "NFTABLES and LVS",
    what: "table",
    default: "keepalived_ipvs",
    text:
      "Uses nftables to mark packets for virtual server groups so that each group is one service",
  }),
  nftables_ipvs_priority: integer({
    junk: "refused",
    build: "NFTABLES and LVS",
    min: -2_147_483_648,
    max: 2_147_483_647,
    default: -1,
    text: "Hook priority of the IPVS marking chain",
  }),
  nftables_ipvs_start_fwmark: integer({
    junk: "refused",
    build: "NFTABLES and LVS",
    min: 1,
    default: 1000,
    text: "First fwmark allotted by nftables_ipvs",
  }),
  vrrp_check_unicast_src: flag({
    to: "vrrpCheckUnicastSrc",
    default: false,
    text: "Accepts unicast adverts only from configured peers",
  }),
  vrrp_skip_check_adv_addr: toggle({
    to: "vrrpSkipCheckAdvAddr",
    default: false,
    text:
      "Skips comparing the advertised addresses when an advert comes from the same master as the one before",
  }),
  vrrp_strict: toggle({ to: "vrrpStrict", default: false, text: "Enforces protocol compliance" }),
  ...processRows("vrrp", "VRRP", {}),
  ...processRows("checker", "checker", { build: LVS }),
  ...processRows("bfd", "BFD", { ...later, build: "BFD" }),
  notify_fifo: fifo("all state-change lines"),
  notify_fifo_script: fifoScript("all events"),
  vrrp_notify_fifo: fifo("VRRP state-change lines"),
  vrrp_notify_fifo_script: fifoScript("VRRP events"),
  lvs_notify_fifo: fifo("virtual and real server state-change lines", LVS),
  lvs_notify_fifo_script: fifoScript("virtual and real server events", LVS),
  vrrp_notify_priority_changes: toggle({
    default: false,
    text: "Also writes a line to notify pipes when an effective priority changes",
  }),
  fifo_write_vrrp_states_on_reload: flag({
    default: false,
    text: "Repeats the current state of each instance and group to the pipes after a reload",
  }),
  snmp_socket: word({
    twice: "first",
    extra: "refused",
    missing: "reported",
    ...snmp,
    build: "SNMP",
    what: "an address",
    default: "that of net-snmp",
    text: "AgentX master agent address",
  }),
  enable_traps: flag({ ...snmp, build: "SNMP", text: "Sends SNMP notifications" }),
  enable_snmp_vrrp: flag({ ...snmp, build: "SNMP_VRRP", text: "Serves the private VRRP MIB" }),
  enable_snmp_keepalived: alias("enable_snmp_vrrp", {
    deprecated: "enable_snmp_vrrp",
    tolerated: true,
  }),
  enable_snmp_rfc: flag({
    ...snmp,
    build: "SNMP_RFC",
    text: "Serves the MIBs of RFC 2787 and RFC 6527",
  }),
  enable_snmp_rfcv2: flag({
    ...snmp,
    build: "SNMP_RFCV2",
    text: "Serves the VRRPv2 MIB of RFC 2787",
  }),
  enable_snmp_rfcv3: flag({
    ...snmp,
    build: "SNMP_RFCV3",
    text: "Serves the VRRPv3 MIB of RFC 6527",
  }),
  enable_snmp_checker: flag({
    ...snmp,
    build: "SNMP_CHECKER",
    text: "Serves the private LVS MIB",
  }),
  snmp_vs_stats_update_interval: seconds({
    ...snmp,
    build: "SNMP_CHECKER",
    min: 0.001,
    max: 30,
    default: "5",
    text: "How stale virtual server statistics may be before IPVS is asked again",
  }),
  snmp_rs_stats_update_interval: seconds({
    ...snmp,
    build: "SNMP_CHECKER",
    min: 0.001,
    max: 30,
    default: "snmp_vs_stats_update_interval",
    text: "How stale real server statistics may be before IPVS is asked again",
  }),
  enable_dbus: flag({ ...dbus, build: "DBUS", text: "Exports VRRP state on the system bus" }),
  dbus_service_name: word({
    missing: "reported",
    ...dbus,
    build: "DBUS",
    default: "org.keepalived.Vrrp1",
    text: "Bus name to own",
  }),
  dbus_no_interface_name: word({
    missing: "reported",
    ...dbus,
    build: "DBUS",
    text: "Stand-in interface component of object paths for instances that have none",
  }),
  script_user: scriptUser,
  enable_script_security: flag({
    to: "enableScriptSecurity",
    default: false,
    text: "Refuses root-run scripts whose path is writable by non-root",
  }),
  ...receiveBuffers("vrrp_netlink_cmd", "the VRRP netlink command socket"),
  ...receiveBuffers("vrrp_netlink_monitor", "the VRRP netlink event socket"),
  ...receiveBuffers("lvs_netlink_cmd", "the netlink socket to IPVS", LVS),
  ...receiveBuffers(
    "lvs_netlink_monitor",
    "the netlink event socket, the larger of this and that of VRRP",
    LVS,
  ),
  ...receiveBuffers("process_monitor", "the process event socket", "track-process"),
  rs_init_notifies: toggle({
    build: LVS,
    text: "Also runs up notifications for servers that are live when the daemon starts",
  }),
  no_checker_emails: toggle({
    to: "noCheckerEmails",
    default: false,
    build: LVS,
    text: "Mails only when a real server really joins or leaves service",
  }),
  vrrp_rx_bufs_policy: receivePolicy,
  vrrp_rx_bufs_multiplier: integer({
    junk: "refused",
    extra: "refused",
    missing: "reported",
    min: 1,
    default: 3,
    text: "Multiplier used with the MTU or ADVERT policy",
  }),
  vrrp_startup_delay: seconds({
    to: "vrrpStartupDelay",
    min: 0.001,
    default: 0,
    text: "Time after launch before instances take part",
  }),
  vrrp_delay_after_boot: seconds({
    to: "vrrpDelayAfterBoot",
    default: 0,
    text: "Like the start-up delay but measured from system boot; whichever ends later wins",
  }),
  vrrp_no_handover: toggle({
    to: "vrrpNoHandover",
    default: false,
    text:
      "Ours: a master that leaves on purpose withdraws its addresses at once, not when the next one has announced itself",
  }),
  crash_policy: choice(["failover", "restart"], {
    default: "failover",
    text:
      "Ours: what happens to mastership when the daemon dies without goodbye: another node takes it at once, or the guardian goes on sending adverts for 15 s, in which a supervisor starts the daemon anew and nobody notices. Crashes in a row end in failover",
  }),
  log_unknown_vrids: flag({
    to: "logUnknownVrids",
    default: false,
    text: "Logs adverts for VRIDs not configured on that interface",
  }),
  vrrp_owner_ignore_adverts: toggle({
    to: "vrrpOwnerIgnoreAdverts",
    default: false,
    text: "Address owners (priority 255) disregard received adverts",
  }),
  vmac_prefix: word({
    to: "vmacPrefix",
    twice: "first",
    build: "VMAC",
    default: "vrrp",
    text: "Name prefix of generated VMAC interfaces",
  }),
  vmac_addr_prefix: word({
    twice: "first",
    build: "VMAC",
    default: "vmac_prefix",
    text: "Name prefix of VMAC interfaces created by per-address use_vmac",
  }),
  umask,
  random_seed: integer({
    junk: "refused",
    default: "time based",
    text: "Fixed seed of ${_RANDOM}",
  }),
  reload_check_config: optionalWord({
    what: "log file",
    default: "off",
    text:
      "Before a reload takes effect, the new file must pass the test of -t; what it finds is appended to the log file",
  }),
  reload_guard: flag({
    text:
      "Ours: refuses a reload that would end connections, take an address off, or move mastership, and says what; holdfast reload --force does it all the same",
  }),
  reload_time_file: word({
    extra: "refused",
    missing: "reported",
    what: "a path",
    text: "File whose contents give a time for an automatic reload",
  }),
  reload_repeat: flag({ text: "A time-only entry in reload_time_file recurs daily" }),
  reload_file: optionalWord({
    what: "path",
    default: "off; without a path keepalived.reload beside the pid file",
    text: "A marker file that exists while the configuration is read",
  }),
  include_check: custom({
    twice: "all",
    args: "[[+|-]read|match|wildcard_match|brace_match ...]",
    default: "none; for the main file read, match and wildcard_match",
    text: "Chooses which include problems count as errors from here on; no word enables all",
    read: (args) =>
      restWords(args).flatMap((word) =>
        /^[+-]?(read|match|wildcard_match|brace_match)$/.test(word.text)
          ? [word.text]
          : refuse(args, word, "must be read, match, wildcard_match or brace_match", {
            code: "not-a-choice",
          }) ?? []
      ),
  }),
  config_save_dir: word({
    what: "a directory",
    text: "Keeps configuration file and state before and after every reload",
  }),
  tmp_config_directory: word({
    twice: "first",
    missing: "reported",
    what: "a directory",
    default: "memory",
    moot: "one process reads the file and needs no copy of it",
    text: "Directory for the flattened copy of the configuration",
  }),
  data_use_instance: toggle({
    default: false,
    text: "Inserts namespace and instance names into dump file names",
  }),
  json_version: integer({
    missing: "reported",
    min: 1,
    max: 2,
    build: "JSON",
    default: 1,
    text: "Version 2 nests instances under a key and adds process tracker details",
  }),
  iproute_usr_dir: word({
    to: "iprouteUsrDir",
    extra: "refused",
    missing: "reported",
    what: "a directory",
    absent: "/usr/share/iproute2 or /usr/lib/iproute2",
    text: "Where iproute2 keeps its packaged name tables",
  }),
  iproute_etc_dir: word({
    to: "iprouteEtcDir",
    extra: "refused",
    missing: "reported",
    what: "a directory",
    absent: "/etc/iproute2",
    text: "Where iproute2 keeps its local name tables",
  }),
  state_dump_file: word({
    extra: "refused",
    missing: "reported",
    what: "a path",
    default: "keepalived.data in the temporary directory",
    text: "Alternative place of the text state dump",
  }),
  stats_dump_file: word({
    extra: "refused",
    missing: "reported",
    what: "a path",
    default: "keepalived.stats in the temporary directory",
    text: "Alternative place of the statistics dump",
  }),
  json_dump_file: word({
    extra: "refused",
    missing: "reported",
    build: "JSON",
    what: "a path",
    default: "keepalived.json in the temporary directory",
    text: "Alternative place of the JSON dump",
  }),
  state_file_location: manualName("state_dump_file"),
  stats_file_location: manualName("stats_dump_file"),
  json_file_location: manualName("json_dump_file"),
} satisfies Table;
