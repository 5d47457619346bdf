/** The kernel's IPVS table as values (`linux/ip_vs.h`). The diff is in `ipvs_diff.ts`. */

import type { Family, Ip } from "../../net/ip.ts";

/** Layer-4 protocol of a service. */
export type IpvsProtocol = "tcp" | "udp" | "sctp";

/** Identity of a service. */
export type ServiceId =
  | {
    readonly kind: "address";
    readonly protocol: IpvsProtocol;
    readonly address: Ip;
    /** Virtual port; 0 for every port, which needs persistence. */
    readonly port: number;
  }
  | {
    readonly kind: "fwmark";
    readonly family: Family; /** 1 to 4294967295. */
    readonly mark: number;
  };

/** `IP_VS_SVC_F_*` (`linux/ip_vs.h`). The kernel's own HASHED bit (2) never appears here. */
export const SERVICE_FLAG = {
  persistent: 0x01,
  onePacket: 0x04,
  schedulerFlag1: 0x08,
  schedulerFlag2: 0x10,
  schedulerFlag3: 0x20,
} as const;

/** A service without its destinations. */
export interface Service {
  readonly id: ServiceId;
  /** Scheduler module, for example `wrr`. */
  readonly scheduler: string;
  /** Sum of {@linkcode SERVICE_FLAG}. */
  readonly flags: number;
  /** Persistence timeout, s; 0 without persistence. */
  readonly timeout: number;
  /** Persistence granularity as prefix length, 0 to 32 or 1 to 128. */
  readonly netmask: number;
  /** Persistence engine, for example `sip`. */
  readonly persistenceEngine?: string;
}

/** Forwarding method of a destination. */
export type Forwarding =
  | { readonly method: "nat" }
  | { readonly method: "local" }
  | { readonly method: "dr" }
  | {
    readonly method: "tunnel";
    /** 0 ipip, 1 gue, 2 gre. */
    readonly tunnelType: number;
    /** UDP port of gue, else 0. */
    readonly port: number;
    /** 0 no checksum, 1 checksum, 2 remote checksum offload. */
    readonly flags: number;
  };

/** A real server in the table. Identity within its service: address and port. */
export interface Destination {
  readonly address: Ip;
  readonly port: number;
  readonly forwarding: Forwarding;
  /** 0 to 2147483647; 0 takes no new connections. */
  readonly weight: number;
  /** Connections above which it takes none; 0: no limit. */
  readonly upperThreshold: number;
  /** Connections below which it takes some again; 0: no limit. */
  readonly lowerThreshold: number;
}

/** A service and where it sends. */
export interface ServiceTable {
  readonly service: Service;
  readonly destinations: readonly Destination[];
}

/** A change of the table. Setting the absent adds it, deleting the absent succeeds. */
export type IpvsOperation =
  /** Everything goes, whoever made it. */
  | { readonly op: "flush" }
  | { readonly op: "new-service"; readonly service: Service }
  | { readonly op: "set-service"; readonly service: Service }
  | { readonly op: "delete-service"; readonly id: ServiceId }
  | { readonly op: "new-destination"; readonly id: ServiceId; readonly destination: Destination }
  | { readonly op: "set-destination"; readonly id: ServiceId; readonly destination: Destination }
  | {
    readonly op: "delete-destination";
    readonly id: ServiceId;
    readonly destination: Destination;
  };

/** What identifies a service, as a map key and in messages. */
export function serviceKey(id: ServiceId): string {
  return id.kind === "fwmark"
    ? `fwmark ${id.mark} ${id.family}`
    : `${id.protocol} [${id.address}]:${id.port}`;
}

/** What identifies a destination within its service. */
export function destinationKey(destination: Destination): string {
  return `[${destination.address}]:${destination.port}`;
}
