/** Virtual servers for tests: the LVS-NAT pair of the documents, and a hand to drive a part. */

import type { CheckerConfig, CheckerTiming } from "../../check/config.ts";
import type { Outcome } from "../../check/probe.ts";
import { type Micros, SECOND } from "../../net/micros.ts";
import { fifoLine, logLines, tellingOf } from "../../notify/mod.ts";
import type { LvsConfig, RealServerConfig, VirtualServerConfig } from "../config.ts";
import type { LvsEffect } from "./effect.ts";
import type { LvsEvent } from "./event.ts";
import { desiredServices, type LvsPart } from "./part.ts";
import { startLvs, stepLvs } from "./step.ts";

export const NOW: Micros = 1000 * SECOND;

export const TIMING: CheckerTiming = {
  delayLoop: SECOND,
  warmup: 0,
  retry: 0,
  delayBeforeRetry: SECOND,
  alpha: false,
  logAllFailures: false,
};

export const GOOD: Outcome = { kind: "connected" };
export const REFUSED: Outcome = { kind: "failed", request: 0, failure: "connect", errno: 111 };

/** A TCP_CHECK of an address. */
export function tcpCheck(address: string, timing: Partial<CheckerTiming> = {}): CheckerConfig {
  const connect = { address, port: 80, timeout: 4 * SECOND };
  return { kind: "tcp", timing: { ...TIMING, ...timing }, connect };
}

/** A real server 192.168.1.`host`:80 with a TCP_CHECK. */
export function realServer(host: number, some: Partial<RealServerConfig> = {}): RealServerConfig {
  const address = `192.168.${host >> 8 || 1}.${host & 255}`;
  return {
    address,
    port: 80,
    weight: 1,
    forwarding: { method: "nat" },
    inhibitOnFailure: false,
    upperThreshold: 0,
    lowerThreshold: 0,
    checkers: [tcpCheck(address)],
    ...some,
  };
}

export const SORRY: RealServerConfig = realServer(9, { address: "127.0.0.1", checkers: [] });

/** The virtual server 172.16.1.99:80, wrr, with real servers 130 (weight 2) and 129 (weight 1). */
export function virtualServer(some: Partial<VirtualServerConfig> = {}): VirtualServerConfig {
  const name = { kind: "address", protocol: "tcp", address: "172.16.1.99", port: 80 } as const;
  return {
    name,
    services: [name],
    family: "inet",
    scheduler: "wrr",
    flags: 0,
    persistenceGranularity: 32,
    quorum: 1,
    hysteresis: 0,
    alpha: false,
    omega: false,
    sorryServerInhibit: false,
    realServers: [realServer(130, { weight: 2 }), realServer(129)],
    ...some,
  };
}

/** A configuration of these. */
export function configOf(...virtualServers: readonly VirtualServerConfig[]): LvsConfig {
  return { virtualServers, flush: false };
}

/** `virtualServers` × `realServers` TCP servers with a check each. */
export function manyServers(virtualServers: number, realServers: number): LvsConfig {
  return configOf(...Array.from({ length: virtualServers }, (_, at) => {
    const name = {
      kind: "address",
      protocol: "tcp",
      address: `10.${at >> 16}.${at >> 8 & 255}.${at & 255}`,
      port: 80,
    } as const;
    const servers = Array.from({ length: realServers }, (_, server) => {
      const address = `10.${100 + server}.${at >> 8 & 255}.${at & 255}`;
      return realServer(1, { address, checkers: [tcpCheck(address)] });
    });
    return virtualServer({ name, services: [name], realServers: servers });
  }));
}

/** A part that is driven: remembers which sequence number each order has. */
export interface Driven {
  part: LvsPart;
  now: Micros;
  readonly seqs: Map<number, number>;
}

/** A part before its start. */
export function drive(config: LvsConfig): Driven {
  return { part: startLvs(config, NOW), now: NOW, seqs: new Map() };
}

/** One event; gives the effects. */
export function tell(driven: Driven, event: LvsEvent): readonly LvsEffect[] {
  const [part, effects] = stepLvs(driven.part, event, driven.now);
  driven.part = part;
  for (const effect of effects) {
    if (effect.kind === "probe" || effect.kind === "run-check") {
      driven.seqs.set(effect.order, effect.seq);
    }
  }
  return effects;
}

/** A part that was started. */
export function started(config: LvsConfig): Driven {
  const driven = drive(config);
  tell(driven, { kind: "start" });
  return driven;
}

/** What the probe of an order found. */
export function found(driven: Driven, order: number, outcome: Outcome): readonly LvsEffect[] {
  return tell(driven, { kind: "outcome", order, seq: driven.seqs.get(order) ?? -1, outcome });
}

/** The table in the form of `ipvsadm -Sn`, without the fields that are as always. */
export function tableText({ part }: Driven): readonly string[] {
  return desiredServices(part).flatMap(({ service, destinations }) => {
    const { id } = service;
    const name = id.kind === "fwmark" ? `-f ${id.mark}` : `-t ${id.address}:${id.port}`;
    return [
      `-A ${name} -s ${service.scheduler}`,
      ...destinations.map((one) => `-a ${name} -r ${one.address}:${one.port} -w ${one.weight}`),
    ];
  });
}

/**
 * Effects in short, with news by their faces: lines of the log where they come, and behind the table FIFO lines with the first word
 * of the command that is run.
 */
export function effectText(effects: readonly LvsEffect[]): readonly string[] {
  const told = effects.flatMap((effect) => {
    const line = effect.kind === "news" ? fifoLine(effect.news) : undefined;
    if (effect.kind !== "news" || line === undefined) return [];
    const command = tellingOf(effect.news)?.commands[0];
    return [`notify: ${line}${command ? ` + ${command.argv[0]}` : ""}`];
  });
  return effects.flatMap((effect) => {
    switch (effect.kind) {
      case "news":
        return logLines(effect.news).map(({ level, text }) => `${level}: ${text}`);
      case "probe":
        return [
          `probe ${effect.order} in ${effect.delay / SECOND} every ${effect.interval / SECOND}`,
        ];
      case "unprobe":
        return [`unprobe ${effect.order}`];
      case "end-check":
      case "run-check":
        return [`${effect.kind} ${effect.order}`];
      case "count-connections":
      case "count-ports":
        return [effect.kind];
      case "reconcile-services":
        return ["reconcile", ...told];
    }
  });
}
