/** Rows of `virtual_server`, its groups and servers. */

import { CHECKERS, CONNECT, TIMING } from "../../check/read/keywords.ts";
import {
  addressOf,
  alias,
  type Args,
  block,
  choice,
  custom,
  flag,
  integer,
  likelyOf,
  list,
  needWord,
  nextWord,
  peekWord,
  readInteger,
  refuse,
  restWords,
  script,
  seconds,
  secretWord,
  type Synonyms,
  type Table,
  toggle,
  UINT32,
  unknown,
  word,
} from "../../language/mod.ts";
import { integerOf } from "../../language/rows/values.ts";
import type { BlockKeyword } from "../../language/rows/table.ts";
import type { Forwarding } from "../../kernel/ipvs/ipvs.ts";
import type { Ip } from "../../net/ip.ts";
import { readGroupEntry, readLocalAddresses } from "./group_entry.ts";

const ALIBABA = { source: "alibaba" } as const;

/** How a virtual server is named in the file. */
export type VirtualServerHeader =
  | { readonly kind: "address"; readonly address: Ip; readonly port: number | undefined }
  | { readonly kind: "fwmark"; readonly mark: number }
  | { readonly kind: "group"; readonly group: string };

/** An address with an optional port. */
export interface Endpoint {
  readonly address: Ip;
  readonly port: number | undefined;
}

const SCHEDULERS = [
  "rr",
  "wrr",
  "lc",
  "wlc",
  "lblc",
  "sh",
  "mh",
  "dh",
  "fo",
  "ovf",
  "lblcr",
  "sed",
  "nq",
  "twos",
] as const;

/** The kernel's long names and what other balancers say. */
const SCHEDULER_SYNONYMS: Synonyms = {
  roundrobin: "rr",
  weighted: "wrr",
  weightedroundrobin: "wrr",
  leastconn: "lc",
  leastconnection: "lc",
  leastconnections: "lc",
  weightedleastconn: "wlc",
  weightedleastconnection: "wlc",
  weightedleastconnections: "wlc",
  wleastconn: "wlc",
  localitybasedleastconnection: "lblc",
  source: "sh",
  sourcehash: "sh",
  sourcehashing: "sh",
  iphash: "sh",
  maglev: "mh",
  maglevhashing: "mh",
  destination: "dh",
  destinationhash: "dh",
  destinationhashing: "dh",
  failover: "fo",
  weightedfailover: "fo",
  overflow: "ovf",
  weightedoverflow: "ovf",
  shortestexpecteddelay: "sed",
  neverqueue: "nq",
  poweroftwochoice: "twos",
};

/** ipvsadm's words, and those of other balancers. */
const METHOD_SYNONYMS: Synonyms = {
  masq: "NAT",
  masquerade: "NAT",
  masquerading: "NAT",
  dnat: "NAT",
  direct: "DR",
  directrouting: "DR",
  dsr: "DR",
  gate: "DR",
  gateway: "DR",
  route: "DR",
  ipip: "TUN",
  tunnel: "TUN",
  tunneling: "TUN",
  tunnelling: "TUN",
};

/** What `lb_kind` names; `fnat` is the Alibaba fork's. */
export type ForwardingKind = Forwarding | { readonly method: "fnat" };

const TUNNEL_TYPES = { ipip: 0, gue: 1, gre: 2 } as const;
const TUNNEL_FLAGS = { nocsum: 0, csum: 1, remcsum: 2 } as const;

const readForwarding = (args: Args, fnat: boolean): ForwardingKind | undefined => {
  const method = needWord(args, "NAT, DR or TUN");
  switch (method?.text) {
    case undefined:
      return undefined;
    case "NAT":
      warnOfTunnelWords(args);
      return { method: "nat" };
    case "DR":
      warnOfTunnelWords(args);
      return { method: "dr" };
    case "TUN":
      return readTunnel(args);
    case "FNAT":
      if (fnat) return { method: "fnat" };
  }
  return method && refuse(args, method, "must be NAT, DR or TUN", {
    code: "not-a-choice",
    ...likelyOf(method, ["NAT", "DR", "TUN"], METHOD_SYNONYMS),
  });
};

/** Only TUN has options. */
function warnOfTunnelWords(args: Args): void {
  const first = nextWord(args);
  if (first === undefined) return;
  restWords(args);
  refuse(args, first, "", {
    severity: "warning",
    code: "extra-word",
    message: `Cannot use options of ${args.name} but with TUN: they are ignored`,
  });
}

