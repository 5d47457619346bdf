/** Routes and rules as written: what each option says, before names are numbers and what was left out is filled in. */

import type { Encapsulation, Prefix, RouteMetric } from "../kernel/route.ts";
import type { Span } from "../kernel/rule.ts";
import type { Word } from "../language/source/words.ts";
import type { Family, Ip } from "../net/ip.ts";
import type { NameTable } from "./config.ts";

/** A name of a table. */
export interface NameRef {
  readonly table: NameTable;
  readonly name: string;
}

/** A number, or a name for one. */
export type Named = number | NameRef;

/** `[<from>/]<to>`. */
export interface WrittenRealms {
  readonly from?: Named;
  readonly to: Named;
}

/** What routes and rules of both kinds say. */
export interface CommonFields {
  readonly tos?: Named;
  readonly protocol?: Named;
  readonly realms?: WrittenRealms;
  readonly table?: Named;
  readonly noTrack?: true;
}

/** A `nexthop`. */
export interface HopFields {
  readonly gateway?: Ip;
  readonly device?: string;
  readonly weight?: number;
  readonly onlink?: true;
  readonly encapsulation?: Encapsulation;
  readonly realms?: WrittenRealms;
}

/** What a route says. */
export interface RouteFields extends CommonFields, Omit<HopFields, "weight"> {
  /** Of `ROUTE_TYPE`. */
  readonly type?: number;
  /** `default`: everything, of the family that the rest of the route is of. */
  readonly destination?: Prefix | "default";
  readonly source?: Prefix;
  readonly preferredSource?: Ip;
  readonly scope?: Named;
  readonly priority?: number;
  /** VRF device. */
  readonly vrf?: string;
  readonly expires?: number;
  readonly preference?: number;
  readonly ttlPropagate?: boolean;
  readonly place?: "add" | "prepend" | "append";
  /** Added to those before. */
  readonly metrics?: readonly RouteMetric[];
  /** Added to those before: `nexthop` and `or`. */
  readonly nextHops?: readonly HopFields[];
}

/** What a rule says. */
export interface RuleFields extends CommonFields {
  readonly priority?: number;
  /** Of `RULE_ACTION`; absent: a table. */
  readonly action?: number;
  readonly target?: number;
  readonly l3mdev?: true;
  readonly not?: true;
  readonly source?: Prefix | "default";
  readonly destination?: Prefix | "default";
  readonly mark?: { readonly value: number; readonly mask: number };
  readonly inputDevice?: string;
  readonly outputDevice?: string;
  readonly tunnelId?: number;
  readonly suppressGroup?: Named;
  readonly suppressPrefixLength?: number;
  readonly users?: Span;
  readonly ipProtocol?: Named;
  readonly sourcePorts?: Span;
  readonly destinationPorts?: Span;
}

/** Words that only the machine can judge. */
export interface MachineWords {
  readonly interfaces?: readonly Word[];
  readonly names?: readonly { readonly table: NameTable; readonly word: Word }[];
}

/** What one option says. */
export interface Said<F> extends MachineWords {
  /** Of the addresses in it. */
  readonly family?: Family;
  readonly fields: F;
}

/** An entry: its fields, and what else is to be known of it. */
export interface Written<F> {
  /** Of its addresses; absent: nothing says so, which is IPv4. */
  readonly family?: Family;
  readonly fields: F;
  readonly interfaces: readonly Word[];
  readonly names: NonNullable<MachineWords["names"]>;
  /** Interfaces without which it cannot be there (`dev`, `iif`, `oif`); none with `no_track`. */
  readonly tracked: readonly string[];
  /** Group whose members fail with it. */
  readonly trackGroup?: Word;
}

/** A route as written. */
export type WrittenRoute = Written<RouteFields>;

/** A rule as written. */
export type WrittenRule = Written<RuleFields>;

/** Fields with more said: later ones count, but that lists grow. */
export function withFields<F extends object>(before: F, more: F): F {
  const lists = Object.entries(more).filter(([, value]) => Array.isArray(value)).map((
    [name, value],
  ) => [name, [...(before as Record<string, readonly unknown[]>)[name] ?? [], ...value]]);
  return { ...before, ...more, ...Object.fromEntries(lists) };
}
