/** Rows of `vrrp_instance`, `vrrp_sync_group` and the small VRRP blocks. */

import {
  address,
  addressOf,
  alias,
  type Args,
  block,
  choice,
  custom,
  flag,
  ifname,
  integer,
  likelyOf,
  list,
  multicast,
  names,
  needWord,
  nextWord,
  peekWord,
  readInteger,
  readOptions,
  readTime,
  refuse,
  script,
  seconds,
  type Synonyms,
  type Table,
  toggle,
  UINT32,
  unknown,
  wholeSeconds,
} from "../../language/mod.ts";
import type { Word } from "../../language/source/words.ts";
import { encodeText } from "../../language/source/text.ts";
import { AUTH_LENGTH, passKey } from "../packet/auth.ts";
import { type Network, networkOf, timeOf } from "../../language/rows/values.ts";
import { extraInterfaces, protocolVersion } from "../../global/keywords.ts";
import { TRACK_LISTS } from "../../track/keywords.ts";
import { parseIp } from "../../net/ip.ts";
import type { UnicastPeer } from "../config.ts";
import { VIRTUAL_ADDRESSES } from "./keywords_address.ts";
import { VIRTUAL_ROUTES } from "../../route/keywords.ts";
import { SECOND } from "../../net/micros.ts";

const notify = (when: string, facts: { readonly acts?: boolean } = {}) =>
  script({ ...facts, text: `Script run when ${when}` });

const hook = (when: string) => script({ source: "holdfast", text: `Ours: script run ${when}` });

/** Rows an instance and a group share. */
const NOTIFY = {
  smtp_alert: toggle({
    default: "smtp_alert_vrrp or smtp_alert; else off",
    text: "Mails state changes",
  }),
  notify_priority_changes: toggle({
    default: "the global setting",
    text: "Also reports priority changes to the pipes",
  }),
  notify_master: notify("this becomes master"),
  notify_backup: notify("this becomes backup"),
  notify_fault: notify("this enters fault"),
  notify_stop: notify("VRRP stops"),
  notify: notify("any state changes, with kind, name, state and priority as further arguments"),
} satisfies Table;

/** Rows of `vrrp_sync_group`. */
export const VRRP_SYNC_GROUP = {
  group: names({ twice: "first", what: "instance", text: "Members of the group" }),
  sync_group_tracking_weight: flag({
    text: "Permits members to use nonzero tracking weights although this may break their agreement",
  }),
  global_tracking: alias("sync_group_tracking_weight", {
    deprecated: "sync_group_tracking_weight",
  }),
  ...NOTIFY,
  ...TRACK_LISTS,
} satisfies Table;

const PEER_OPTIONS = {
  min_ttl: integer({
    junk: "refused",
    missing: "reported",
    max: 255,
    default: "0",
    text: "Smallest TTL accepted from the peer",
  }),
  max_ttl: integer({
    junk: "refused",
    missing: "reported",
    max: 255,
    default: "255",
    text: "Largest TTL accepted from the peer",
  }),
} satisfies Table;

const unicastPeers = list({
  inline: true,
  text: "Sends adverts to each peer rather than to the group",
  entryArgs: "<address> [min_ttl <0 to 255>] [max_ttl <0 to 255>]",
  options: PEER_OPTIONS,
  entry: (args): UnicastPeer | undefined => {
    const first = needWord(args, "an address");
    const peer = first && addressOf(args, first);
    if (first !== undefined && args.at > 1) warnOfInlinePeer(args, first);
    const bound = readOptions(args, PEER_OPTIONS, {
      stopAt: (text) => parseIp(text) !== undefined,
    });
    if (peer === undefined) return undefined;
    const minTtl = bound.min_ttl?.at(-1)?.value;
    const maxTtl = bound.max_ttl?.at(-1)?.value;
    return {
      address: peer,
      ...(minTtl !== undefined && { minTtl }),
      ...(maxTtl !== undefined && { maxTtl }),
    };
  },
});

