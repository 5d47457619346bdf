/** News of virtual servers, their real servers and the checkers of those. */

import type { ScriptCommand } from "../global/config.ts";
import type { Ip } from "../net/ip.ts";
import type { Cause } from "./cause.ts";

/** Commands run when something comes up or goes down. */
export interface UpDownScripts {
  readonly up?: ScriptCommand | undefined;
  readonly down?: ScriptCommand | undefined;
  /** `smtp_alert`: mails are sent as well. */
  readonly smtpAlert?: true;
}

/** A real server of a virtual server, both by their labels (cli.tsv, service notation). */
export interface ServerPlace {
  readonly server: string;
  readonly of: string;
}

/** What a checker has to tell. */
export type CheckerReport =
  /** The first success, or the one that brings the server back. */
  | { readonly kind: "succeeded"; readonly remark?: string }
  /** Good, but odd, and otherwise than before. */
  | { readonly kind: "odd"; readonly remark: string }
  /** The attempt that brings the server down, or that finds it down at first. */
  | { readonly kind: "failed"; readonly retries: number; readonly why: string }
  /** Any other failed attempt; only with `logAllFailures`. */
  | { readonly kind: "attempt-failed"; readonly why: string }
  /** The fault is on this node; the server is not judged. */
  | { readonly kind: "inconclusive"; readonly why: string };

/** A checker begins, or waits for the address of its service. */
export interface CheckerBegunNews extends ServerPlace {
  readonly kind: "checker-begun" | "checker-suspended";
}

/** A checker found something worth telling. */
export interface CheckerNews extends ServerPlace {
  readonly kind: "checker";
  /** Its name in messages: `TCP_CHECK`. */
  readonly checker: string;
  readonly report: CheckerReport;
}

/** A checker found its part of a server otherwise than before, and the server stays what it is: another checker decides. */
export interface CheckerTurnedNews extends ServerPlace {
  readonly kind: "checker-turned";
  /** The checker; what the server is, is said elsewhere. */
  readonly up: boolean;
  readonly cause: Cause;
  readonly scripts: Pick<UpDownScripts, "smtpAlert">;
}

/** A real server came up or went down. */
export interface RealServerNews extends ServerPlace {
  readonly kind: "real-server";
  readonly up: boolean;
  /** While down it stays in the table with weight 0. */
  readonly inhibit: boolean;
  readonly cause: Cause;
  /** Who is told, as configured where it happened. */
  readonly scripts: UpDownScripts;
}

/** The weight of a real server changed. */
export interface WeightNews extends ServerPlace {
  readonly kind: "weight";
  /** ≥ 0. */
  readonly from: number;
  readonly to: number;
  /** It is in service. */
  readonly alive: boolean;
  readonly cause: Cause;
}

/** A real server leaves the table because the program ends. */
export interface ServerClosesNews extends ServerPlace {
  readonly kind: "real-server-closes";
}

/** A real server that is configured no more keeps its connections for a while, or is gone now. */
export interface ServerLeavesNews extends ServerPlace {
  readonly kind: "real-server-leaves";
  /** `begins`: with weight 0 from now on; `over`: it has no connections; `late`: the time is over. */
  readonly step: "begins" | "over" | "late";
  /** The time at the beginning, µs. */
  readonly within?: number;
  /** Connections that end, when they could be counted. */
  readonly connections?: number;
}

/** A local address of full NAT runs out of ports to one real server, or does no more. */
export interface LocalAddressNews {
  readonly kind: "local-address";
  readonly address: Ip;
  /** Absent: there is room again. */
  readonly crowded?: {
    readonly server: Ip;
    readonly port: number;
    readonly connections: number;
    /** So many there are. */
    readonly of: number;
  };
}

/** A virtual server gained quorum, lost it, or begins with or without it. */
export interface VirtualServerNews {
  readonly kind: "virtual-server";
  /** Its label. */
  readonly name: string;
  readonly up: boolean;
  /** Sum of the weights of the servers that are alive. */
  readonly liveWeight: number;
  /** What that is compared with. */
  readonly needed: number;
  /** The server that has the traffic while there is no quorum. */
  readonly sorry?: {
    readonly server: string; /** Its weight is 0 else. */
    readonly inhibit: boolean;
  };
  readonly cause: Cause;
  readonly scripts: UpDownScripts;
}

/** A virtual server is no longer configured. */
export interface VirtualServerRemovedNews {
  readonly kind: "virtual-server-removed";
  readonly name: string;
}

/** What happens to virtual and real servers. */
export type LvsNews =
  | CheckerBegunNews
  | CheckerNews
  | CheckerTurnedNews
  | RealServerNews
  | WeightNews
  | ServerClosesNews
  | ServerLeavesNews
  | LocalAddressNews
  | VirtualServerNews
  | VirtualServerRemovedNews;
