/** `UDP_CHECK`: one datagram, good unless an ICMP error comes back, or unless the reply is the wanted one. */

import type { BytePattern } from "../../core/protocol.ts";
import type { CheckerConfig, ReplyConfig } from "../config.ts";
import type { Outcome, Probe } from "../probe.ts";
import { connectionProbe } from "./tcp.ts";
import { datagramFailureText, GOOD, type Verdict } from "./verdict.ts";

/** The `UDP_CHECK` member of the checker union. */
export type UdpChecker = Extract<CheckerConfig, { readonly kind: "udp" }>;

/** What is sent when nothing is written, as keepalived 2.2.7 sends: 32 bytes of `keepalived check - `. */
export const USUAL_PAYLOAD = "6b656570616c6976656420636865636b202d206b656570616c69766564206368";

/** One datagram. */
export function udpProbe({ connect, payload, reply }: UdpChecker): Probe {
  const pattern = reply?.pattern;
  const more = pattern === undefined ? {} : { pattern };
  return connectionProbe(connect, { kind: "datagram", hex: payload, ...more });
}

/** Judges what a UDP probe found. */
export function judgeUdp({ reply }: UdpChecker, outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case "failed":
      return { good: false, why: datagramFailureText(outcome) };
    case "silent":
      return reply === undefined ? GOOD : { good: false, why: "no reply in time" };
    case "datagram":
      return reply === undefined ? GOOD : judgeReply(reply, outcome);
    default:
      return GOOD;
  }
}

function judgeReply(
  { minLength, maxLength }: ReplyConfig,
  { length, matches }: Extract<Outcome, { readonly kind: "datagram" }>,
): Verdict {
  if (length < minLength || length > maxLength) {
    return { good: false, why: `reply of ${length} bytes, wanted ${minLength} to ${maxLength}` };
  }
  return matches ? GOOD : { good: false, why: "reply is not the wanted one" };
}

/**
 * Bytes as the file writes them: two digits each, a single one at the end of a word as well (`Ab12f 3` is ab 12 0f 03); an
 * `x` stands for four bits that do not count.
 */
export function maskedBytes(text: string): BytePattern {
  const digits = text.split(/\s+/).flatMap((word) => word.match(/..?/g) ?? [])
    .map((byte) => byte.toLowerCase().padStart(2, "0")).join("");
  return {
    hex: digits.replaceAll("x", "0"),
    mask: digits.replace(/./g, (d) => d === "x" ? "0" : "f"),
  };
}
