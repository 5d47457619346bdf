/** `keepalived_check.data` (SIGUSR1): the state of the LVS part, in keepalived's layout. */

import { type Checker, isUp } from "../check/checker/checker.ts";
import type { CheckerConfig, ConnectOptions } from "../check/config.ts";
import { type Forwarding, SERVICE_FLAG } from "../kernel/ipvs/ipvs.ts";
import { SECOND } from "../net/micros.ts";
import { unreachable } from "../net/unreachable.ts";
import type { VirtualServerConfig } from "../lvs/config.ts";
import { realServerLabel } from "../lvs/servers/words.ts";
import { commandText } from "./command_text.ts";
import { globalLines } from "./global_text.ts";
import type { RealServerStatus, Snapshot, VirtualServerStatus } from "./snapshot.ts";

/** The whole file. */
export function checkDataText({ global, virtualServers }: Snapshot): string {
  return [
    ...globalLines(global),
    "------< LVS Topology >------",
    ...virtualServers.flatMap(virtualServerLines),
    "------< Health checkers >------",
    ...virtualServers.flatMap(({ label, servers }) =>
      servers.flatMap((server) =>
        server.checkers.flatMap((checker) => checkerLines(checker, `${label} -> ${server.label}`))
      )
    ),
  ].map((line) => `${line}\n`).join("");
}

function virtualServerLines(status: VirtualServerStatus): readonly string[] {
  const { config, quorate, servers } = status;
  const { sorryServer, quorumUp, quorumDown, persistenceTimeout } = config;
  return [
    " ------< Virtual server >------",
    ` ${nameText(config)}`,
    `   Address family = ${config.family}`,
    `   lvs_sched = ${config.scheduler}`,
    `   flag-1 = ${flag(config, SERVICE_FLAG.schedulerFlag1)}`,
    `   flag-2 = ${flag(config, SERVICE_FLAG.schedulerFlag2)}`,
    `   flag-3 = ${flag(config, SERVICE_FLAG.schedulerFlag3)}`,
    `   One packet scheduling = ${flag(config, SERVICE_FLAG.onePacket)}`,
    ...(persistenceTimeout === undefined ? [] : [
      `   persistence timeout = ${persistenceTimeout}`,
      `   persistence granularity = ${config.persistenceGranularity}`,
    ]),
    ...config.services.flatMap((id) => id.kind === "address" ? [id.protocol.toUpperCase()] : [])
      .slice(0, 1).map((protocol) => `   protocol = ${protocol}`),
    `   alpha is ${onOff(config.alpha)}`,
    `   omega is ${onOff(config.omega)}`,
    `   quorum = ${config.quorum}, hysteresis = ${config.hysteresis}`,
    ...(quorumUp === undefined ? [] : [`   -> Notify script UP = ${commandText(quorumUp)}`]),
    ...(quorumDown === undefined ? [] : [`   -> Notify script DOWN = ${commandText(quorumDown)}`]),
    ...(sorryServer === undefined ? [] : [
      `   sorry server = ${realServerLabel(sorryServer, config)}`,
      `     forwarding method = ${forwardingText(sorryServer.forwarding)}`,
      `     Inhibit on failure is ${onOff(config.sorryServerInhibit)}`,
    ]),
    `   alive = ${servers.some(({ alive }) => alive) || sorryServer !== undefined ? 1 : 0}`,
    `   quorum_state_up = ${quorate ? 1 : 0}`,
    ...servers.flatMap(realServerLines),
  ];
}

function nameText({ name }: VirtualServerConfig): string {
  switch (name.kind) {
    case "address":
      return `VS VIP = ${name.address}, VPORT = ${name.port}`;
    case "fwmark":
      return `VS FWMARK = ${name.mark}`;
    case "group":
      return `VS GROUP = ${name.group}`;
    default:
      return unreachable(name);
  }
}

function realServerLines(status: RealServerStatus): readonly string[] {
  const { config, alive, weight, failedCheckers } = status;
  const { address, port } = config;
  return [
    "   ------< Real server >------",
    `   RIP = ${address}, RPORT = ${port}, WEIGHT = ${config.weight} EFF WEIGHT = ${weight}`,
    `   forwarding method = ${forwardingText(config.forwarding)}`,
    `   connection limit range = ${config.lowerThreshold} -> ${config.upperThreshold}`,
    `   Inhibit on failure is ${onOff(config.inhibitOnFailure)}`,
    ...(config.notifyUp === undefined
      ? []
      : [`   -> Notify script UP = ${commandText(config.notifyUp)}`]),
    ...(config.notifyDown === undefined
      ? []
      : [`   -> Notify script DOWN = ${commandText(config.notifyDown)}`]),
    `   initial weight = ${config.weight}`,
    `   effective weight = ${weight}`,
    `   alive = ${alive ? 1 : 0}`,
    `   num failed checkers = ${failedCheckers}`,
  ];
}

