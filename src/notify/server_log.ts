/** News of servers and checkers as lines of the log, which begin with the words people search for. */

import type { LogLine } from "../global/log.ts";
import { unreachable } from "../net/mod.ts";
import type {
  CheckerNews,
  LocalAddressNews,
  LvsNews,
  RealServerNews,
  ServerLeavesNews,
  VirtualServerNews,
} from "./server_news.ts";

/** The lines, in their order. */
export function serverLines(news: LvsNews): readonly LogLine[] {
  switch (news.kind) {
    case "checker-begun":
      return [
        log("info", `Activating healthchecker for service ${news.server} for VS ${news.of}`),
      ];
    case "checker-suspended":
      return [log("info", `Suspending healthchecker for service ${news.server} for VS ${news.of}`)];
    case "checker":
      return [reportLine(news)];
    case "checker-turned":
      return []; // its report is
    case "real-server":
      // That the program ends is said of every server, whether anybody is told of it or not.
      return news.cause.kind === "shutdown" ? [] : [serviceLine(news)];
    case "weight": {
      const state = news.alive ? "active" : "inactive";
      const change = `from ${news.from} to ${news.to} for ${state} service ${news.server}`;
      return [log("notice", `Changing weight ${change} of VS ${news.of}`)];
    }
    case "real-server-closes":
      return [log("info", `Shutting down service ${news.server} from VS ${news.of}`)];
    case "real-server-leaves":
      return [leavesLine(news)];
    case "local-address":
      return [localLine(news)];
    case "virtual-server":
      return quorumLines(news);
    case "virtual-server-removed":
      return [log("notice", `Removing virtual server ${news.name}`)];
    default:
      return unreachable(news);
  }
}

function serviceLine({ server, of, up, inhibit }: RealServerNews): LogLine {
  const verb = up ? (inhibit ? "Enabling" : "Adding") : (inhibit ? "Disabling" : "Removing");
  const preposition = inhibit ? "of" : (up ? "to" : "from");
  return log(up ? "notice" : "warning", `${verb} service ${server} ${preposition} VS ${of}`);
}

function leavesLine({ server, of, step, within, connections }: ServerLeavesNews): LogLine {
  const what = `service ${server} of VS ${of}`;
  switch (step) {
    case "begins":
      return log("notice", `Draining ${what}: at most ${(within ?? 0) / 1_000_000} s`);
    case "over":
      return log("notice", `Drained ${what}: its connections are over`);
    case "late":
      return log(
        "warning",
        `Drained ${what}: time is over${
          connections === undefined ? "" : `, ${connections} connections end`
        }`,
      );
    default:
      return unreachable(step);
  }
}

function localLine({ address, crowded }: LocalAddressNews): LogLine {
  if (crowded === undefined) return log("notice", `Local address ${address} has ports again`);
  const { server, port, connections, of } = crowded;
  const where = server.includes(":") ? `[${server}]:${port}` : `${server}:${port}`;
  return log(
    "warning",
    `Local address ${address} runs out of ports: ${connections} of ${of} to ${where} are in use; add local addresses`,
  );
}

/** Quorum with what is there and what is needed, and what the sorry server does about it. */
function quorumLines(news: VirtualServerNews): readonly LogLine[] {
  const { name, up, liveWeight, needed, sorry, cause } = news;
  // Its removal, or the end of the program, is said elsewhere.
  if (cause.kind === "removal" || cause.kind === "shutdown") return [];
  const begins = cause.kind === "start";
  const weight = `weight ${liveWeight} of ${needed} needed`;
  const words = up ? "Gained quorum" : begins ? "Starting with quorum down" : "Lost quorum";
  const line = log(up ? "notice" : "warning", `${words} for VS ${name}: ${weight}`);
  if (sorry === undefined || (up && begins)) return [line];
  const verb = up
    ? (sorry.inhibit ? "Disabling" : "Removing")
    : (sorry.inhibit ? "Enabling" : "Adding");
  const where = `${up ? "from" : "to"} VS ${name}`;
  return [line, log("notice", `${verb} sorry server ${sorry.server} ${where}`)];
}

function reportLine({ checker, server, of, report }: CheckerNews): LogLine {
  const what = `${checker} on service ${server}`;
  const where = `for VS ${of}`;
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