function readTunnel(args: Args): Forwarding | undefined {
  let tunnelType: number = TUNNEL_TYPES.ipip;
  let flags: number = TUNNEL_FLAGS.nocsum;
  let port = 0;
  for (let option = nextWord(args); option !== undefined; option = nextWord(args)) {
    const name = option.text;
    if (name === "type") {
      const type = needWord(args, "ipip, gue or gre");
      if (type === undefined) return undefined;
      if (!Object.hasOwn(TUNNEL_TYPES, type.text)) {
        return refuse(args, type, "the tunnel type must be ipip, gue or gre", {
          code: "not-a-choice",
        });
      }
      tunnelType = TUNNEL_TYPES[type.text as keyof typeof TUNNEL_TYPES];
    } else if (name === "port") {
      port = readInteger(args, { min: 1, max: 65_535, junk: "refused" }) ?? 0;
    } else if (Object.hasOwn(TUNNEL_FLAGS, name)) {
      flags = TUNNEL_FLAGS[name as keyof typeof TUNNEL_FLAGS];
    } else {return refuse(args, option, "must be type, port, nocsum, csum or remcsum", {
        code: "not-a-choice",
      });}
  }
  if ((tunnelType === TUNNEL_TYPES.gue) === (port !== 0)) {
    return { method: "tunnel", tunnelType, port, flags };
  }
  const first = args.words[1];
  return first && refuse(args, first, "gue tunnels need a port, others have none");
}

const TUNNEL_ARGS = "NAT|DR|TUN [type ipip|gue port <1 to 65535>|gre] [nocsum|csum|remcsum]";

/** Forwarding method of a service, the fork's FNAT included. */
const lbKind = custom({
  text: "Forwarding method",
  default: "NAT",
  args: TUNNEL_ARGS,
  read: (args) => readForwarding(args, true),
});

/** Forwarding method of one server. */
const lvsMethod = (text: string) =>
  custom({
    text,
    default: "the virtual server's",
    args: TUNNEL_ARGS,
    read: (args) => {
      const forwarding = readForwarding(args, false);
      return forwarding?.method === "fnat" ? undefined : forwarding;
    },
  });

/** Takes an address and an optional port. */
function readEndpoint(args: Args): Endpoint | undefined {
  const first = needWord(args, "an address");
  const ip = first && addressOf(args, first);
  const port = nextWord(args);
  if (ip === undefined) return undefined;
  const number = port && integerOf(args, port, { min: 0, max: 65_535, junk: "refused" });
  if (port !== undefined && number === undefined) return undefined;
  return { address: ip, port: number === 0 ? undefined : number };
}

const realServerWeight = (
  min: number,
  facts: { readonly text: string; readonly default: string },
) => integer({ ...facts, min, max: MAX_WEIGHT });

/** Largest weight. */
const MAX_WEIGHT = 2_147_483_647;

/** What runs over it. */
const PROTOCOL_SYNONYMS: Synonyms = {
  http: "TCP",
  https: "TCP",
  tls: "TCP",
  dns: "UDP",
  quic: "UDP",
};

/** keepalived: PROTOCOL in any case. */
const protocol = custom({
  text: "Layer-4 protocol",
  default: "udp",
  absent: "UDP with a warning; none for fwmark services",
  args: "TCP|UDP|SCTP",
  read: (args) => {
    const value = needWord(args, "TCP, UDP or SCTP");
    if (value === undefined) return undefined;
    const found = (["tcp", "udp", "sctp"] as const).find((name) =>
      name === value.text.toLowerCase()
    );
    return found ?? refuse(args, value, "must be TCP, UDP or SCTP", {
      code: "not-a-choice",
      ...likelyOf(value, ["TCP", "UDP", "SCTP"], PROTOCOL_SYNONYMS),
    });
  },
});

/** The longest is IPVS's, 31 days. */
const PERSISTENCE = { min: 1, max: 2_678_400, junk: "refused" } as const;

const persistenceTimeout = custom({
  number: PERSISTENCE,
  text: "Keeps a client on its server for this long",
  default: "none; 360 without a number",
  args: "[<seconds 1 to 2678400>]",
  read: (args) => peekWord(args) === undefined ? 360 : readInteger(args, PERSISTENCE),
});

/** A netmask as prefix length, or the prefix length itself for IPv6. */
const persistenceGranularity = custom({
  text: "Client grouping for persistence",
  default: "255.255.255.255, 128",
  args: "<netmask>|<prefix length 1 to 128>",
  read: (args) => {
    const value = needWord(args, "a netmask");
    if (value === undefined) return undefined;
    // keepalived: takes any number and any dotted quad, and leaves it to the kernel
    if (/^\d+$/.test(value.text)) {
      const length = Number(value.text);
      return length >= 1 && length <= 128
        ? { family: "inet6" as const, length }
        : refuse(args, value, "must be 1 to 128", { code: "out-of-range", status: undefined });
    }
    const length = netmaskLength(value.text);
    return length === undefined
      ? refuse(args, value, "must be a netmask like 255.255.255.0", {
        status: /^\d+(\.\d+){0,3}$/.test(value.text) ? undefined : "general",
      })
      : { family: "inet" as const, length };
  },
});