function checkerLines(checker: Checker, name: string): readonly string[] {
  const { config, phase } = checker;
  const { timing } = config;
  return [
    ` ${name}`,
    "   Enabled = yes",
    `   Up = ${yesNo(isUp(checker))}`,
    `   Has run = ${yesNo(phase.kind !== "first")}`,
    ...(checker.weight === undefined ? [] : [`   Current weight = ${checker.weight}`]),
    `   Alpha = ${yesNo(timing.alpha)}`,
    `   Delay loop = ${timing.delayLoop} us`,
    `   Warmup = ${timing.warmup} us`,
    `   Retries = ${timing.retry}`,
    `   Delay before retry = ${timing.delayBeforeRetry} us`,
    `   Retries iterations = ${phase.kind === "retrying" ? phase.attempt : 0}`,
    `   Log all failures = ${yesNo(timing.logAllFailures)}`,
    ...methodLines(config),
  ];
}

function methodLines(config: CheckerConfig): readonly string[] {
  switch (config.kind) {
    case "tcp":
      return [...connectLines(config.connect), "   Keepalive method = TCP_CHECK"];
    case "http":
      return [
        ...connectLines(config.connect),
        `   Keepalive method = ${
          config.tls === undefined ? "HTTP_GET" : "SSL_GET"
        }, http protocol ${config.httpProtocol}`,
        ...config.urls.flatMap(({ path, digest, statusCodes, virtualhost, regex }) => [
          `   Checked url = ${path}`,
          ...(virtualhost === undefined ? [] : [`     VirtualHost = ${virtualhost}`]),
          ...(digest === undefined ? [] : [`     Digest = ${digest}`]),
          ...(regex === undefined ? [] : [`     Regex = "${regex.written}"`]),
          "     HTTP Status Code(s)",
          ...statusCodes.map(([from, to]) => `       ${from === to ? from : `${from}-${to}`}`),
        ]),
      ];
    case "smtp":
      return [
        ...connectLines(config.connect),
        "   Keepalive method = SMTP_CHECK",
        `   helo = ${config.heloName}`,
      ];
    case "dns":
      return [
        ...connectLines(config.connect),
        "   Keepalive method = DNS_CHECK",
        `   Type = ${config.type}`,
        `   Name = ${config.name}`,
      ];
    case "udp":
      return [
        ...connectLines(config.connect),
        "   Keepalive method = UDP_CHECK",
        `   payload len = ${config.payload.length / 2}`,
        ...(config.reply === undefined ? ["   Require reply = no"] : [
          "   Require reply = yes",
          `   Min reply length = ${config.reply.minLength}`,
          `   Max reply length = ${config.reply.maxLength}`,
        ]),
      ];
    case "ping":
      return [...connectLines(config.connect), "   Keepalive method = PING_CHECK"];
    case "misc":
      return [
        "   Keepalive method = MISC_CHECK",
        `   script = ${commandText(config.command)}`,
        `   timeout = ${config.timeout / SECOND}`,
        `   dynamic = ${config.dynamic ? "YES" : "NO"}`,
      ];
    case "file":
      return [
        "   Keepalive method = FILE_CHECK",
        `   Tracked file = ${config.tracker.name}`,
        `   Weight = ${config.weight}${config.reverse ? " reverse" : ""}`,
      ];
    default:
      return unreachable(config);
  }
}

function connectLines(connect: ConnectOptions): readonly string[] {
  const { address, port, bindAddress, bindPort, bindInterface, fwmark } = connect;
  return [
    "   Connection",
    `     Dest = [${address}]:${port}`,
    ...(bindAddress === undefined ? [] : [`     Bind to = [${bindAddress}]:${bindPort ?? 0}`]),
    ...(bindInterface === undefined ? [] : [`     Bind i/f = ${bindInterface}`]),
    ...(fwmark === undefined ? [] : [`     Mark = ${fwmark}`]),
    `     Timeout = ${(connect.timeout / SECOND).toFixed(6)}`,
  ];
}

function forwardingText(forwarding: Forwarding): string {
  return forwarding.method === "tunnel" ? "TUN" : forwarding.method.toUpperCase();
}

function flag({ flags }: VirtualServerConfig, bit: number): string {
  return (flags & bit) === 0 ? "disabled" : "enabled";
}

function onOff(is: boolean): string {
  return is ? "ON" : "OFF";
}

function yesNo(is: boolean): string {
  return is ? "yes" : "no";
}
