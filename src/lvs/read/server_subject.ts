/** What the readers of a virtual server pass around. */

import type { Bound, Phrase, Use } from "../../language/mod.ts";
import type { GlobalDefs } from "../../global/config.ts";
import type { Family } from "../../net/ip.ts";
import type { LocalAddress } from "../config.ts";
import type { Declared } from "../../track/read.ts";
import type { GroupEntry } from "../rows/group_entry.ts";
import type { TlsConfig } from "../../check/config.ts";
import type { SSL, VIRTUAL_SERVER, VirtualServerHeader } from "../rows/keywords.ts";

/** Rows of a virtual server, bound. */
export type BoundServer = Bound<typeof VIRTUAL_SERVER>;

/** LVS blocks of a file. */
export interface LvsBlocks {
  readonly groups: readonly Use<{
    readonly header: string;
    readonly entries: readonly Use<GroupEntry>[];
  }>[];
  readonly servers: readonly Use<
    { readonly header: VirtualServerHeader; readonly body: BoundServer }
  >[];
  readonly localAddressGroups: readonly Use<{
    readonly header: string;
    readonly entries: readonly Use<readonly LocalAddress[]>[];
  }>[];
  readonly declared?: Declared;
  readonly ssl?: readonly Use<{ readonly body: Bound<typeof SSL> }>[] | undefined;
}

/** The same, with its groups by name. */
export interface IndexedBlocks extends LvsBlocks {
  readonly groupByName: ReadonlyMap<string, LvsBlocks["groups"][number]>;
  /** For all SSL_GET. */
  readonly tls: Omit<TlsConfig, "verify">;
}

/** A virtual server while it is read. */
export interface Subject {
  readonly header: VirtualServerHeader;
  readonly bound: BoundServer;
  readonly self: Phrase;
  readonly label: string;
  readonly family: Family;
  readonly blocks: IndexedBlocks;
  readonly global: GlobalDefs;
}

export type Protocol = "tcp" | "udp" | "sctp";

export function entriesOf(group: string, blocks: IndexedBlocks): readonly Use<GroupEntry>[] {
  return blocks.groupByName.get(group)?.value.entries ?? [];
}
