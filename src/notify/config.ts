/** Who is told of news beside the log and scripts, as configured. */

import type { GlobalDefs } from "../global/config.ts";
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
  /** Of what mails are sent; absent: of nothing. */
  readonly mails?: MailWishes;
}

/** What is not to be mailed. */
export type MailWishes = Pick<GlobalDefs, "noEmailFaults" | "noCheckerEmails">;

/** Nobody is told. */
export const NOBODY_TOLD: NotifyConfig = {
  fifo: { vrrp: false, lvs: false },
  statesOnReload: false,
};

/** What the world is to say beside the log. */
export function notifyConfigOf(global: GlobalDefs): NotifyConfig {
  const { told: { fifos: { all, vrrp, lvs }, statesOnReload }, notificationEmail } = global;
  const { noEmailFaults, noCheckerEmails } = global;
  const mails = global.smtpServer !== undefined && notificationEmail.length > 0;
  return {
    fifo: { vrrp: (all ?? vrrp) !== undefined, lvs: (all ?? lvs) !== undefined },
    statesOnReload,
    ...(mails && { mails: { noEmailFaults, noCheckerEmails } }),
  };
}
