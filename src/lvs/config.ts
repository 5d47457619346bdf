/** `virtual_server` as configured, after defaults and inheritance. */

import type { CheckerConfig } from "../check/config.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { IpvsTimeouts } from "../kernel/ipvs/ipvs_timeouts.ts";
import type { Forwarding, IpvsProtocol, ServiceId } from "../kernel/ipvs/ipvs.ts";
import type { FieldsOf } from "../language/mod.ts";
import type { Family, Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { REAL_SERVER, VIRTUAL_SERVER } from "./rows/keywords.ts";
import type { LocalAddress } from "./rows/group_entry.ts";

export type { LocalAddress } from "./rows/group_entry.ts";

/** How a virtual server is named in the file, logs, FIFO lines and mails. */
export type VirtualServerName =
  | {
    readonly kind: "address";
    readonly protocol: IpvsProtocol;
    readonly address: Ip;
    readonly port: number;
  }
  | { readonly kind: "fwmark"; readonly mark: number }
  | { readonly kind: "group"; readonly group: string };

/** `real_server` or `sorry_server`. */
export interface RealServerConfig extends FieldsOf<typeof REAL_SERVER> {
  readonly address: Ip;
  readonly port: number;
  /** 0 to 2147483647, default 1. */
  readonly weight: number;
  readonly forwarding: Forwarding;
  readonly inhibitOnFailure: boolean;
  readonly notifyUp?: ScriptCommand;
  readonly notifyDown?: ScriptCommand;
  /** Mails are sent as well. */
  readonly smtpAlert?: true;
  /** Absent checkers: always in service. */
  readonly checkers: readonly CheckerConfig[];
  /** Time in which its weight climbs when it comes back; absent: it has all of it at once. */
  readonly slowStart?: Micros;
}

/** Full NAT: real servers see connections come from a local address, and so answer this node wherever they route to. */
export interface FullNat {
  /** Ascending, of one family; empty: the address of the interface towards the real server. */
  readonly localAddresses: readonly LocalAddress[];
}

/** Services that are one for IPVS, by the mark their packets get. */
export interface Marked {
  readonly mark: number;
  readonly services: readonly ServiceId[];
}

/** One virtual server; with a group it stands for several services of the kernel. */
export interface VirtualServerConfig extends FieldsOf<typeof VIRTUAL_SERVER> {
  readonly name: VirtualServerName;
  /** The services of the kernel it stands for, ranges expanded; at least one. */
  readonly services: readonly ServiceId[];
  /** What nftables marks for the one service by mark that stands for a group. */
  readonly marked?: Marked;
  readonly family: Family;
  /** Kernel name of the scheduler, for example `wlc`. */
  readonly scheduler: string;
  /** Sum of `SERVICE_FLAG` (persistence excluded). */
  readonly flags: number;
  /** s; absent: no persistence. */
  readonly persistenceTimeout?: number;
  /** Prefix length, default 32 or 128. */
  readonly persistenceGranularity: number;
  readonly persistenceEngine?: string;
  /** Live weight needed, ≥ 1. */
  readonly quorum: number;
  /** 0 to quorum − 1. */
  readonly hysteresis: number;
  readonly quorumUp?: ScriptCommand;
  readonly quorumDown?: ScriptCommand;
  /** Mails are sent as well. */
  readonly smtpAlert?: true;
  readonly sorryServer?: RealServerConfig;
  readonly realServers: readonly RealServerConfig[];
  /** Most time in which a real server that a reload takes away may end its connections; absent: it is gone at once. */
  readonly drainTimeout?: Micros;
  /** Its checkers run only while this host has one of its addresses. */
  readonly haSuspend?: true;
  readonly fullNat?: FullNat;
  /** The kernel answers a client's first packet itself and begins with a server when the client has shown that it exists. */
  readonly synProxy?: true;
  /** A reload has taken it away, and its connections are not over: it is there for them only. Never read from a file. */
  readonly departing?: true;
}

/** `lvs_sync_daemon`, or `lvs_sync_daemon_interface` of an instance. */
export interface SyncDaemonConfig {
  readonly interface: string;
  /** Whose state says which of the two daemons runs; absent: both. */
  readonly instance?: string;
  /** 0 to 255. */
  readonly syncId: number;
  /** Bytes, 1 to 65507; absent: the kernel's. */
  readonly maxLength?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: Ip;
}

/** Everything the LVS part is configured with. */
export interface LvsConfig {
  readonly virtualServers: readonly VirtualServerConfig[];
  /** Empty the table at start. */
  readonly flush: boolean;
  /** Empty it at exit, whoever made what is in it. */
  readonly flushOnStop?: true;
  /** Of the kernel, while this runs; 0: as it is. */
  readonly timeouts?: IpvsTimeouts;
  readonly syncDaemon?: SyncDaemonConfig;
  /** Where the marks of groups are set. */
  readonly marking?: { readonly table: string; readonly priority: number };
  /** Servers that are alive at the start are told to be up as well. */
  readonly initNotifies?: true;
}
