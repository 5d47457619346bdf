/** Routes and rules as configured: values of the kernel, with interfaces by name. */

import type { Route } from "../kernel/route.ts";
import type { Rule } from "../kernel/rule.ts";

/** What is said of a route or rule besides what it is. */
interface Entry {
  /** Nobody cares whether it is there, nor whether its interface is. */
  readonly noTrack?: true;
  /** Static ones: `track_group` whose members are in fault while it is missing. */
  readonly trackGroup?: string;
}

/** An entry of `virtual_routes` or `static_routes`. */
export interface ConfiguredRoute extends Entry {
  readonly route: Route<string>;
}

/** An entry of `virtual_rules` or `static_rules`. */
export interface ConfiguredRule extends Entry {
  readonly rule: Rule;
}

/** Files of iproute2 that give numbers names; the last is `/etc/protocols`. */
export type NameTable =
  | "rt_dsfield"
  | "rt_protos"
  | "rt_realms"
  | "rt_scopes"
  | "rt_tables"
  | "group"
  | "protocols";

/** Folders of such files (`iproute_usr_dir`, `iproute_etc_dir`); absent: those of the system. */
export interface NameFolders {
  readonly usr?: string;
  readonly etc?: string;
}

/** The number a table gives a name; `undefined` when it has none of it. */
export type RouteNames = (table: NameTable, name: string) => number | undefined;

/** The numbers of names where no table can be read: those that the kernel's headers give (`linux/rtnetlink.h`). */
export function kernelNames(table: NameTable, name: string): number | undefined {
  const names = KERNEL_TABLES[table] ?? {};
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

const KERNEL_TABLES: Readonly<Partial<Record<NameTable, Readonly<Record<string, number>>>>> = {
  rt_protos: { redirect: 1, kernel: 2, boot: 3, static: 4, keepalived: 18 },
  rt_scopes: { global: 0, site: 200, link: 253, host: 254, nowhere: 255 },
  rt_tables: { default: 253, main: 254, local: 255 },
  group: { default: 0 },
  protocols: { icmp: 1, tcp: 6, udp: 17, "ipv6-icmp": 58, sctp: 132 },
};
