/**
 * The addresses of a virtual host as Linux keeps them: primaries and secondaries of a subnet, promotion or the loss of all
 * neighbours, what an interface takes along when it goes; and the core's way with it.
 */

import {
  type Address,
  addressKey,
  type AddressOperation,
  ESTALE,
  isMarked,
  VIRTUAL_ROUTER,
} from "../kernel/address.ts";
import { type KernelOperation, sameThing, spotOf, type Thing, thingKey } from "../kernel/thing.ts";
import type { Link } from "../kernel/link.ts";
import type { NextHop, Route } from "../kernel/route.ts";
import { familyOf, networkOf } from "../net/mod.ts";
import type { WorldEvent } from "../world/mod.ts";

const [EEXIST, ENODEV, EINVAL, ENETDOWN] = [17, 19, 22, 100];

/** What is told of links, addresses, and where others have a hand in routes and rules. */
export type KernelNews = Extract<
  WorldEvent,
  { readonly kind: "link" | "address" | "things-shaken" }
>;

/** The kernel of one host. What changes is told at once, whoever does it. */
export interface VirtualKernel {
  /** By index. */
  links(): readonly Link[];
  /** In the kernel's order. */
  addresses(): readonly Address[];
  /** Carries out what the core is ordered; one `errno` each. */
  apply(operations: readonly AddressOperation[]): readonly number[];
  /** What of routes and rules is there, by key. */
  things(): ReadonlyMap<string, Thing>;
  /** Carries out what the core is ordered; one `errno` each. */
  applyThings(operations: readonly KernelOperation[]): readonly number[];
  /** From now on the kernel refuses to add a thing with this `errno`; 0: not any more. */
  refuse(key: string, errno: number): void;
  /** Somebody else deletes a route or rule. */
  takeThing(key: string): void;
  /** `ip address add` of somebody else; false when it is there. */
  add(address: Address): boolean;
  /** `ip address del` of somebody else. */
  remove(address: Address): void;
  /** `ip address flush` of somebody else. */
  flush(ifindex: number): void;
  /** `promote_secondaries` of an interface, off at first. */
  promote(ifindex: number, on: boolean): void;
  /** A link appears or changes. One that goes down loses its IPv6 addresses. */
  setLink(link: Link): void;
  /** A link goes, with its addresses. */
  removeLink(ifindex: number): void;
  /** The core ends, and with it what it knew. */
  forget(): void;
  /** Power is cut: nothing is told. */
  clear(): void;
}

