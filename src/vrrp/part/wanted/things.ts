/** Routes and rules that should be in the kernel: those of masters, and the static ones. */

import { addressKey } from "../../../kernel/address.ts";
import type { NftTableId } from "../../../kernel/nft.ts";
import type { SyncDaemon } from "../../../kernel/ipvs/sync_daemon.ts";
import type { Route } from "../../../kernel/route.ts";
import type { OwnLink } from "../../../kernel/own_link.ts";
import type { Rule } from "../../../kernel/rule.ts";
import { type Thing, thingKey } from "../../../kernel/thing.ts";
import { thingText } from "../../../kernel/thing_text.ts";
import type { FaultCause } from "../../../notify/mod.ts";
import type { ConfiguredRoute, ConfiguredRule } from "../../../route/config.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../../config.ts";
import { firewallTables } from "../../firewall.ts";
import { type KernelFacts, linkNamed } from "../../kernel_facts.ts";
import { allAddresses, kernelAddress } from "../../virtual_address.ts";
import { linksOf, vmacThings } from "../../vmac.ts";
import type { VrrpPart } from "../part_state.ts";

/** Who wants what, by key, as long as links and configuration are the same. */
interface Index {
  readonly byName: KernelFacts["byName"];
  readonly own: KernelFacts["own"];
  readonly wishes: ReadonlyMap<string, Wish>;
}

/** A thing, and who has it. */
interface Wish {
  readonly thing: Thing;
  /** Positions of instances; `always`: it is static. */
  readonly holders: readonly number[] | "always";
}

/** What should be there now under a key. */
export function desiredThing(part: VrrpPart, key: string): Thing | undefined {
  if (part.phase !== "running") return undefined;
  const wish = wishesOf(part).get(key);
  if (wish === undefined) return undefined;
  const { thing, holders } = wish;
  const wanted = holders === "always" ||
    holders.some((at) => part.instances[at]?.state.kind === "master");
  return wanted ? thing : undefined;
}

/** Everything that could be there, whatever the states. */
export function configuredThings(part: VrrpPart): readonly Thing[] {
  return [...wishesOf(part).values()].map(({ thing }) => thing);
}

/** A route, rule or link of its own, its interfaces by name, or what is known by its name alone. */
export type NamedThing =
  | { readonly kind: "route"; readonly value: Route<string> }
  | { readonly kind: "own-link"; readonly value: Pick<OwnLink, "name" | "mac" | "ipvlan"> }
  | { readonly kind: "rule"; readonly value: Rule }
  | { readonly kind: "nft"; readonly value: NftTableId }
  | { readonly kind: "sync-daemon"; readonly value: SyncDaemon };

/** Everything a configuration may put into the kernel, whatever the states and links. */
export function namedThings(
  { instances, staticRoutes, staticRules }: VrrpConfig,
): readonly NamedThing[] {
  const of = (
    routes: readonly ConfiguredRoute[],
    rules: readonly ConfiguredRule[],
  ): readonly NamedThing[] => [
    ...routes.map(({ route: value }) => ({ kind: "route", value }) as const),
    ...rules.map(({ rule: value }) => ({ kind: "rule", value }) as const),
  ];
  return [
    ...of(staticRoutes, staticRules),
    ...instances.flatMap(({ virtualRoutes, virtualRules }) => of(virtualRoutes, virtualRules)),
    ...instances.flatMap(linksOf).map(({ name, mac, ipvlan }): NamedThing => ({
      kind: "own-link",
      value: {
        name,
        ...(mac !== undefined && { mac }),
        ...(ipvlan !== undefined && { ipvlan: ipvlan.mode }),
      },
    })),
  ];
}

/** A thing with its interfaces by index; none while one of them is not there or down, when the kernel would refuse it. */
export function placedThing(
  named: NamedThing,
  { kernel }: { readonly kernel: Pick<KernelFacts, "byName"> },
): Thing | undefined {
  if (named.kind === "rule" || named.kind === "sync-daemon") return named;
  // What is in it is nothing to whoever deletes or replaces it.
  if (named.kind === "nft") return { kind: "nft", value: { ...named.value, sets: [], chains: [] } };
  // To be deleted it is known by its name, kind and hardware address.
  if (named.kind === "own-link") {
    return { kind: "own-link", value: { ...named.value, base: 0, settings: [] } };
  }
  const value = placed(named.value, kernel);
  return value && { kind: "route", value };
}

/** Keys of what an instance has, or would have. */
export function thingKeysOf(config: VrrpInstanceConfig, kernel: KernelFacts): readonly string[] {
  return ownThings(config, kernel).map(({ thing }) => thingKey(thing));
}

/** Why an instance cannot be master: what it may not be without is gone for good. */
export function lostOf(
  config: VrrpInstanceConfig,
  { kernel, lost }: { readonly kernel: KernelFacts; readonly lost: ReadonlyMap<string, string> },
): readonly FaultCause[] {
  if (lost.size === 0) return [];
  const addresses = allAddresses(config).flatMap((virtual) => {
    const address = virtual.noTrack === true ? undefined : kernelAddress(virtual, config, kernel);
    if (address === undefined) return [];
    const what = `address ${address.address}/${address.prefixLength}`;
    return [{ key: `address ${addressKey(address)}`, what }];
  });
  const things = ownThings(config, kernel).flatMap(({ thing, tracked }) =>
    tracked ? [{ key: thingKey(thing), what: thingText(thing) }] : []
  );
  return [...addresses, ...things].flatMap(({ key, what }): readonly FaultCause[] => {
    const why = lost.get(key);
    return why === undefined ? [] : [{ kind: "lost", what, why }];
  });
}

