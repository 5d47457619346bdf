/** Which addresses the kernel should hold: of everything, or where something changed. */

import { type Address, addressKey } from "../../../kernel/address.ts";
import type { Ip } from "../../../net/mod.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../../config.ts";
import type { AddressPlace } from "../../effect.ts";
import type { VrrpState } from "../../fsm/state.ts";
import { type KernelFacts, linkAt } from "../../kernel_facts.ts";
import { ownAddressKeys } from "../../own_address.ts";
import { kernelAddress, kernelAddresses } from "../../virtual_address.ts";
import { linkAddresses } from "../../vmac.ts";
import { carriersOf } from "../directory.ts";
import type { VrrpPart } from "../part_state.ts";

/** Whether an instance in this state counts. */
type Counts = (kind: VrrpState["kind"]) => boolean;

const isMaster: Counts = (kind) => kind === "master";
const isAny: Counts = () => true;

/** Where it is asked about. */
type Where = "all" | readonly AddressPlace[];

/** Addresses by {@linkcode addressKey}. */
type ByKey = ReadonlyMap<string, Address>;

/** The addresses that should be installed now: those of masters, and the static ones. */
export function desiredAddresses(part: VrrpPart, where: Where = "all"): ByKey {
  return rested(part, addressesIn(part, where, isMaster));
}

/** Without those of which somebody else is taking something: what that means is decided when it is over. */
function rested({ resting }: VrrpPart, addresses: ByKey): ByKey {
  if (resting.size === 0) return addresses;
  const isTaken = (key: string, { ifindex }: Address) =>
    resting.get(ifindex)?.taken.has(key) === true;
  return new Map([...addresses].filter(([key, each]) => !isTaken(key, each)));
}

/** The addresses that could be ours, whatever the states: leftovers among them are removed. */
export function configuredAddresses(part: VrrpPart, where: Where = "all"): ByKey {
  return addressesIn(part, where, isAny);
}

/** Whether an address may be announced on an interface: a virtual one only by a master. */
export function mayAnnounce(part: VrrpPart, ifindex: number, address: Ip): boolean {
  const { kernel, directory, instances } = part;
  const carriers = carriersOf(directory, linkAt(kernel, ifindex)?.ifname ?? "", address);
  return carriers === undefined || carriers.some((at) => instances[at]?.state.kind === "master");
}

/** Keys of addresses that are an interface's own, though configured. */
export function untouchableAddresses(part: VrrpPart): ReadonlySet<string> {
  return ownAddressKeys(part.kernel);
}

/** Addresses of an instance that is master, by {@linkcode addressKey}. */
export function desiredAt(
  config: VrrpInstanceConfig,
  { byName, own }: KernelFacts,
): ReadonlyMap<string, Address> {
  const known = remembered.get(config);
  if (known?.byName === byName && known.own === own) return known.addresses;
  const addresses = new Map(
    kernelAddresses(config, { byName, own }).map((each) => [addressKey(each), each]),
  );
  remembered.set(config, { byName, own, addresses });
  return addresses;
}

/** By configuration, as long as links and own addresses are the same. */
const remembered = new WeakMap<VrrpInstanceConfig, Remembered>();

/** Addresses, and what they were made of. */
interface Remembered extends Pick<KernelFacts, "byName" | "own"> {
  readonly addresses: ReadonlyMap<string, Address>;
}

/**
 * Static addresses and those of links of instances, by {@linkcode addressKey}, as long as the part runs. Those of interfaces that are not
 * there are left out.
 */
export function staticsAt(part: VrrpPart): ReadonlyMap<string, Address> {
  const { phase, config, kernel, directory } = part;
  if (phase !== "running") return NONE;
  const statics = writtenStatics(config, kernel);
  if (directory.linked.length === 0) return statics;
  const found = new Map(statics);
  for (const at of directory.linked) {
    const each = config.instances[at];
    for (const address of each === undefined ? [] : linkAddresses(each, kernel)) {
      found.set(addressKey(address), address);
    }
  }
  return found;
}

function writtenStatics(config: VrrpConfig, kernel: KernelFacts): ReadonlyMap<string, Address> {
  if (config.staticAddresses.length === 0) return NONE;
  const { byName, own } = kernel;
  const known = rememberedStatics.get(config);
  if (known?.byName === byName && known.own === own) return known.addresses;
  const addresses = new Map(
    config.staticAddresses.flatMap((each) => kernelAddress(each, {}, { byName, own }) ?? [])
      .map((each) => [addressKey(each), each]),
  );
  rememberedStatics.set(config, { byName, own, addresses });
  return addresses;
}

const NONE: ReadonlyMap<string, Address> = new Map();

const rememberedStatics = new WeakMap<VrrpConfig, Remembered>();

function addressesIn(part: VrrpPart, where: Where, counts: Counts): ByKey {
  const statics = staticsAt(part);
  const found = new Map<string, Address>();
  if (where === "all") {
    addAll(found, statics);
    for (const { state, config } of part.instances) {
      if (counts(state.kind)) addAll(found, desiredAt(config, part.kernel));
    }
    return found;
  }
  for (const place of where) {
    if (place.address === undefined) addInterface(found, place.ifindex, { part, statics, counts });
    else addOne(found, place.address, { part, statics, counts });
  }
  return found;
}

/** What is looked through. */
interface Among {
  readonly part: VrrpPart;
  readonly statics: ByKey;
  readonly counts: Counts;
}

/** All addresses on an interface. */
function addInterface(
  found: Map<string, Address>,
  ifindex: number,
  { part: { kernel, directory, instances }, statics, counts }: Among,
): void {
  const ifname = linkAt(kernel, ifindex)?.ifname;
  if (ifname === undefined) return;
  const isThere = (each: Address) => each.ifindex === ifindex;
  addAll(found, statics, isThere);
  for (const at of directory.byDevice.get(ifname) ?? []) {
    const self = instances[at];
    if (self === undefined || !counts(self.state.kind)) continue;
    addAll(found, desiredAt(self.config, kernel), isThere);
  }
}

/** One address, if it is wanted. */
function addOne(
  found: Map<string, Address>,
  address: Address,
  { part: { kernel, directory, instances }, statics, counts }: Among,
): void {
  const ifname = linkAt(kernel, address.ifindex)?.ifname;
  if (ifname === undefined) return;
  const key = addressKey(address);
  let wanted = statics.get(key);
  for (const at of carriersOf(directory, ifname, address.address) ?? []) {
    const self = instances[at];
    if (self === undefined || !counts(self.state.kind)) continue;
    wanted = desiredAt(self.config, kernel).get(key) ?? wanted;
  }
  if (wanted !== undefined) found.set(key, wanted);
}

function addAll(
  found: Map<string, Address>,
  addresses: ByKey,
  counts: (address: Address) => boolean = () => true,
): void {
  for (const [key, address] of addresses) if (counts(address)) found.set(key, address);
}
