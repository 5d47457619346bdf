/** Mails: composed here, sent by the core, one after another. A relay that cannot be reached holds up nothing but other mails. */

import { type Micros, MILLISECOND, SECOND } from "../../net/micros.ts";
import type { MailConfig, MailText } from "../../notify/mod.ts";
import type { Core, Mail } from "../../native/mod.ts";
import type { Log } from "../log.ts";
import { mailTime, pause, wallClock } from "../platform/mod.ts";
import { sentence } from "../scripts/mod.ts";

/** Most mails that wait. */
const WAITING = 100;

/** Pauses before a mail that could not be sent is tried again. */
const PAUSES: readonly Micros[] = [SECOND, 5 * SECOND, 25 * SECOND];

/** Who mails, and to whom; absent: nobody. */
export interface MailSettings {
  readonly config: MailConfig | undefined;
  /** Name of this node. */
  readonly router: string;
  /** Name of this host. */
  readonly host: string;
}

/** Mails under way. */
export interface Mails {
  /** Takes other settings; what waits goes by them. */
  configure(settings: MailSettings): void;
  /** Sends one when those before are sent, or drops it when too many wait. */
  send(mail: MailText): void;
  /** Waits for what is under way, once each and for so long at most. */
  end(limit: Micros): Promise<void>;
}

/** Nothing is under way. */
export function openMails(
  core: Pick<Core, "call">,
  { settings: initial, log }: { readonly settings: MailSettings; readonly log: Log },
): Mails {
  let settings = initial;
  let ending = false;
  const waiting: (MailText & { readonly at: number })[] = [];
  let dropped = 0;
  let busy: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      await deliver(next);
      waiting.shift();
      if (waiting.length === 0 && dropped > 0) {
        complain(`Dropped ${dropped} SMTP alerts: too many waited for the relay`);
        dropped = 0;
      }
    }
  }

  async function deliver(mail: MailText & { readonly at: number }): Promise<void> {
    for (const wait of [...PAUSES, undefined]) {
      const { config } = settings;
      if (config === undefined) return;
      const result = await core.call({ call: "mail", ...envelope(mail, config, settings) });
      if (result.result !== "failed") {
        return log({ level: "info", from: "core", text: "SMTP alert successfully sent." });
      }
      const again = wait !== undefined && !ending;
      complain(`${sentence(result.message)}${again ? ", tries again" : `: ${mail.subject}`}`);
      if (!again) return;
      await pause(wait / MILLISECOND);
    }
  }

  function complain(text: string): void {
    log({ level: "warning", from: "core", text });
  }

  return {
    configure: (next) => {
      settings = next;
    },
    send: (mail) => {
      if (settings.config === undefined) return;
      if (waiting.length >= WAITING) {
        if (dropped === 0) complain(`Cannot mail "${mail.subject}": ${WAITING} mails wait`);
        dropped += 1;
        return;
      }
      waiting.push({ ...mail, at: wallClock().ms });
      busy ??= work().finally(() => busy = undefined);
    },
    end: async (limit) => {
      ending = true;
      if (busy !== undefined) await Promise.race([busy, pause(limit / MILLISECOND)]);
    },
  };
}

/** The mail as the relay takes it. */
export function envelope(
  { subject, body, at }: MailText & { /** ms since the epoch. */ readonly at: number },
  { server, timeout, helo, from, to }: MailConfig,
  { router, host }: Pick<MailSettings, "router" | "host">,
): Mail {
  const sender = from ?? `root@${host}`;
  const headers = [
    `Date: ${mailTime(at)}`,
    `From: ${sender}`,
    `Subject: [${router}] ${subject}`,
    "X-Mailer: Keepalived",
    `To: ${to.join(", ")}`,
  ];
  return {
    server: server.host,
    port: server.port,
    timeout,
    helo: helo ?? host,
    from: addressIn(sender),
    to: to.map(addressIn),
    text: `${headers.map(oneLine).join("\n")}\n\n${body}`,
  };
}

/** keepalived: puts `Name <a@b>` into the envelope as it is, which relays refuse. */
function addressIn(mailbox: string): string {
  return /<([^<>]+)>\s*$/.exec(mailbox)?.[1] ?? mailbox;
}

/** A name of the configuration cannot begin another header. */
function oneLine(header: string): string {
  return header.replace(/\p{Cc}+/gu, " ");
}