/** Whether a configuration speaks of anything of this kind. */
export function speaksOfThings(config: VrrpConfig): boolean {
  const { instances, staticRoutes, staticRules, silentIgmp } = config;
  return staticRoutes.length > 0 || staticRules.length > 0 || silentIgmp === true ||
    instances.some((each) =>
      each.virtualRoutes.length > 0 || each.virtualRules.length > 0 ||
      each.promoteSecondaries === true || linksOf(each).length > 0 || !each.accept
    );
}

/** What stands in the way of packets, and of reports of groups, whatever the states. */
function guardingThings(config: VrrpConfig, kernel: KernelFacts): readonly Thing[] {
  return [
    ...firewallTables(config, kernel).map((value) => ({ kind: "nft", value }) as const),
    ...(config.silentIgmp === true
      ? [
        {
          kind: "sysctl",
          value: { name: "net/ipv4/igmp_link_local_mcast_reports", value: "0" },
        } as const,
      ]
      : []),
  ];
}

function wishesOf({ config, kernel }: VrrpPart): ReadonlyMap<string, Wish> {
  const known = remembered.get(config);
  if (known?.byName === kernel.byName && known.own === kernel.own) return known.wishes;
  const wishes = new Map<string, Wish>();
  const { staticRoutes, staticRules } = config;
  for (const { thing } of thingsOf({ routes: staticRoutes, rules: staticRules }, kernel)) {
    wishes.set(thingKey(thing), { thing, holders: "always" });
  }
  for (const thing of config.instances.flatMap((each) => promotionOf(each, kernel))) {
    wishes.set(thingKey(thing), { thing, holders: "always" });
  }
  for (const [at, instance] of config.instances.entries()) {
    for (const { thing } of ownThings(instance, kernel)) {
      const key = thingKey(thing);
      const before = wishes.get(key);
      if (before?.holders === "always") continue;
      wishes.set(key, {
        thing: before?.thing ?? thing,
        holders: [...before?.holders ?? [], at],
      });
    }
  }
  for (const thing of [...vmacThings(config, kernel), ...guardingThings(config, kernel)]) {
    wishes.set(thingKey(thing), { thing, holders: "always" });
  }
  remembered.set(config, { byName: kernel.byName, own: kernel.own, wishes });
  return wishes;
}

const remembered = new WeakMap<VrrpConfig, Index>();

/** A thing, and whether who has it may not be without. */
interface Tracked {
  readonly thing: Thing;
  readonly tracked: boolean;
}

/** keepalived: on from the start, not only while it is master, and as it was at the end. */
function promotionOf(
  { promoteSecondaries, interface: ifname }: VrrpInstanceConfig,
  kernel: KernelFacts,
): readonly Thing[] {
  if (promoteSecondaries !== true || linkNamed(kernel, ifname) === undefined) return [];
  const name = `net/ipv4/conf/${ifname}/promote_secondaries`;
  return [{ kind: "sysctl", value: { name, value: "1" } }];
}

function ownThings(
  { virtualRoutes, virtualRules }: VrrpInstanceConfig,
  kernel: KernelFacts,
): readonly Tracked[] {
  return thingsOf({ routes: virtualRoutes, rules: virtualRules }, kernel);
}

function thingsOf(
  { routes, rules }: {
    readonly routes: readonly ConfiguredRoute[];
    readonly rules: readonly ConfiguredRule[];
  },
  kernel: KernelFacts,
): readonly Tracked[] {
  return [
    ...routes.flatMap(({ route, noTrack }): readonly Tracked[] => {
      const value = placed(route, kernel);
      const tracked = noTrack !== true;
      return value === undefined ? [] : [{ thing: { kind: "route", value }, tracked }];
    }),
    ...rules.map(({ rule, noTrack }): Tracked => ({
      thing: { kind: "rule", value: rule },
      tracked: noTrack !== true,
    })),
  ];
}

/**
 * A route with its interfaces by index and the table of its VRF; none while one of them is not there or down, when the kernel would refuse
 * it.
 */
function placed(
  { vrf, ...route }: Route<string>,
  kernel: Pick<KernelFacts, "byName">,
): Route | undefined {
  const table = vrf === undefined ? route.table : linkNamed(kernel, vrf)?.vrfTable;
  if (table === undefined) return undefined;
  const nextHops = route.nextHops.flatMap((hop): Route["nextHops"] => {
    const { device, ...rest } = hop;
    if (device === undefined) return [rest];
    const link = linkNamed(kernel, device);
    return link?.up === true ? [{ ...rest, device: link.ifindex }] : [];
  });
  return nextHops.length === route.nextHops.length ? { ...route, table, nextHops } : undefined;
}