/** keepalived: takes the first of several peers in one line. All are meant, so all count. */
function warnOfInlinePeer(args: Args, word: Word): void {
  refuse(args, word, "", {
    severity: "warning",
    code: "extra-word",
    message: "Cannot share several peers in one line with keepalived: it uses the first one",
    hint: "write one peer per line",
  });
}

/** Shared secret of `auth_pass`: its first 8 bytes count. The text never appears in a finding. */
const authPass = custom({
  text: "Shared secret, zero padded to eight octets",
  args: "<password>",
  read: (args) => {
    const password = needWord(args, "a password");
    if (password === undefined) return undefined;
    if (encodeText(password.text).length > AUTH_LENGTH) {
      refuse(args, { ...password, text: "..." }, "", {
        severity: "warning",
        code: "value-cut",
        message: "Cannot use all of auth_pass: its first 8 bytes count",
      });
    }
    return passKey(password.text);
  },
});

/** Rows of `authentication`. */
export const AUTHENTICATION = {
  auth_type: choice(["PASS", "AH"], {
    meant: { password: "PASS", simple: "PASS", text: "PASS", plain: "PASS", ipsec: "AH" },
    text: "Kind of authentication; AH is an IPsec header",
  }),
  auth_pass: authPass,
} satisfies Table;

/** A shared key as written. */
export interface HmacKey {
  readonly id: number;
  readonly value: string;
}

/** Rows of `auth_hmac`. Keys never appear in a finding. */
export const AUTH_HMAC = {
  key: custom({
    twice: "all",
    join: (earlier: readonly HmacKey[], later: readonly HmacKey[]) => [...earlier, ...later],
    text: "Adds one shared key of 32 to 64 octets; repeat for rollover",
    args: "<id 1 to 255> <text>|hex:<digits>|file:<path>",
    read: (args): readonly HmacKey[] | undefined => {
      const id = needWord(args, "an id and a key");
      if (id === undefined) return undefined;
      const number = /^\d{1,3}$/.test(id.text) ? Number(id.text) : 0;
      if (number < 1 || number > 255) {
        return refuse(args, id, "", {
          code: "out-of-range",
          message: "Cannot use this key: its id must be 1 to 255",
        });
      }
      const value = needWord(args, "a key");
      return value && [{ id: number, value: value.text }];
    },
  }),
  active_key: integer({ min: 1, max: 255, text: "Key used for signing" }),
  time_window: wholeSeconds({
    min: 1,
    max: 300,
    default: "the larger of 5 s and 3 advert intervals",
    text: "Clock difference tolerated in time mode",
  }),
  anti_replay: choice(["time", "monotonic"], {
    default: "time",
    text: "Whether staleness is judged by the clock or only by increasing sequence",
  }),
  mode: choice(["enforce", "permissive", "receive-only"], {
    default: "enforce",
    text: "Whether unsigned adverts are rejected, accepted, or accepted while not signing",
  }),
} satisfies Table;

const STATE_SYNONYMS: Synonyms = {
  active: "MASTER",
  main: "MASTER",
  primary: "MASTER",
  passive: "BACKUP",
  secondary: "BACKUP",
  slave: "BACKUP",
  standby: "BACKUP",
};

/** `state`; anything else is BACKUP, as in keepalived. Of two, MASTER counts. */
const state = custom({
  twice: "first",
  clash: (earlier: "master" | "backup", later: "master" | "backup") =>
    earlier === "master" && later === "backup",
  text: "Wanted initial state",
  default: "MASTER if priority is 255, else BACKUP",
  args: "MASTER|BACKUP",
  read: (args): "master" | "backup" | undefined => {
    const value = needWord(args, "MASTER or BACKUP");
    if (value?.text === "MASTER") return "master";
    if (value !== undefined && value.text !== "BACKUP") {
      refuse(args, value, "must be MASTER or BACKUP, BACKUP is used", {
        code: "not-a-choice",
        ...likelyOf(value, ["MASTER", "BACKUP"], STATE_SYNONYMS),
      });
    }
    return value && "backup";
  },
});

