/** Which addresses the kernel should hold: of everything, or where something changed. */

import { type Address, addressKey } from "../../../kernel/address.ts";
import type { Ip } from "../../../net/mod.ts";
import type { VrrpConfig, VrrpInstanceConfig } from "../../config.ts";
import type { AddressPlace } from "../../effect.ts";
import type { VrrpState } from "../../fsm/state.ts";
import { type KernelFacts, linkAt } from "../../kernel_facts.ts";
import { ownAddressKeys } from "../../own_address.ts";
import { carrierKey, kernelAddress, kernelAddresses } from "../../virtual_address.ts";
import { linkAddresses } from "../../vmac.ts";
import type { VrrpPart } from "../part_state.ts";

/** Whether an instance in this state counts. */
type Counts = (kind: VrrpState["kind"]) => boolean;

const isMaster: Counts = (kind) => kind === "master";
const isAny: Counts = () => true;

/** All addresses that should be installed now: those of masters, and the static ones. */
export function desiredAddresses(part: VrrpPart): readonly Address[] {
  return rested(part, addressesOf(part, isMaster));
}

/** Without those of which somebody else is taking something: what that means is decided when it is over. */
function rested({ resting }: VrrpPart, addresses: readonly Address[]): readonly Address[] {
  if (resting.size === 0) return addresses;
  return addresses.filter((each) =>
    resting.get(each.ifindex)?.taken.has(addressKey(each)) !== true
  );
}

/** All addresses that could be ours, whatever the states: leftovers among them are removed. */
export function configuredAddresses(part: VrrpPart): readonly Address[] {
  return addressesOf(part, isAny);
}

/** Those of {@linkcode desiredAddresses} in some places, each once. */
export function desiredAmong(
  part: VrrpPart,
  places: readonly AddressPlace[],
): readonly Address[] {
  return rested(part, addressesAmong(part, places, isMaster));
}

/** Those of {@linkcode configuredAddresses} in some places, each once. */
export function configuredAmong(
  part: VrrpPart,
  places: readonly AddressPlace[],
): readonly Address[] {
  return addressesAmong(part, places, isAny);
}

/** Whether an address may be announced on an interface: a virtual one only by a master. */
export function mayAnnounce(part: VrrpPart, ifindex: number, address: Ip): boolean {
  const { kernel, directory, instances } = part;
  const key = carrierKey(linkAt(kernel, ifindex)?.ifname ?? "", address);
  const carriers = directory.carriers.get(key);
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

function addressesOf(part: VrrpPart, counts: Counts): readonly Address[] {
  const found = new Map(staticsAt(part));
  for (const { state, config } of part.instances) {
    if (!counts(state.kind)) continue;
    for (const [key, address] of desiredAt(config, part.kernel)) found.set(key, address);
  }
  return [...found.values()];
}

/** Static addresses in a place. */
function staticsIn(
  part: VrrpPart,
  { ifindex, address }: AddressPlace,
): readonly (readonly [string, Address])[] {
  const all = staticsAt(part);
  if (address === undefined) return [...all].filter(([, each]) => each.ifindex === ifindex);
  const key = addressKey(address);
  const wanted = all.get(key);
  return wanted === undefined ? [] : [[key, wanted]];
}

function addressesAmong(
  part: VrrpPart,
  places: readonly AddressPlace[],
  counts: Counts,
): readonly Address[] {
  const { kernel, directory, instances } = part;
  const found = new Map<string, Address>();
  for (const place of places) {
    const { ifindex, address } = place;
    const ifname = linkAt(kernel, ifindex)?.ifname;
    if (ifname === undefined) continue;
    for (const [key, each] of staticsIn(part, place)) found.set(key, each);
    const concerned = address === undefined
      ? directory.byDevice.get(ifname)
      : directory.carriers.get(carrierKey(ifname, address.address));
    for (const at of concerned ?? []) {
      const self = instances[at];
      if (self === undefined || !counts(self.state.kind)) continue;
      const all = desiredAt(self.config, kernel);
      if (address !== undefined) {
        const key = addressKey(address);
        const wanted = all.get(key);
        if (wanted !== undefined) found.set(key, wanted);
        continue;
      }
      for (const [key, each] of all) if (each.ifindex === ifindex) found.set(key, each);
    }
  }
  return [...found.values()];
}
