/**
 * Whether a file may take the place of what runs. A file that is being written, or a mistake, takes away what still stands in it;
 * who means to give something up takes it out of the file.
 *
 * keepalived: takes whatever it could read, and drops the rest together with its addresses.
 */

import type { Diagnostic, RuleName } from "../language/mod.ts";
import { placeAt } from "../language/findings/place.ts";
import type { RealServerConfig, VirtualServerConfig, VirtualServerName } from "../lvs/config.ts";
import type { VirtualServerHeader } from "../lvs/rows/keywords.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../vrrp/config.ts";
import type { BoundConfig, Config } from "./config.ts";
import { type Damage, damageOf, spotsOf } from "./consequences/damage.ts";
import { nodesAt } from "./consequences/node_places.ts";
import type { BoundRoot } from "./table/root_table.ts";

/** Why a file may not. */
export interface ReloadRefusal {
  /** What is said of it, behind `Cannot reload: `. */
  readonly why: string;
  /** The file may be being written: in a moment it may be another one. */
  readonly isUnfinished: boolean;
}

/** Judges a file that was read against what runs; `undefined`: it may take its place. */
export function reloadRefusal(
  running: Pick<Config, "vrrp" | "lvs">,
  next: BoundConfig,
): ReloadRefusal | undefined {
  const { diagnostics, tree } = next;
  if (running.vrrp.instances.length + running.lvs.virtualServers.length === 0) return undefined;
  const missing = diagnostics.find(({ code }) => code === "main-file-missing");
  if (missing !== undefined) return { why: afterCannot(missing), isUnfinished: true };
  if (tree.length === 0) {
    return { why: "the file configures nothing, and something runs", isUnfinished: true };
  }
  const unclosed = diagnostics.find(({ code, follows }) =>
    code === "missing-close-brace" && follows !== true
  );
  if (unclosed !== undefined) {
    const { file, line } = unclosed;
    return { why: `a block without its "}" in ${file}:${line}`, isUnfinished: true };
  }
  const gone = goneByMistake(running, next);
  if (gone.length > 0) {
    return { why: `by its errors it lacks what runs: ${listOf(gone)}`, isUnfinished: false };
  }
  const stopped = stoppedByMissing(running.vrrp, next);
  if (stopped.length > 0) {
    const why = `what runs would stop for want of an interface: ${listOf(stopped)}`;
    return { why, isUnfinished: false };
  }
  return cutOff(running, next);
}

/** The first few of many. */
function listOf(all: readonly string[]): string {
  const more = all.length > MAX_SHOWN ? ` and ${all.length - MAX_SHOWN} more` : "";
  return all.slice(0, MAX_SHOWN).join(", ") + more;
}

/**
 * Interfaces that do not exist and that an instance which runs, or a member of its group, newly stands on: it would be in FAULT at
 * once, and the group with it. `dynamic_interfaces` says that they come, and then they are in no finding.
 */
function stoppedByMissing(
  running: VrrpConfig,
  { config, diagnostics }: BoundConfig,
): readonly string[] {
  const missing = new Set(
    diagnostics.flatMap(({ code, about }) =>
      code === "interface-missing" && about?.kind === "interface" ? [about.name] : []
    ),
  );
  if (missing.size === 0) return [];
  const before = new Map(running.instances.map((each) => [each.name, each]));
  const follows = new Set(
    config.vrrp.groups.filter(({ members }) => members.some((name) => before.has(name)))
      .flatMap(({ members }) => members),
  );
  return config.vrrp.instances.flatMap((instance) => {
    const { name } = instance;
    const old = before.get(name);
    if (old === undefined && !follows.has(name)) return [];
    const had = new Set(old === undefined ? [] : standsOn(old));
    return standsOn(instance).filter((each) => missing.has(each) && !had.has(each))
      .map((each) => `${each} of ${name}`);
  });
}

/** Interfaces without which an instance is in FAULT. */
function standsOn({ interface: own, tracks }: VrrpInstanceConfig): readonly string[] {
  const tracked = tracks.flatMap(({ tracker, weight }) =>
    tracker.kind === "interface" && weight === 0 ? [tracker.name] : []
  );
  return [...new Set([...own === undefined ? [] : [own], ...tracked])];
}

/** A file that ends in a word nobody knows and lacks something that runs: the rest of it may be to come. */
function cutOff(
  running: Pick<Config, "vrrp" | "lvs">,
  next: BoundConfig,
): ReloadRefusal | undefined {
  const cut = lastWordOf(next);
  if (cut === undefined || !lacksWhole(running, next.config)) return undefined;
  const { file, line } = cut;
  return { why: `nothing is known of the last line, ${file}:${line}`, isUnfinished: true };
}

/** An unknown word behind everything else: where a file that is being written may end just now. */
function lastWordOf({ diagnostics, tree }: BoundConfig): Diagnostic | undefined {
  const unknown = diagnostics.findLast(({ code, follows }) =>
    code === "unknown-keyword" && follows !== true
  );
  if (unknown === undefined) return undefined;
  let last = tree.at(-1);
  for (let inner = last; inner !== undefined; inner = inner.children.at(-1)) last = inner;
  const end = last && placeAt(last.line, 0);
  return end?.file === unknown.file && end.line < unknown.line ? unknown : undefined;
}

