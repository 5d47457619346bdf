/** What is known of a host. What could not be found out is absent, and is no finding by itself. */

import type { Ip } from "../net/mod.ts";
import type { Chain } from "./firewall/ruleset.ts";

/** One interface. */
export interface LinkFact {
  readonly name: string;
  readonly up: boolean;
  /** Carrier is there; of one that is down it is not known. */
  readonly carrier: boolean;
  readonly multicast: boolean;
  readonly loopback: boolean;
  /** Own and virtual ones. */
  readonly addresses: readonly Ip[];
}

/** A process that may be in the way. */
export interface ProcessFact {
  readonly pid: number;
  /** As the kernel names it (`comm`). */
  readonly name: string;
}

/** A virtual address that somebody else answers for. */
export interface WireFact {
  readonly address: Ip;
  readonly interface: string;
  readonly mac: string;
}

/** How a real server answered. */
export interface ServerFact {
  readonly address: Ip;
  readonly port: number;
  readonly outcome: "open" | "refused" | "silent" | "no-route";
}

/** Everything that was found out. */
export interface Facts {
  /** `uname -r`. */
  readonly kernel: string;
  readonly modules: {
    /** Loaded, or built in. */
    readonly there: ReadonlySet<string>;
    /** Files of them are there to be loaded; absent: nobody knows, as in a container. */
    readonly loadable?: ReadonlySet<string>;
  };
  /** By their names in /proc/sys: `net/ipv4/ip_forward`. */
  readonly sysctls: ReadonlyMap<string, string>;
  /** Effective capabilities of who looks, a bit each (linux/capability.h); absent: not known. */
  readonly capabilities?: bigint;
  /** Without those of the daemon itself. */
  readonly links: readonly LinkFact[];
  readonly firewall: {
    readonly chains: readonly Chain[];
    /** Why some could not be read. */
    readonly unread: readonly string[];
    /** Who writes the rules, where that is known: `firewalld`, `ufw`. */
    readonly manager?: string;
  };
  readonly limits: {
    /** Hard limit of open files. */
    readonly openFiles?: number;
    /** Hard limit of locked memory, bytes. */
    readonly lockedMemory?: number;
    /** Highest priority of real time. */
    readonly realTime?: number;
  };
  readonly clock: {
    /** `/sys/devices/system/clocksource/clocksource0/current_clocksource`. */
    readonly source?: string;
    /** Somebody keeps the time: a daemon runs, or the host says that the time is right. */
    readonly kept?: boolean;
  };
  readonly processes: readonly ProcessFact[];
  /** Interfaces NetworkManager manages. */
  readonly managed: readonly string[];
  /** Absent: nobody asked. */
  readonly wire?: readonly WireFact[];
  readonly servers: readonly ServerFact[];
}