/** A kernel with these links and addresses. `remembers`: who added an address is told (Linux 5.18). */
export function createKernel(
  { links: initial, addresses, remembers, tell }: {
    readonly links: readonly Link[];
    readonly addresses: readonly Address[];
    readonly remembers: boolean;
    readonly tell: (news: KernelNews) => void;
  },
): VirtualKernel {
  const links = new Map(initial.map((link) => [link.ifindex, link]));
  const promoting = new Set<number>();
  let table: readonly Address[] = [];
  const things = new Map<string, Thing>();
  const refused = new Map<string, number>();
  /** What the core knows of addresses it added: whether they still are ours, or somebody else has added them anew. */
  const known = new Map<string, "ours" | "taken">();
  /** Before, nobody listens. */
  let open = false;
  for (const address of addresses) insert(address, false);
  open = true;
  /** What is told of `table`: every packet asks. */
  let asked: { readonly of: readonly Address[]; readonly told: readonly Address[] } | undefined;

  function allTold(): readonly Address[] {
    if (asked?.of !== table) asked = { of: table, told: table.map(told) };
    return asked.told;
  }

  function told(address: Address): Address {
    const { protocol, ...rest } = address;
    return remembers && protocol !== undefined ? { ...rest, protocol } : rest;
  }

  function notify(address: Address, removed: boolean, byOrder: boolean): void {
    if (open) tell({ kind: "address", address: told(address), removed, ordered: byOrder });
  }

  /** `__inet_insert_ifa`: primaries before secondaries, each kind in the order of arrival. */
  function insert(address: Address, byOrder: boolean): number {
    if (!links.has(address.ifindex)) return ENODEV;
    const key = addressKey(address);
    if (table.some((each) => addressKey(each) === key)) {
      if (byOrder && !known.has(key)) known.set(key, "taken");
      return EEXIST;
    }
    const { secondary: _, ...plain } = address;
    const behind = familyOf(address.address) === "inet" &&
      table.some((each) => subnetOf(each) === subnetOf(address));
    const added: Address = behind ? { ...plain, secondary: true } : plain;
    const at = behind ? -1 : table.findIndex((each) => each.secondary === true);
    table = at < 0 ? [...table, added] : table.toSpliced(at, 0, added);
    if (byOrder) known.set(key, "ours");
    else if (known.has(key)) known.set(key, "taken");
    notify(added, false, byOrder);
    return 0;
  }

  /** `__inet_del_ifa`: a primary takes its secondaries along, unless the first of them is promoted. */
  function take(address: Address, promotes: boolean, byOrder: boolean): readonly Address[] {
    const key = addressKey(address);
    const found = table.find((each) => addressKey(each) === key);
    if (found === undefined) return [];
    const primary = familyOf(found.address) === "inet" && found.secondary !== true;
    const followers = primary
      ? table.filter((each) => each !== found && subnetOf(each) === subnetOf(found))
      : [];
    const lost = promotes ? [] : followers;
    table = table.filter((each) => each !== found && !lost.includes(each));
    for (const each of lost) notify(each, true, false);
    dropRoutes(({ preferredSource }) =>
      [found, ...lost].some(({ address }) => address === preferredSource)
    );
    if (byOrder) known.delete(key);
    notify(found, true, byOrder);
    const [heir] = promotes ? followers : [];
    if (heir !== undefined) {
      const { secondary: _, ...promoted } = heir;
      table = table.map((each) => each === heir ? promoted : each);
      notify(promoted, false, known.get(addressKey(promoted)) === "ours");
    }
    return lost;
  }

  /** The core: promotes for the moment of a deletion, and refuses one whose giver had not heard the latest. */
  function obey({ op, address }: AddressOperation): number {
    if (op === "add") {
      const errno = insert({ ...address, protocol: VIRTUAL_ROUTER }, true);
      return errno === EEXIST ? 0 : errno;
    }
    const taken = known.get(addressKey(address)) === "taken";
    if (taken && isMarked(address) && familyOf(address.address) === "inet") return ESTALE;
    take(address, true, true);
    return 0;
  }

  /** Without a word, as the kernel does in IPv4, go routes through an interface or with an address that went. */
  function dropRoutes(isMeant: (route: Route) => boolean): void {
    for (const [key, { kind, value }] of things) {
      if (kind === "route" && isMeant(value)) things.delete(key);
    }
  }

  function obeyThing({ op, ...thing }: KernelOperation): number {
    if (op === "delete") {
      const there = things.get(thingKey(thing));
      if (there !== undefined && sameThing(thing, there)) things.delete(thingKey(thing));
      return 0;
    }
    const refusal = refused.get(thingKey(thing)) ?? 0;
    if (refusal !== 0) return refusal;
    if (thing.kind === "route") {
      const { nextHops, preferredSource } = thing.value;
      const isUp = ({ device }: NextHop) => device === undefined || links.get(device)?.up === true;
      if (!nextHops.every(isUp)) return ENETDOWN;
      const isThere = preferredSource === undefined ||
        table.some(({ address }) => address === preferredSource);
      if (!isThere) return EINVAL;
    }
    things.set(thingKey(thing), thing);
    return 0;
  }

  return {
    things: () => things,
    applyThings: (operations) => operations.map(obeyThing),
    refuse: (key, errno) => void refused.set(key, errno),
    takeThing: (key) => {
      const thing = things.get(key);
      if (thing === undefined) return;
      things.delete(key);
      const spot = spotOf(thing);
      if (spot !== undefined) tell({ kind: "things-shaken", spot });
    },
    links: () => [...links.values()],
    addresses: allTold,
    apply: (operations) => operations.map(obey),
    add: (address) => insert(address, false) === 0,
    remove: (address) => void take(address, promoting.has(address.ifindex), false),
    flush: (ifindex) => {
      for (const each of table.filter((one) => one.ifindex === ifindex)) {
        take(each, promoting.has(ifindex), false);
      }
    },
    promote: (ifindex, on) => void (on ? promoting.add(ifindex) : promoting.delete(ifindex)),
    setLink: (link) => {
      links.set(link.ifindex, link);
      tell({ kind: "link", link, removed: false });
      if (link.up) return;
      dropRoutes(({ nextHops }) => nextHops.some(({ device }) => device === link.ifindex));
      for (const each of table) {
        if (each.ifindex === link.ifindex && familyOf(each.address) === "inet6") {
          take(each, false, false);
        }
      }
    },
    removeLink: (ifindex) => {
      const link = links.get(ifindex);
      if (link === undefined) return;
      const down = { ...link, up: false, running: false };
      tell({ kind: "link", link: down, removed: false });
      const gone = table.filter((each) => each.ifindex === ifindex);
      table = table.filter((each) => each.ifindex !== ifindex);
      links.delete(ifindex);
      promoting.delete(ifindex);
      dropRoutes(({ nextHops }) => nextHops.some(({ device }) => device === ifindex));
      for (const each of gone) notify(each, true, false);
      tell({ kind: "link", link: down, removed: true });
    },
    forget: () => known.clear(),
    clear: () => {
      table = [];
      things.clear();
    },
  };
}

/** Interface and network, as the kernel sees it: by the other end of a point-to-point link. */
function subnetOf({ ifindex, address, peer, prefixLength }: Address): string {
  return `${ifindex} ${networkOf(peer ?? address, prefixLength)}/${prefixLength}`;
}