/** Names of the link layer that `use_vmac` and `use_ipvlan` make. */
interface OwnLink {
  readonly mode?: IpvlanMode;
  readonly name?: string;
  readonly mac?: string;
  readonly group?: number;
  readonly address?: Network;
}

type IpvlanMode = "bridge" | "private" | "vepa";

const MODES: readonly IpvlanMode[] = ["bridge", "private", "vepa"];

/** Reads the words of `use_vmac` or `use_ipvlan`, in any order. */
function readOwnLink(args: Args, flags: readonly string[]): OwnLink {
  const link: { -readonly [K in keyof OwnLink]: OwnLink[K] } = {};
  for (let word = nextWord(args); word !== undefined; word = nextWord(args)) {
    const { text } = word;
    const mode = MODES.find((each) => each === text);
    if (mode !== undefined && flags.includes(mode)) link.mode = mode;
    if (flags.includes(text)) continue;
    if (text === "group") {
      const group = readInteger(args, { min: 0, max: UINT32 });
      if (group !== undefined) link.group = group;
    } else if (flags.length === 1 && /^[^:]+(:[^:]*){4,5}$/.test(text)) {
      link.mac = /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){4,5}$/.test(text)
        ? text
        : refuse(args, word, "must be a MAC address of 5 or 6 octets") ?? "";
      if (/^00:00:5e:00:0[12](:|$)/i.test(text)) {
        refuse(args, word, "this is the address of VRRP itself");
      }
    } else if (flags.length > 1 && parseIp(text.split("/", 1)[0] ?? "") !== undefined) {
      const network = networkOf(args, word);
      if (network !== undefined) link.address = network;
    } else if (link.name !== undefined) {
      refuse(args, word, `the interface is ${link.name} already`, { code: "conflict" });
    } else {
      const named = text === "name" ? needWord(args, "an interface") : word;
      if (named === undefined) continue;
      link.name = named.text;
      if (named.text.length > 15 || /[\s/]/.test(named.text)) {
        refuse(args, named, "must be the name of an interface", { code: "value-cut" });
      }
    }
  }
  return link;
}

const vmac = custom({
  twice: "first",
  clash: (earlier: OwnLink, later: OwnLink) =>
    (earlier.name !== undefined && later.name !== undefined) ||
    (earlier.mac !== undefined && later.mac !== undefined),
  join: (earlier: OwnLink, later: OwnLink): OwnLink => ({ ...earlier, ...later }),
  build: "VMAC",
  text: "Runs the instance on a MACVLAN owning the virtual MAC",
  default: "off; vrrp.<VRID>",
  args: "[[name] <interface>] [<mac 5 or 6 octets>] [netlink_notify_msg] [group <id>]",
  read: (args) => readOwnLink(args, ["netlink_notify_msg"]),
});

const preemptDelay = custom({
  text: "Extra wait before taking over from a weaker master; state must be BACKUP",
  default: 0,
  args: "<seconds 0 to 1000>",
  read: (args) => readTime(args, { min: 0, max: 1000, unit: 1_000_000, places: 6, instead: 0 }),
});

/** Highest priority of the others that may have taken over. */
const EXPIRED = { min: 1, max: 254, junk: "refused" } as const;

/** `timer_expired_backup [N]`. */
const timerExpired = custom({
  number: EXPIRED,
  text:
    "With nopreempt: a master whose adverts were so late that another node of at most this priority may have taken over becomes backup",
  default: "off; 254 without a number",
  args: "[<number 1 to 254>]",
  read: (args) => peekWord(args) === undefined ? 254 : readInteger(args, EXPIRED),
});

const BOOLEANS = ["on", "true", "yes", "off", "false", "no"];

/** keepalived: an explicit `false` enables it too. */
const skipCheck = custom({
  text: "Skips the address comparison for repeated adverts of one master; any value enables it",
  default: "vrrp_skip_check_adv_addr",
  args: "[on|off|true|false|yes|no]",
  read: (args): true | undefined => {
    const value = nextWord(args);
    if (value !== undefined && !BOOLEANS.includes(value.text)) {
      return refuse(args, value, "must be on, off, true, false, yes or no", {
        code: "not-a-boolean",
      });
    }
    if (value !== undefined && ["off", "false", "no"].includes(value.text)) {
      refuse(args, value, "", {
        severity: "warning",
        code: "not-a-boolean",
        message:
          `Cannot switch skip_check_adv_addr off with ${value.text}: keepalived switches it on, and so does holdfast`,
        hint: "leave the line out",
        status: undefined,
      });
    }
    return true;
  },
});

