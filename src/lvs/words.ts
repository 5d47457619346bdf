/**
 * How the LVS part names things and what it says. Alerting and scripts read these: the labels and the
 * FIFO lines are keepalived's (cli.tsv), and log lines begin with the words people search for.
 */

import { checkerName } from "../check/kind.ts";
import type { CheckerReport } from "../check/checker.ts";
import type { CheckerConfig } from "../check/config.ts";
import type { LogLine } from "../global/log.ts";
import { unreachable } from "../net/unreachable.ts";
import type { RealServerConfig, VirtualServerConfig } from "./config.ts";
import { destinationPort } from "./desired.ts";
import { gainAt, loseBelow } from "./quorum.ts";
import type { RealServer, VirtualServer } from "./virtual_server.ts";

/** Name of a virtual server; `sequence` counts those of the same group before it. */
export function virtualServerLabel({ name }: VirtualServerConfig, sequence: number): string {
  switch (name.kind) {
    case "address":
      return `[${name.address}]:${name.protocol}:${name.port}`;
    case "fwmark":
      return `FWM ${name.mark}`;
    case "group":
      return `[${name.group}]:${sequence}`;
    default:
      return unreachable(name);
  }
}

/** Name of a real server of a virtual server. */
export function realServerLabel(server: RealServerConfig, of: VirtualServerConfig): string {
  return `[${server.address}]:${protocolOf(of)}:${labelPort(server, of)}`;
}

/** Protocol of a virtual server; a mark has none. */
function protocolOf({ services }: VirtualServerConfig): string {
  for (const id of services) if (id.kind === "address") return id.protocol;
  return "none";
}

function labelPort(server: RealServerConfig, { name }: VirtualServerConfig): number {
  switch (name.kind) {
    case "address":
      return destinationPort(server, name.port);
    case "fwmark":
      return destinationPort(server, 0);
    case "group":
      return server.port;
    default:
      return unreachable(name);
  }
}

/** FIFO line of a virtual server. */
export function virtualServerLine({ label }: VirtualServer, up: boolean): string {
  return `VS ${label} ${up ? "UP" : "DOWN"}`;
}

/** FIFO line of a real server. */
export function realServerLine(server: RealServer, of: VirtualServer, up: boolean): string {
  return `RS ${server.label} ${of.label} ${up ? "UP" : "DOWN"}`;
}

/** A checker begins. */
export function activatingLine(server: RealServer, of: VirtualServer): LogLine {
  return log("info", `Activating healthchecker for service ${server.label} for VS ${of.label}`);
}

/** A real server joins or leaves the table, or its weight there becomes 0 or is restored. */
export function serviceLine(server: RealServer, of: VirtualServer, up: boolean): LogLine {
  const inhibit = server.config.inhibitOnFailure;
  const verb = up ? (inhibit ? "Enabling" : "Adding") : (inhibit ? "Disabling" : "Removing");
  const preposition = inhibit ? "of" : (up ? "to" : "from");
  return log(
    up ? "notice" : "warning",
    `${verb} service ${server.label} ${preposition} VS ${of.label}`,
  );
}

/** A real server leaves because the program ends. */
export function shutdownLine(server: RealServer, of: VirtualServer): LogLine {
  return log("info", `Shutting down service ${server.label} from VS ${of.label}`);
}

/** A virtual server is no longer configured. */
export function removedLine({ label }: VirtualServer): LogLine {
  return log("notice", `Removing virtual server ${label}`);
}

/** A weight changes in service or out of it. */
export function weightLine(server: RealServer, from: number, of: VirtualServer): LogLine {
  const state = server.alive ? "active" : "inactive";
  return log(
    "notice",
    `Changing weight from ${from} to ${server.weight} for ${state} service ${server.label} of VS ` +
      of.label,
  );
}

/** Quorum is gained or lost, with what was there and what is needed. */
export function quorumLine({ config, label, liveWeight }: VirtualServer, up: boolean): LogLine {
  return up
    ? log(
      "notice",
      `Gained quorum for VS ${label}: weight ${liveWeight} of ${gainAt(config)} needed`,
    )
    : log(
      "warning",
      `Lost quorum for VS ${label}: weight ${liveWeight} of ${loseBelow(config)} needed`,
    );
}

/** A virtual server begins without quorum. */
export function startingDownLine({ config, label, liveWeight }: VirtualServer): LogLine {
  return log(
    "warning",
    `Starting with quorum down for VS ${label}: weight ${liveWeight} of ${gainAt(config)} needed`,
  );
}

/** The sorry server takes or gives back the traffic of a virtual server. */
export function sorryLine(sorry: RealServerConfig, of: VirtualServer, takes: boolean): LogLine {
  const inhibit = of.config.sorryServerInhibit || sorry.inhibitOnFailure;
  const verb = takes ? (inhibit ? "Enabling" : "Adding") : (inhibit ? "Disabling" : "Removing");
  const label = realServerLabel(sorry, of.config);
  return log("notice", `${verb} sorry server ${label} ${takes ? "to" : "from"} VS ${of.label}`);
}

/** What a checker has to tell. */
export function reportLine(
  report: CheckerReport,
  checker: CheckerConfig,
  names: { readonly server: RealServer; readonly of: VirtualServer },
): LogLine {
  const what = `${checkerName(checker)} on service ${names.server.label}`;
  const where = `for VS ${names.of.label}`;
  switch (report.kind) {
    case "succeeded": {
      const remark = report.remark === undefined ? "" : `: ${report.remark}`;
      return log("notice", `${what} succeeded ${where}${remark}`);
    }
    case "odd":
      return log("notice", `${what} good ${where}, but ${report.remark}`);
    case "failed": {
      const retries = report.retries === 0 ? "" : ` after ${report.retries} retries`;
      return log("warning", `${what} failed${retries} ${where}: ${report.why}`);
    }
    case "attempt-failed":
      return log("notice", `${what}: attempt failed ${where}: ${report.why}`);
    case "inconclusive":
      return log("warning", `${what}: no verdict ${where}: ${report.why}`);
    default:
      return unreachable(report);
  }
}

function log(level: LogLine["level"], text: string): LogLine {
  return { kind: "log", level, from: "check", text };
}
