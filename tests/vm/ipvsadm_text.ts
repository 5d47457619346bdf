/** The IPVS table that a configuration begins with, in the words of `ipvsadm -Sn`. */

import {
  type Destination,
  type Service,
  SERVICE_FLAG,
  type ServiceId,
} from "../../src/kernel/ipvs/ipvs.ts";
import { desiredServices, type LvsConfig, startLvs } from "../../src/lvs/mod.ts";

/** Rows, sorted. */
export function firstTable(config: LvsConfig): readonly string[] {
  return desiredServices(startLvs(config, 0)).flatMap(({ service, destinations }) => [
    `-A ${serviceWords(service.id)}${parameters(service)}`,
    ...destinations.map((one) => `-a ${serviceWords(service.id)} ${destinationWords(one)}`),
  ]).sort();
}

function serviceWords(id: ServiceId): string {
  if (id.kind === "fwmark") return `-f ${id.mark}${id.family === "inet6" ? " -6" : ""}`;
  const option = { tcp: "-t", udp: "-u", sctp: "--sctp-service" }[id.protocol];
  return `${option} ${endpoint(id.address, id.port)}`;
}

function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function parameters(service: Service): string {
  const { scheduler, flags, timeout, netmask, persistenceEngine, id } = service;
  const isV6 = id.kind === "fwmark" ? id.family === "inet6" : id.address.includes(":");
  const persistent = (flags & SERVICE_FLAG.persistent) !== 0;
  const mask = isV6
    ? (netmask === 128 ? "" : ` -M ${netmask}`)
    : (netmask === 32 ? "" : ` -M ${dotted(netmask)}`);
  const names = SCHEDULER_FLAGS[scheduler] ?? ["flag-1", "flag-2", "flag-3"];
  const bits = [
    SERVICE_FLAG.schedulerFlag1,
    SERVICE_FLAG.schedulerFlag2,
    SERVICE_FLAG.schedulerFlag3,
  ];
  const set = bits.flatMap((bit, index) =>
    (flags & bit) === 0 ? [] : [names[index] ?? `flag-${index + 1}`]
  );
  return [
    ` -s ${scheduler}`,
    persistent ? ` -p ${timeout}${mask}` : "",
    persistenceEngine === undefined ? "" : ` --pe ${persistenceEngine}`,
    (flags & SERVICE_FLAG.onePacket) === 0 ? "" : " -o",
    set.length === 0 ? "" : ` -b ${set.join(",")}`,
  ].join("");
}

const SCHEDULER_FLAGS: Readonly<Record<string, readonly string[]>> = {
  sh: ["sh-fallback", "sh-port"],
  mh: ["mh-fallback", "mh-port"],
};

function dotted(length: number): string {
  const bits = "1".repeat(length).padEnd(32, "0");
  return [0, 8, 16, 24].map((at) => parseInt(bits.slice(at, at + 8), 2)).join(".");
}

function destinationWords(destination: Destination): string {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold } = destination;
  const method = { nat: "-m", dr: "-g", tunnel: "-i", local: "-l" }[forwarding.method];
  const thresholds = [
    upperThreshold === 0 ? "" : ` -x ${upperThreshold}`,
    lowerThreshold === 0 ? "" : ` -y ${lowerThreshold}`,
  ].join("");
  return `-r ${endpoint(address, port)} ${method} -w ${weight}${thresholds}`;
}