/** Rows of `vrrp_instance`. */
export const VRRP_INSTANCE = {
  use_vmac: vmac,
  use_vmac_addr: flag({
    build: "VMAC",
    text: "Creates VMACs for addresses whose interface or family differs from the instance",
  }),
  vmac_xmit_base: flag({
    build: "VMAC",
    text: "Adverts use the parent interface although VIPs sit on the VMAC",
  }),
  use_ipvlan: custom({
    twice: "first",
    build: "IPVLAN",
    text:
      "Sends and hears adverts on an ipvlan above the interface, from its own address; the VIPs stay on the interface",
    args: "[[name] <interface>] [<address>[/<length>]] [bridge|private|vepa] [group <id>]",
    read: (args) => readOwnLink(args, MODES),
  }),
  unicast_peer: unicastPeers,
  unicast_fault_no_peer: flag({
    text: "Enters FAULT if unicast is configured but no peer exists",
  }),
  check_unicast_src: flag({
    default: "vrrp_check_unicast_src; on if a peer has TTL limits",
    text: "Accepts only configured peers as senders",
  }),
  old_unicast_checksum: custom({
    build: "UNICAST_CHKSUM_COMPAT",
    default: "found out from the peers",
    text: "Uses the checksum of releases before 1.3.6 for unicast VRRPv3",
    args: "[never]",
    read: (args) => nextWord(args)?.text ?? "",
  }),
  native_ipv6: flag({ text: "Accepted and ignored" }),
  state,
  interface: ifname({
    default: "with unicast_peer: that which has the configured source",
    text: "Interface for adverts and the default one for VIPs",
  }),
  vrf: ifname({
    twice: "first",
    build: "VRF",
    text: "VRF for unicast instances that have no interface: their source is looked for in it",
  }),
  dont_track_primary: flag({
    to: "dontTrackPrimary",
    default: false,
    text: "Does not fault when its own interface goes down",
  }),
  mcast_src_ip: address({
    absent: "first address of the interface",
    text: "Source of multicast adverts, and of unicast ones without unicast_src_ip",
  }),
  unicast_src_ip: address({
    absent: "first address of the interface",
    text: "Source of unicast adverts, and of multicast ones without mcast_src_ip",
  }),
  mcast_dst_ip: multicast({
    default: "the global group",
    text: "Destination group of this instance",
  }),
  track_src_ip: flag({
    default: "on",
    text:
      "FAULT while no interface has the configured source; holdfast never sends from one that is not there",
  }),
  virtual_router_id: integer({
    min: 1,
    max: 255,
    junk: "refused",
    text: "VRID, unique on one link and family",
  }),
  unicast_ttl: integer({
    to: "unicastTtl",
    max: 255,
    junk: "refused",
    default: 255,
    text: "TTL of unicast adverts",
  }),
  version: protocolVersion({
    twice: "first",
    clash: (earlier, later) => earlier !== later,
    default: "vrrp_version; 3 for IPv6",
    text: "Protocol version of the instance",
  }),
  priority: integer({
    min: 1,
    max: 255,
    junk: "refused",
    instead: 100,
    default: "100, or 255 if state is MASTER and none is given",
    text: "Base priority; 255 marks the owner of the addresses",
  }),
  advert_int: seconds({
    to: "advertInt",
    min: 0.01,
    max: 255,
    default: SECOND,
    text: "Interval between adverts: whole seconds in v2, steps of 10 ms up to 40.95 s in v3",
  }),
  ...VIRTUAL_ADDRESSES,
  no_virtual_ipaddress: flag({ text: "Permits an instance without VIPs" }),
  promote_secondaries: flag({
    text: "Turns on promotion of secondary addresses on the interface as long as the daemon runs",
  }),
  linkbeat_use_polling: flag({
    deprecated: "linkbeat_interfaces at the top level",
    build: "LINKBEAT",
    text: "Asks the driver of its interface for the carrier every second",
  }),
  v3_checksum_as_v2: toggle({
    default: "the global setting",
    text: "Omits the IPv4 pseudo-header from VRRPv3 checksums",
  }),
  ...VIRTUAL_ROUTES,
  accept: flag({
    cancels: ["no_accept"],
    default: "on",
    text: "Answers traffic addressed to VIPs although not the owner",
  }),
  no_accept: flag({
    cancels: ["accept"],
    build: "FIREWALL",
    text:
      "Drops what is for the VIPs and what comes from them, but for neighbour discovery, unless the owner",
  }),
  skip_check_adv_addr: skipCheck,
  strict_mode: toggle({ default: "vrrp_strict", text: "Strict mode of this instance" }),
  preempt: flag({ cancels: ["nopreempt"], default: "on", text: "Explicitly keeps preemption on" }),
  nopreempt: flag({
    cancels: ["preempt"],
    text: "A stronger newcomer leaves a running weaker master alone; requires state BACKUP",
  }),
  preempt_delay: preemptDelay,
  debug: integer({ max: 4, default: "0", text: "Accepted; no effect" }),
  lvs_sync_daemon_interface: ifname({
    twice: "first",
    build: "LVS",
    deprecated: "lvs_sync_daemon in global_defs",
    text: "Old way of running the IPVS sync daemon",
  }),
  lvs_sync_daemon_inteface: unknown({
    source: "historic",
    text: "Misspelt in old releases",
    instead: "lvs_sync_daemon_interface",
  }),
  garp_master_delay: wholeSeconds({
    max: 4294,
    default: "vrrp_garp_master_delay",
    text: "Pause between the first and the second gratuitous ARP burst",
  }),
  garp_master_refresh: wholeSeconds({
    instead: 0,
    default: "vrrp_garp_master_refresh",
    text: "Interval of periodic announcement while master",
  }),
  garp_master_repeat: integer({
    raised: 1,
    default: "vrrp_garp_master_repeat",
    text: "Messages per address sent in each burst",
  }),
  garp_master_refresh_repeat: integer({
    raised: 1,
    default: "vrrp_garp_master_refresh_repeat",
    text: "Messages per address in each periodic announcement",
  }),
  garp_lower_prio_delay: wholeSeconds({
    max: 4294,
    default: "vrrp_garp_lower_prio_delay",
    text: "Pause before the second burst caused by a weaker master",
  }),
  garp_lower_prio_repeat: integer({
    max: 2_147_483_647,
    default: "vrrp_garp_lower_prio_repeat",
    text: "Messages per address in a burst caused by a weaker master; 0 disables",
  }),
  down_timer_adverts: integer({
    min: 1,
    max: 100,
    default: "vrrp_down_timer_adverts (3)",
    text: "Adverts missed before the master is presumed down",
  }),
  timer_expired_backup: timerExpired,
  thread_timer_expired: alias("timer_expired_backup", { deprecated: "timer_expired_backup" }),
  garp_extra_if: extraInterfaces(0, "Periodic announcements on other interfaces that carry VIPs"),
  vmac_garp_intvl: alias("garp_extra_if", { deprecated: "garp_extra_if" }),
  lower_prio_no_advert: toggle({
    default: "vrrp_lower_prio_no_advert",
    text: "A master hearing a weaker master stays silent",
  }),
  higher_prio_send_advert: toggle({
    default: "vrrp_higher_prio_send_advert",
    text: "A master beaten by a stronger advert sends one last advert",
  }),
  owner_ignore_adverts: toggle({
    default: "vrrp_owner_ignore_adverts",
    text: "An address owner disregards received adverts",
  }),
  kernel_rx_buf_size: integer({
    junk: "refused",
    extra: "refused",
    missing: "reported",
    default: "vrrp_rx_bufs_policy",
    text: "Receive buffer of this instance's socket, bytes",
  }),
  authentication: block(AUTHENTICATION, {
    merged: true,
    text: "Authentication of VRRPv2",
    build: "VRRP_AUTH",
  }),
  auth_hmac: block(AUTH_HMAC, {
    merged: true,
    text: "Signed adverts, since 2.4; excludes authentication",
    build: "VRRP_AUTH",
  }),
  ...NOTIFY,
  notify_deleted: custom({
    text: "Script run when a reload removes the instance",
    args: "[<command> [USER [GROUP]]]",
    twice: "first",
    command: true,
    read: (args) => peekWord(args) === undefined ? true as const : NOTIFY.notify.read(args),
  }),
  notify_master_rx_lower_pri: notify("a master hears an advert of lower priority"),
  notify_split_brain: script({
    text:
      "Ours: script run when there is another master beside this one, and when that is over; INSTANCE, the name, SPLIT_BRAIN or SPLIT_BRAIN_OVER and who it is are added",
  }),
  hook_pre_master: hook("before the instance becomes master, which waits for its end"),
  hook_post_master: hook(
    "when the instance is master and its addresses are there; its other commands wait for the end",
  ),
  hook_pre_backup: hook(
    "before a master gives way to another one: its adverts have ended, its addresses go when it ends",
  ),
  hook_timeout: seconds({
    source: "holdfast",
    min: 0.1,
    max: 60,
    default: 5 * SECOND,
    text: "Ours: how long a transition, or the next command, waits for a hook, which is ended then",
  }),
  notify_ordered: flag({
    source: "holdfast",
    text:
      "Ours: commands of the instance never overlap, each waits for the end of the one before, and is ended after hook_timeout",
  }),
  ...TRACK_LISTS,
} satisfies Table;