/** Whether an instance or a virtual server that runs is not in what was read at all. */
function lacksWhole(running: Pick<Config, "vrrp" | "lvs">, next: Config): boolean {
  const instances = new Set(next.vrrp.instances.map(({ name }) => name));
  const servers = new Set(next.lvs.virtualServers.map(({ name }) => labelOf(name)));
  return running.vrrp.instances.some(({ name }) => !instances.has(name)) ||
    running.lvs.virtualServers.some(({ name }) => !servers.has(labelOf(name)));
}

/** Things that are named. */
const MAX_SHOWN = 3;

function afterCannot({ message }: Diagnostic): string {
  return message.replace(/^Cannot /, "cannot ");
}

/** Findings of text that is not read: anything can have been in it. */
const HOLES: readonly RuleName[] = [
  "include-failed",
  "include-loop",
  "expansion-too-long",
  "line-too-long",
  "nul-in-line",
];

/** What errors took from what was read. */
interface Mistakes {
  /** Looked for when something is gone. */
  readonly damage: () => Damage;
  /** Text was not read. */
  readonly hasHole: boolean;
}

/** What runs, is not in what was read, and would be but for an error. */
function goneByMistake(
  running: Pick<Config, "vrrp" | "lvs">,
  { config, root, tree, diagnostics }: BoundConfig,
): readonly string[] {
  let damage: Damage | undefined;
  const mistakes: Mistakes = {
    damage: () => damage ??= damageOf(diagnostics, nodesAt(tree, spotsOf(diagnostics))),
    hasHole: diagnostics.some(({ code, severity }) => severity !== "info" && HOLES.includes(code)),
  };
  return [
    ...instancesGone(running.vrrp.instances, { now: config.vrrp.instances, root, mistakes }),
    ...serversGone(running.lvs.virtualServers, { now: config.lvs.virtualServers, root, mistakes }),
  ];
}

/** A part as it was read. */
interface ReadPart<T> {
  readonly now: readonly T[];
  readonly root: BoundRoot;
  readonly mistakes: Mistakes;
}

function instancesGone(
  running: readonly VrrpInstanceConfig[],
  { now, root, mistakes }: ReadPart<VrrpInstanceConfig>,
): readonly string[] {
  const read = new Map(now.map((each) => [each.name, each]));
  const blocks = new Map(root.vrrp_instance?.map((use) => [use.value.header, use]));
  return running.flatMap((instance) => {
    const { name } = instance;
    const next = read.get(name);
    if (next === undefined) {
      return isBlockLost(mistakes, "vrrp_instance", name) ? [`vrrp_instance ${name}`] : [];
    }
    const kept = new Set(addressesOf(next));
    const gone = addressesOf(instance).filter((address) => !kept.has(address));
    if (gone.length === 0) return [];
    const block = blocks.get(name);
    const isLost = mistakes.hasHole ||
      (block && mistakes.damage().isRefused(block, ADDRESS_LISTS)) === true;
    return isLost ? gone.map((address) => `${address} of ${name}`) : [];
  });
}

const ADDRESS_LISTS = ["virtual_ipaddress", "virtual_ipaddress_excluded"] as const;

function addressesOf(
  { virtualAddresses, excludedAddresses }: VrrpInstanceConfig,
): readonly string[] {
  return [...virtualAddresses, ...excludedAddresses].map(({ address }) => address);
}

function serversGone(
  running: readonly VirtualServerConfig[],
  { now, root, mistakes }: ReadPart<VirtualServerConfig>,
): readonly string[] {
  const read = new Map(now.map((each) => [labelOf(each.name), each]));
  const blocks = Map.groupBy(root.virtual_server ?? [], ({ value }) => firstLineOf(value.header));
  return running.flatMap((server) => {
    const label = labelOf(server.name);
    const next = read.get(label);
    if (next === undefined) {
      return isBlockLost(mistakes, "virtual_server", firstWordOf(server.name))
        ? [`virtual_server ${label}`]
        : [];
    }
    const kept = new Set(next.realServers.map(endpointOf));
    const gone = server.realServers.map(endpointOf).filter((each) => !kept.has(each));
    if (gone.length === 0) return [];
    const isLost = mistakes.hasHole ||
      (blocks.get(firstLineOf(server.name)) ?? []).some((block) =>
        mistakes.damage().isRefused(block, ["real_server"])
      );
    return isLost ? gone.map((each) => `real_server ${each} of ${label}`) : [];
  });
}

/** Whether an error took a block of this keyword and first word. */
function isBlockLost({ damage, hasHole }: Mistakes, keyword: string, name: string): boolean {
  return hasHole || damage().takes(keyword, name);
}

/** With the protocol, which tells two servers of one address and port apart. */
function labelOf(name: VirtualServerName): string {
  return name.kind === "address" ? `${firstLineOf(name)} ${name.protocol}` : firstLineOf(name);
}

/** As in the first line of its block. */
function firstLineOf(name: VirtualServerName | VirtualServerHeader): string {
  switch (name.kind) {
    case "address":
      return `${name.address} ${name.port ?? 0}`;
    case "fwmark":
      return `fwmark ${name.mark}`;
    case "group":
      return `group ${name.group}`;
  }
}

function firstWordOf(name: VirtualServerName): string {
  return name.kind === "address" ? name.address : name.kind;
}

function endpointOf({ address, port }: RealServerConfig): string {
  return `${address} ${port}`;
}
