/** The kinds of checkers told apart: names, probes and judgement. One `switch` each, nowhere else. */

import { unreachable } from "../net/unreachable.ts";
import type { CheckerConfig } from "./config.ts";
import { httpProbe, judgeHttp } from "./http.ts";
import type { HttpResponse, Outcome, Probe } from "./probe.ts";
import { judgeTcp, tcpProbe } from "./tcp.ts";
import type { Verdict } from "./verdict.ts";

/** A checker that the core carries out by itself. */
export type ProbedChecker = Exclude<CheckerConfig, { readonly kind: "misc" }>;

/** Name in messages, where keepalived's differ from the keyword (`HTTP_CHECK` for `HTTP_GET`). */
export function checkerName(config: CheckerConfig): string {
  switch (config.kind) {
    case "tcp":
      return "TCP_CHECK";
    case "http":
      return "HTTP_CHECK";
    case "misc":
      return "MISC_CHECK";
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
      left.length === right.length && left.end === right.end;
  });
}