/** Rows of `garp_group`. */
export const GARP_GROUP = {
  garp_interval: seconds({
    min: 0.000001,
    max: 2147.483647,
    text: "Spacing between gratuitous ARPs of the group",
  }),
  gna_interval: seconds({
    min: 0.000001,
    max: 2147.483647,
    text: "Spacing between unsolicited NAs of the group",
  }),
  interface: ifname({ twice: "all", text: "Adds a single interface" }),
  interfaces: names({ notEmpty: true, what: "interface", text: "Adds several interfaces" }),
} satisfies Table;

/** Rows of `track_group`. */
export const TRACK_GROUP = {
  group: names({
    twice: "first",
    notEmpty: true,
    what: "instance",
    text: "Members that go to FAULT when a tracked static object vanishes",
  }),
} satisfies Table;

/** Row of `linkbeat_interfaces`. */
export const linkbeatInterfaces = list({
  build: "LINKBEAT",
  text:
    "Interfaces whose drivers are asked for the carrier every second, instead of hearing of it: by the transceiver (MII), ETHTOOL or flags (IOCTL), and by another of these where that is not possible",
  entryArgs: "<interface> [MII|ETHTOOL|IOCTL]",
  entry: (args) => {
    const dev = needWord(args, "an interface");
    const method = nextWord(args);
    if (method !== undefined && !["MII", "ETHTOOL", "IOCTL"].includes(method.text)) {
      return refuse(args, method, "must be MII, ETHTOOL or IOCTL", { code: "not-a-choice" });
    }
    return dev && { dev: dev.text, method: method?.text };
  },
});

/** Row of `interface_up_down_delays`. */
export const interfaceDelays = list({
  text: "Delays before a link loss or link return is believed",
  entryArgs: "<interface> [<down seconds 0 to 255> [<up seconds 0 to 255>]]",
  entry: (args) => {
    const dev = needWord(args, "an interface");
    const down = peekWord(args) === undefined
      ? 0
      : readTime(args, { min: 0, max: 255, unit: 1_000_000, places: 6 });
    const up = nextWord(args);
    if (dev === undefined || down === undefined) return undefined;
    const upDelay = up && timeOf(args, up, { min: 0, max: 255, unit: 1_000_000, places: 6 });
    return { dev: dev.text, down, up: upDelay ?? 0 };
  },
});
