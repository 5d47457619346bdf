/** What `global_defs` says, after defaults. */

import type { FieldsOf } from "../language/mod.ts";
import type { Micros } from "../net/micros.ts";
import type { GLOBAL_DEFS } from "./keywords.ts";
import type { LvsSyncDaemon, LvsTimeouts, NftablesIpvs } from "./lvs_settings.ts";

export type { LvsSyncDaemon, LvsTimeouts } from "./lvs_settings.ts";

/** A command to run and the account that runs it. */
export interface ScriptCommand {
  /** Program and arguments, split and unquoted. At least one word. */
  readonly argv: readonly string[];
  /** Account, by name; absent: `script_user`. */
  readonly user?: string;
  /** Group, by name; absent: the account's own. */
  readonly group?: string;
}

/** Account that runs scripts when nothing else is said and it exists, as in keepalived. */
export const DEFAULT_SCRIPT_ACCOUNT = "keepalived_script";

/** Account for scripts that name none. */
export interface ScriptUser {
  readonly user: string;
  readonly group?: string;
}

/** GARP schedule (`vrrp_garp_*`, each of which an instance may override). */
export interface GarpSchedule {
  /** Pause before the second burst; 0: no second burst. */
  readonly masterDelay: Micros;
  /** Messages per address in a burst. */
  readonly masterRepeat: number;
  /** Interval of periodic announcement while master; 0: none. */
  readonly masterRefresh: Micros;
  /** Messages per address in a periodic announcement. */
  readonly masterRefreshRepeat: number;
  /** Pause before the second burst after a weaker master was heard. */
  readonly lowerPrioDelay: Micros;
  /** Messages per address after a weaker master was heard; 0: none. */
  readonly lowerPrioRepeat: number;
  /** Periodic messages on interfaces that adverts do not go through (`garp_extra_if`); absent: none. */
  readonly extra?: ExtraAnnouncement;
}

/** One message per address and interval, so that switches go on knowing where the addresses are. */
export interface ExtraAnnouncement {
  /** 1 s to a day. */
  readonly interval: Micros;
  /** Also on interfaces that have no virtual MAC address. */
  readonly all: boolean;
}

/** Shortest time between two messages, for each family by itself; absent: as fast as they go. */
export interface AnnouncePace {
  /** `garp_interval`. */
  readonly arp?: Micros;
  /** `gna_interval`. */
  readonly na?: Micros;
}

/** A notify FIFO and the program that reads it. */
export interface FifoDef {
  readonly path: string;
  /** Whose it is; absent: the daemon's. */
  readonly user?: string;
  readonly group?: string;
  /** Started with the path as its last argument. */
  readonly script?: ScriptCommand;
}

/** Who is told of what, beside the log. */
export interface ToldDefs {
  /** Of everything, of virtual routers, of servers. */
  readonly fifos: Readonly<Partial<Record<"all" | "vrrp" | "lvs", FifoDef>>>;
  readonly statesOnReload: boolean;
  readonly priorityChanges: boolean;
  readonly smtpHeloName?: string;
  /** Defaults of `smtp_alert` of instances and groups, and of servers; absent: each kind's own. */
  readonly alertVrrp?: boolean;
  readonly alertChecker?: boolean;
}

/** Size of a receive buffer. */
export interface NetlinkBuffer {
  readonly bytes: number;
  /** Beyond what the kernel allows to others. */
  readonly force: boolean;
}

/** Settings of the whole daemon: the fields that rows own, and those that take more than a value. */
export interface GlobalDefs extends FieldsOf<typeof GLOBAL_DEFS> {
  /** Who is told beside the log. */
  readonly told: ToldDefs;
  readonly notificationEmail: readonly string[];
  readonly smtpServer?: { readonly host: string; readonly port: number };
  readonly scriptUser?: ScriptUser;
  /** Permission bits no file gets; absent: 0177. */
  readonly umask?: number;
  readonly vrrpVersion: 2 | 3;
  /** Receive buffer of an instance's socket; absent: the kernel's. */
  readonly vrrpReceiveBuffer?: {
    readonly policy: "MTU" | "ADVERT" | number;
    /** Packets of that size there is room for. */
    readonly multiplier: number;
  };
  readonly garp: GarpSchedule;
  /** Of every interface that is in no `garp_group`. */
  readonly pace: AnnouncePace;
  /** `vmac_addr_prefix`: what names of links of single addresses begin with. */
  readonly vmacAddrPrefix: string;
  /** `nftables` and its kind, but `nftables_ipvs`. */
  readonly nftables: {
    /** Name of the table; absent: ours. */
    readonly table?: string;
    readonly priority: number;
    readonly byIndex: boolean;
    readonly counters: boolean;
  };
  /** Receive buffer of the socket the kernel tells of processes by. */
  readonly processBuffer: {
    /** Bytes; absent: plenty. */
    readonly size?: number;
    /** Beyond what the kernel allows to others. */
    readonly force: boolean;
  };
  /** Receive buffers of the other sockets to the kernel; absent: plenty. */
  readonly netlinkBuffers: {
    /** Of what it tells of links, addresses, routes and rules. */
    readonly told?: NetlinkBuffer;
    /** Of its answers about these. */
    readonly answered?: NetlinkBuffer;
    /** Of its answers about IPVS. */
    readonly ipvs?: NetlinkBuffer;
  };
  /** Flush the IPVS table at exit; absent: what is ours goes. */
  readonly lvsFlushOnStop?: true;
  /** Connection timeouts of IPVS, s; 0 and absent: the kernel's. */
  readonly lvsTimeouts?: LvsTimeouts;
  readonly lvsSyncDaemon?: LvsSyncDaemon;
  /** Groups are one service by mark each, which nftables sets. */
  readonly nftablesIpvs?: NftablesIpvs;
  /** What happens to mastership when the daemon dies without goodbye. */
  readonly crashPolicy: "failover" | "restart";
  /** Servers alive at the start are notified of. */
  readonly rsInitNotifies?: true;
}
