/** `PING_CHECK`: one ICMP echo request, good when its reply comes. */

import type { ConnectOptions } from "../config.ts";
import type { Outcome, Probe } from "../probe.ts";
import { connectionProbe } from "./tcp.ts";
import { datagramFailureText, GOOD, type Verdict } from "./verdict.ts";

/** One echo request. Ports are of no meaning to it. */
export function pingProbe(connect: ConnectOptions): Probe {
  return connectionProbe(connect, { kind: "ping" });
}

/** Judges what a ping found. */
export function judgePing(outcome: Outcome): Verdict {
  return outcome.kind === "failed" ? { good: false, why: datagramFailureText(outcome) } : GOOD;
}
