/** Settings of IPVS that rows of `global_defs` read. */

import type { Ip } from "../net/ip.ts";

/** `lvs_timeouts`. */
export interface LvsTimeouts {
  readonly tcp?: number;
  readonly tcpfin?: number;
  readonly udp?: number;
}

/** `lvs_sync_daemon` as written. */
export interface LvsSyncDaemon {
  readonly dev: string;
  readonly instance?: string;
  /** 0 to 255. */
  readonly id?: number;
  /** 1 to 65507. */
  readonly maxlen?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: Ip;
}

/** `nftables_ipvs` and what goes with it. */
export interface NftablesIpvs {
  /** Name of the table. */
  readonly table: string;
  /** Of its chain. */
  readonly priority: number;
  /** The first mark, 1 to 4294967295. */
  readonly startMark: number;
}
