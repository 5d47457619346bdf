/**
 * What makes a host a real server of DR or tunnels, and an ordinary one again, as a function: the virtual addresses on the loopback
 * interface, unannounced, and what of that was there before. What was remembered is what is undone, no more and no less.
 */

import { familyOf, type Ip } from "../../src/net/ip.ts";

/** An address on an interface of this host. */
export interface Held {
  readonly address: Ip;
  readonly ifname: string;
  readonly prefixLength: number;
}

/** The host as it is. */
export interface HostState {
  readonly held: readonly Held[];
  /** Settings by path below `/proc/sys`; absent: this kernel, or this namespace, has none. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A setting this command has changed. */
export interface Changed {
  readonly path: string;
  readonly before: string;
  readonly set: string;
}

/** What this command has changed on this host, since it was started and in this network namespace. */
export interface Memory {
  /** Virtual addresses it was told to start, whoever put them there. */
  readonly started: readonly Ip[];
  /** Those of them that it added itself. */
  readonly added: readonly Ip[];
  readonly changed: readonly Changed[];
}

/** Nothing. */
export const NOTHING_CHANGED: Memory = { started: [], added: [], changed: [] };

/** One thing to do. */
export type Step =
  | { readonly kind: "set"; readonly path: string; readonly value: string }
  | { readonly kind: "add" | "delete"; readonly address: Ip };

/** What is to be done, and what is to be remembered before the first of it is done. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly memory: Memory;
  /** What is remarkable, for a person. */
  readonly remarks: readonly string[];
}

/** Where virtual addresses go. */
export const LOOPBACK = "lo";

/** A setting that must be one of some values, of which the first is set. */
interface Needed {
  readonly path: string;
  readonly values: readonly string[];
}

const ARP_KEYS = ["all", LOOPBACK] as const;

/**
 * `Documentation/networking/ip-sysctl.rst`: answer ARP for addresses of the interface it came by only (2: and of the sender's subnet; 8:
 * for none), and ask with an address of the interface it leaves by.
 */
const UNANNOUNCED: readonly Needed[] = ARP_KEYS.flatMap((each) => [
  { path: `net/ipv4/conf/${each}/arp_ignore`, values: ["1", "2", "8"] },
  { path: `net/ipv4/conf/${each}/arp_announce`, values: ["2"] },
]);

/** What comes out of a tunnel has a source that is reached by another interface: it must not be dropped for that. */
function unfiltered(tunnel: string): readonly Needed[] {
  return ["all", tunnel].map((each) => ({
    path: `net/ipv4/conf/${each}/rp_filter`,
    values: ["0"],
  }));
}

/** Settings a start looks at. IPv6 needs none: neighbours are told of addresses of their own link only. */
export function neededSettings(vips: readonly Ip[], tunnel: string | undefined): readonly string[] {
  return needed(vips, tunnel).map(({ path }) => path);
}

function needed(vips: readonly Ip[], tunnel: string | undefined): readonly Needed[] {
  if (!vips.some((vip) => familyOf(vip) === "inet")) return [];
  return [...UNANNOUNCED, ...(tunnel === undefined ? [] : unfiltered(tunnel))];
}

/** Makes this host a real server of these addresses; a text: why it cannot be. */
export function planStart(
  vips: readonly Ip[],
  tunnel: string | undefined,
  { host, memory }: { readonly host: HostState; readonly memory: Memory },
): Plan | string {
  for (const vip of vips) {
    const elsewhere = host.held.find((one) => one.address === vip && one.ifname !== LOOPBACK);
    if (elsewhere !== undefined) {
      return `Cannot start ${vip}: ${elsewhere.ifname} has it, and answers its neighbours; take it away there first`;
    }
  }
  const steps: Step[] = [];
  const changed = new Map(memory.changed.map((one) => [one.path, one] as const));
  // Before the address is there nobody may ask for it.
  for (const { path, values } of needed(vips, tunnel)) {
    const value = host.settings.get(path);
    const [set] = values;
    if (value === undefined || set === undefined) {
      return `Cannot read /proc/sys/${path}: there is no such setting here`;
    }
    if (values.includes(value)) continue;
    const known = changed.get(path);
    changed.set(path, { path, before: known?.before ?? value, set });
    steps.push({ kind: "set", path, value: set });
  }
  const added = new Set(memory.added);
  for (const vip of vips) {
    if (host.held.some((one) => one.address === vip)) continue;
    added.add(vip);
    steps.push({ kind: "add", address: vip });
  }
  const started = [...new Set([...memory.started, ...vips])];
  return {
    steps,
    memory: { started, added: [...added], changed: [...changed.values()] },
    remarks: [],
  };
}

/** Takes back what was changed for these addresses; absent: for all. Settings go with the last IPv4 address. */
export function planStop(
  vips: readonly Ip[] | undefined,
  { host, memory }: { readonly host: HostState; readonly memory: Memory },
): Plan {
  const going = vips ?? memory.started;
  const remarks: string[] = [];
  const steps: Step[] = [];
  for (const vip of going) {
    const here = host.held.some((one) => one.address === vip && one.ifname === LOOPBACK);
    if (memory.added.includes(vip)) {
      if (here) steps.push({ kind: "delete", address: vip });
    } else if (here) {
      const why = memory.started.includes(vip)
        ? "it was there before it was started"
        : "it was not started, or before the host was";
      remarks.push(`${vip} stays on ${LOOPBACK}: ${why}`);
    }
  }
  const left = (all: readonly Ip[]) => all.filter((vip) => !going.includes(vip));
  const started = left(memory.started);
  const needsArp = started.some((vip) => familyOf(vip) === "inet");
  for (const { path, before, set } of needsArp ? [] : memory.changed.toReversed()) {
    const value = host.settings.get(path);
    if (value === set) steps.push({ kind: "set", path, value: before });
    else if (value !== undefined && value !== before) {
      remarks.push(`/proc/sys/${path} stays ${value}: somebody has changed it since`);
    }
  }
  return {
    // The address goes before neighbours may ask for it again.
    steps,
    memory: { started, added: left(memory.added), changed: needsArp ? memory.changed : [] },
    remarks,
  };
}

/** How an address stands. */
export interface Standing {
  readonly address: Ip;
  /** Empty: it serves. */
  readonly faults: readonly string[];
}

/** How these addresses stand, or those that were started. */
export function standing(
  vips: readonly Ip[],
  tunnel: string | undefined,
  host: HostState,
): readonly Standing[] {
  return vips.map((address) => {
    const places = host.held.filter((one) => one.address === address);
    const elsewhere = places.find(({ ifname }) => ifname !== LOOPBACK);
    const settings = needed([address], tunnel).flatMap(({ path, values }) => {
      const value = host.settings.get(path);
      return value !== undefined && values.includes(value)
        ? []
        : [`${path.replaceAll("/", ".")} is ${value ?? "not there"}`];
    });
    return {
      address,
      faults: [
        ...(places.some(({ ifname }) => ifname === LOOPBACK) ? [] : [`not on ${LOOPBACK}`]),
        ...(elsewhere === undefined ? [] : [`${elsewhere.ifname} has it, and answers for it`]),
        ...settings,
      ],
    };
  });
}
