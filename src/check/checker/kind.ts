/** The kinds of checkers told apart: names, probes and judgement. One `switch` each, nowhere else. */

import { unreachable } from "../../net/unreachable.ts";
import type { CheckerConfig } from "../config.ts";
import { dnsProbe, judgeDns } from "./dns.ts";
import { httpProbe, judgeHttp } from "./http.ts";
import { judgePing, pingProbe } from "./ping.ts";
import type { HttpResponse, Outcome, Probe } from "../probe.ts";
import { judgeSmtp, smtpProbe } from "./smtp.ts";
import { judgeTcp, tcpProbe } from "./tcp.ts";
import { judgeUdp, udpProbe } from "./udp.ts";
import type { Verdict } from "./verdict.ts";

/** A checker that the core carries out by itself. */
export type ProbedChecker = Exclude<CheckerConfig, { readonly kind: "misc" | "file" }>;

/** Whether it is one. */
export function isProbed(config: CheckerConfig): config is ProbedChecker {
  return config.kind !== "misc" && config.kind !== "file";
}

/** Name in messages, where keepalived's differ from the keyword (`HTTP_CHECK` for `HTTP_GET`). */
export function checkerName(config: CheckerConfig): string {
  switch (config.kind) {
    case "tcp":
      return "TCP_CHECK";
    case "http":
      return config.tls === undefined ? "HTTP_CHECK" : "SSL_CHECK";
    case "smtp":
      return "SMTP_CHECK";
    case "dns":
      return "DNS_CHECK";
    case "udp":
      return "UDP_CHECK";
    case "ping":
      return "PING_CHECK";
    case "misc":
      return "MISC_CHECK";
    case "file":
      return "FILE_CHECK";
    default:
      return unreachable(config);
  }
}

/** What the core is asked to do. */
export function probeOf(config: ProbedChecker): Probe {
  switch (config.kind) {
    case "tcp":
      return tcpProbe(config.connect);
    case "http":
      return httpProbe(config);
    case "smtp":
      return smtpProbe(config);
    case "dns":
      return dnsProbe(config);
    case "udp":
      return udpProbe(config);
    case "ping":
      return pingProbe(config.connect);
    default:
      return unreachable(config);
  }
}

/** Whether what the core found is good. */
export function judgeOutcome(config: ProbedChecker, outcome: Outcome): Verdict {
  switch (config.kind) {
    case "tcp":
      return judgeTcp(outcome);
    case "http":
      return judgeHttp(config, outcome);
    case "smtp":
      return judgeSmtp(outcome);
    case "dns":
      return judgeDns(outcome);
    case "udp":
      return judgeUdp(config, outcome);
    case "ping":
      return judgePing(outcome);
    default:
      return unreachable(config);
  }
}

/** Whether two outcomes are the same to the core, which compares them field by field. */
export function sameOutcome(a: Outcome | undefined, b: Outcome | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  switch (a.kind) {
    case "connected":
      return b.kind === "connected";
    case "responses":
      return b.kind === "responses" && sameResponses(a.responses, b.responses);
    case "replies":
      return b.kind === "replies" && a.codes.length === b.codes.length &&
        a.codes.every((code, index) => code === b.codes[index]);
    case "answer":
      return b.kind === "answer" && a.code === b.code;
    case "datagram":
      return b.kind === "datagram" && a.length === b.length && a.matches === b.matches;
    case "silent":
    case "echoed":
      return a.kind === b.kind;
    case "failed":
      return b.kind === "failed" && a.request === b.request && a.failure === b.failure &&
        a.errno === b.errno;
    default:
      return unreachable(a);
  }
}

function sameResponses(a: readonly HttpResponse[], b: readonly HttpResponse[]): boolean {
  return a.length === b.length && a.every((left, index) => {
    const right = b[index];
    return right !== undefined && left.status === right.status && left.digest === right.digest &&
      left.length === right.length && left.end === right.end && left.matched === right.matched;
  });
}
