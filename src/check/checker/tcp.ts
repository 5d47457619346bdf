/** `TCP_CHECK`: good when a connection can be made. */

import { type Micros, SECOND } from "../../net/micros.ts";
import type { ConnectOptions } from "../config.ts";
import type { Outcome, Probe } from "../probe.ts";
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

/**
 * Most time for what is said over one connection: so many times `connect_timeout`, and never less than the other. keepalived: there
 * is none, a response that goes on for ever keeps a server in service for ever.
 */
export function exchangeLimit({ timeout }: ConnectOptions): Micros {
  return Math.max(LEAST_LIMIT, LIMIT_TIMEOUTS * timeout);
}

const LIMIT_TIMEOUTS = 10;
const LEAST_LIMIT: Micros = 60 * SECOND;

/** A connect, nothing said. */
export function tcpProbe(connect: ConnectOptions): Probe {
  return connectionProbe(connect, { kind: "connect" });
}

/** Judges what a TCP probe found. */
export function judgeTcp(outcome: Outcome): Verdict {
  return outcome.kind === "failed" ? { good: false, why: failureText(outcome) } : GOOD;
}