/** Number of leading ones; `undefined` for anything but a netmask. */
function netmaskLength(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  const bits = parts.map((part) => part.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.replace(/0/g, "").length : undefined;
}

/** Defaults a virtual or real server gives its checkers. */
const CHECKER_DEFAULTS = {
  retry: integer({
    min: 1,
    junk: "refused",
    default: "the checker's",
    text: "Default retry count of its checkers",
  }),
  delay_before_retry: TIMING.delay_before_retry,
  warmup: TIMING.warmup,
  connect_timeout: CONNECT.connect_timeout,
  delay_loop: TIMING.delay_loop,
  jitter: TIMING.jitter,
} satisfies Table;

/** Times of servers have no limit but that of exact microseconds, s. */
const MAX_TIME = 9_000_000_000;

const slowStart = (absent: string) =>
  seconds({
    source: "holdfast",
    max: MAX_TIME,
    default: 0,
    absent,
    text:
      "Time in which the weight of a server that comes back, or that a reload adds, climbs to what is written",
  });

const smtpAlert = (otherwise: string) =>
  toggle({ default: `smtp_alert_checker or smtp_alert${otherwise}`, text: "Mails changes" });
const snmpName = word({
  twice: "replaced",
  extra: "refused",
  missing: "reported",
  acts: false,
  comesWith: "SNMP",
  build: "SNMP_CHECKER",
  text: "Label shown by SNMP",
});
const virtualhost = word({
  twice: "replaced",
  missing: "reported",
  what: "a host",
  text: "Default Host header of HTTP checks",
});
const connections = <const N extends string>(to: N, text: string) =>
  integer({ to, default: 0, absent: "0, no limit", text });

/** Rows of `real_server`. */
export const REAL_SERVER = {
  weight: realServerWeight(0, {
    default: "the virtual server's",
    text: "Relative capacity; 0 receives no new connections",
  }),
  lvs_method: lvsMethod("Forwarding method of this server"),
  uthreshold: connections("upperThreshold", "Connections above which the server is skipped"),
  lthreshold: connections("lowerThreshold", "Connections below which it is used again"),
  inhibit_on_failure: toggle({
    default: "the virtual server's",
    text: "Sets weight 0 on failure instead of deleting the entry",
  }),
  notify_up: script({ text: "Script run when the server comes up" }),
  notify_down: script({ text: "Script run when the server goes down" }),
  alpha: TIMING.alpha,
  slow_start: slowStart("the virtual server's, else 0"),
  ...CHECKER_DEFAULTS,
  smtp_alert: smtpAlert(", else on"),
  virtualhost,
  snmp_name: snmpName,
  ...CHECKERS,
} satisfies Table;

const realServer: BlockKeyword<Endpoint, typeof REAL_SERVER> = {
  kind: "block",
  text: "One destination of the service",
  args: "<address> [<port>]",
  header: readEndpoint,
  table: REAL_SERVER,
};

const schedulerFlag = (text: string) => flag({ build: "IP_VS_SVC_F_SCHED1", text });

/** Rows of `virtual_server`. */
export const VIRTUAL_SERVER = {
  ip_family: choice(["inet", "inet6"], {
    twice: "first",
    clash: (earlier, later) => earlier !== later,
    absent: "that of the servers",
    text: "Family of a fwmark service, needed only when all its servers are tunnelled",
  }),
  ...CHECKER_DEFAULTS,
  slow_start: slowStart("0"),
  drain_timeout: seconds({
    source: "holdfast",
    max: MAX_TIME,
    default: 0,
    absent: "0, they end at once",
    text:
      "Time for which a real server that a reload takes away stays with weight 0, as long as it has connections",
  }),
  inhibit_on_failure: flag({ default: false, text: "Failed servers keep their entry at weight 0" }),
  lb_algo: choice(SCHEDULERS, {
    meant: SCHEDULER_SYNONYMS,
    default: "wlc",
    text: "Scheduler",
  }),
  lvs_sched: alias("lb_algo"),
  hashed: flag({ text: "Accepted, no effect" }),
  ops: flag({ text: "One-packet scheduling (UDP)" }),
  "flag-1": schedulerFlag("Generic scheduler flag 1"),
  "flag-2": schedulerFlag("Generic scheduler flag 2"),
  "flag-3": schedulerFlag("Generic scheduler flag 3"),
  "sh-port": schedulerFlag("Source-hash scheduler also uses the port"),
  "sh-fallback": schedulerFlag("Source-hash scheduler skips servers of weight zero"),
  "mh-port": schedulerFlag("Maglev scheduler also hashes the source port"),
  "mh-fallback": schedulerFlag("Maglev scheduler skips servers of weight zero"),
  lb_kind: lbKind,
  lvs_method: alias("lb_kind"),
  persistence_engine: word({ text: "Module selecting persistence by content, for example sip" }),
  persistence_timeout: persistenceTimeout,
  persistence_granularity: persistenceGranularity,
  protocol,
  ha_suspend: flag({
    text: "Pauses checks while the virtual address is not on this node",
  }),
  smtp_alert: smtpAlert(""),
  virtualhost,
  snmp_name: snmpName,
  alpha: flag({ to: "alpha", default: false, text: "Servers begin as down until checked" }),
  omega: flag({
    to: "omega",
    default: false,
    text: "Runs down notifications when the service is removed at exit",
  }),
  quorum_up: script({ text: "Script run when the quorum is gained" }),
  quorum_down: script({ text: "Script run when the quorum is lost" }),
  quorum: integer({ min: 1, instead: 1, default: 1, text: "Total live weight needed" }),
  hysteresis: integer({ default: 0, text: "Margin for changing the quorum decision" }),
  weight: integer({
    min: 1,
    max: MAX_WEIGHT,
    default: 1,
    text: "Default weight of its servers",
  }),
  sorry_server: custom({
    text: "Takes all traffic while the quorum is missing",
    args: "<address> [<port>]",
    read: readEndpoint,
  }),
  sorry_server_inhibit: flag({
    to: "sorryServerInhibit",
    default: false,
    text: "Treats the sorry server like inhibit_on_failure",
  }),
  sorry_server_lvs_method: lvsMethod("Forwarding method of the sorry server"),
  real_server: realServer,
  syn_proxy: flag({
    ...ALIBABA,
    text: "Has the balancer finish TCP handshakes before contacting servers",
  }),
  laddr_group_name: word({
    missing: "reported",
    ...ALIBABA,
    text: "Group of local addresses for full NAT",
  }),
  nat_mask: unknown({
    source: "historic",
    text: "Netmask of NAT services in old releases and the Alibaba fork",
    hint: "only old releases and the Alibaba fork know it, leave it out",
  }),
} satisfies Table;

/** Row of `virtual_server`. */
export const virtualServer: BlockKeyword<VirtualServerHeader, typeof VIRTUAL_SERVER> = {
  kind: "block",
  text: "Declares an IPVS service and its servers",
  args: "<address> [<port>] | fwmark <mark> | group <name>",
  header: (args) => {
    const first = peekWord(args);
    if (first?.text === "fwmark") {
      nextWord(args);
      const mark = readInteger(args, { min: 0, max: UINT32 });
      return mark === undefined ? undefined : { kind: "fwmark", mark };
    }
    if (first?.text === "group") {
      nextWord(args);
      const group = needWord(args, "a group");
      return group && { kind: "group", group: group.text };
    }
    const endpoint = readEndpoint(args);
    return endpoint && { kind: "address", ...endpoint };
  },
  table: VIRTUAL_SERVER,
};

/** Row of `virtual_server_group`. */
export const virtualServerGroup = {
  ...list({
    text: "Names a set of addresses, ranges and marks that share one virtual server definition",
    entryArgs:
      "<address>[-<last octet, hex group or address>|/<length>] [<port>] | fwmark <mark> [inet|inet6]",
    entry: readGroupEntry,
    notEmpty: true,
  }),
  args: "<name>",
  header: (args: Args) => needWord(args, "a name")?.text,
  unique: (name: string) => name,
};

/** Row of `local_address_group` of the Alibaba fork. */
export const localAddressGroup = {
  ...list({
    ...ALIBABA,
    missing: "reported",
    text: "Names local addresses used as client side when fully rewriting connections",
    entryArgs: "<address>[-<last octet>] [dev <interface>]",
    entry: readLocalAddresses,
  }),
  args: "<name>",
  header: (args: Args) => needWord(args, "a name")?.text,
  unique: (name: string) => name,
};

/** Rows of `SSL`. */
export const SSL = {
  password: secretWord({
    twice: "replaced",
    missing: "reported",
    what: "a passphrase",
    text: "Passphrase of the private key",
  }),
  ca: word({
    twice: "replaced",
    missing: "reported",
    what: "a path",
    text: "Trusted certificates file",
  }),
  certificate: word({
    twice: "replaced",
    missing: "reported",
    what: "a path",
    text: "Client certificate",
  }),
  key: word({ twice: "replaced", missing: "reported", what: "a path", text: "Private key" }),
} satisfies Table;

/** Row of `SSL`. */
export const ssl = block(SSL, {
  twice: "replaced",
  text: "TLS material shared by all SSL_GET checkers",
});
