/** `SMTP_CHECK`: greeting, HELO, QUIT (wire.md §9); good when the server greets with 220 and takes HELO with 250. */

import type { CheckerConfig } from "../config.ts";
import type { Outcome, Probe } from "../probe.ts";
import { connectionProbe, exchangeLimit } from "./tcp.ts";
import { failureText, GOOD, type Verdict } from "./verdict.ts";

/** The `SMTP_CHECK` member of the checker union. */
export type SmtpChecker = Extract<CheckerConfig, { readonly kind: "smtp" }>;

/** A conversation. */
export function smtpProbe({ connect, heloName }: SmtpChecker): Probe {
  const hello = `HELO ${heloName}\r\n`;
  return connectionProbe(connect, { kind: "smtp", hello, limit: exchangeLimit(connect) });
}

/**
 * Judges what an SMTP probe found. What the server says to QUIT does not matter: it served.
 * keepalived 2.2: fails a reply of several lines (RFC 5321 §4.2.1), and a server that hangs up on QUIT.
 */
export function judgeSmtp(outcome: Outcome): Verdict {
  if (outcome.kind === "failed") {
    const odd = outcome.failure === "malformed";
    return { good: false, why: odd ? "reply is not SMTP" : failureText(outcome) };
  }
  const [greeting, hello] = outcome.kind === "replies" ? outcome.codes : [];
  if (greeting !== 220) return { good: false, why: `greeting ${greeting}, wanted 220` };
  return hello === 250 ? GOOD : { good: false, why: `reply ${hello} to HELO, wanted 250` };
}
