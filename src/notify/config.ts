/** Who is told of news beside the log and scripts, as configured. */

import type { Micros } from "../net/micros.ts";

/** Mails (`notification_email`, `smtp_…`); only with a relay and somebody to write to. */
export interface MailConfig {
  readonly server: { readonly host: string; readonly port: number };
  /** Longest time to connect, and for each reply. */
  readonly timeout: Micros;
  /** Name said in HELO; absent: the host's. */
  readonly helo?: string;
  /** Absent: the account at the host. */
  readonly from?: string;
  /** At least one. */
  readonly to: readonly string[];
}

/** What the world has to say to whom. */
export interface NotifyConfig {
  /** Somebody may read lines of virtual routers by a FIFO, and of servers. */
  readonly fifo: { readonly vrrp: boolean; readonly lvs: boolean };
  /** `fifo_write_vrrp_states_on_reload`. */
  readonly statesOnReload: boolean;
  /** Mails are sent. */
  readonly mail: boolean;
  /** `no_email_faults`: not of a fault. */
  readonly mailFaults: boolean;
}

/** Nobody is told. */
export const NOBODY_TOLD: NotifyConfig = {
  fifo: { vrrp: false, lvs: false },
  statesOnReload: false,
  mail: false,
  mailFaults: true,
};
