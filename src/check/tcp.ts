/** `TCP_CHECK`: good when a connection can be made. */

import type { ConnectOptions } from "./config.ts";
import type { Outcome, Probe } from "./probe.ts";
import { failureText, GOOD, type Verdict } from "./verdict.ts";

/** What every probe over a connection has in common; `exchange` is what it says once connected. */
export function connectionProbe(connect: ConnectOptions, exchange: Probe["exchange"]): Probe {
  return {
    address: connect.address,
    port: connect.port,
    ...(connect.bindAddress === undefined ? {} : { source: connect.bindAddress }),
    ...(connect.bindPort === undefined ? {} : { sourcePort: connect.bindPort }),
    ...(connect.bindInterface === undefined ? {} : { ifname: connect.bindInterface }),
    ...(connect.fwmark === undefined ? {} : { fwmark: connect.fwmark }),
    timeout: connect.timeout,
    exchange,
  };
}

/** A connect, nothing said. */
export function tcpProbe(connect: ConnectOptions): Probe {
  return connectionProbe(connect, { kind: "connect" });
}

/** Judges what a TCP probe found. */
export function judgeTcp(outcome: Outcome): Verdict {
  return outcome.kind === "failed" ? { good: false, why: failureText(outcome) } : GOOD;
}
