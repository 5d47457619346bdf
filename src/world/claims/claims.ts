/**
 * What is ours in the kernel, said before it is put there: so a run after one that ended without a word knows what that has left, also
 * when the configuration does not name it any more. What nobody claimed is not ours.
 */

import { type Address, addressOf } from "../../kernel/address.ts";
import type { Changed } from "../../kernel/changed.ts";
import { type ServiceId, serviceKey } from "../../kernel/ipvs/ipvs.ts";
import type { NamedThing } from "../../vrrp/mod.ts";

/** An address by the name of its interface, whose number does not outlive it. */
export interface AddressClaim extends Pick<Address, "address" | "prefixLength" | "peer"> {
  readonly interface: string;
}

/** What one daemon may have put into the kernel. */
export interface Claims {
  /** Absent: none. */
  readonly things?: readonly NamedThing[];
  /** What belongs to services: tables of nftables, sync daemons. Absent: none. */
  readonly beside?: readonly NamedThing[];
  readonly addresses: readonly AddressClaim[];
  readonly services: readonly ServiceId[];
  /** Settings that are other than they were. Absent: none. Told when they are changed, and not known before. */
  readonly settings?: readonly Changed[];
}

/** Nothing. */
export const NO_CLAIMS: Claims = { addresses: [], services: [] };

/** Both, each once; of settings nothing. */
export function together(a: Claims, b: Claims): Claims {
  return {
    ...claimedThings("things", [...a.things ?? [], ...b.things ?? []]),
    ...claimedThings("beside", [...a.beside ?? [], ...b.beside ?? []]),
    addresses: [...byKey([...a.addresses, ...b.addresses], claimKey).values()],
    services: [...byKey([...a.services, ...b.services], serviceKey).values()],
  };
}

/** Things as a member of claims, each once; none without any. */
export function claimedThings(
  member: "things" | "beside",
  all: readonly NamedThing[],
): Pick<Claims, "things" | "beside"> {
  const once = [...byKey(all, thingClaimKey).values()];
  return once.length === 0 ? {} : { [member]: once };
}

/** Whether `all` has nothing that `others` have not. */
export function isCovered(all: Claims, others: Claims): boolean {
  const addresses = byKey(others.addresses, claimKey);
  const services = byKey(others.services, serviceKey);
  const things = byKey(others.things ?? [], thingClaimKey);
  const beside = byKey(others.beside ?? [], thingClaimKey);
  const settings = new Set(others.settings?.map((each) => JSON.stringify(each)));
  return (all.settings ?? []).every((each) => settings.has(JSON.stringify(each))) &&
    (all.beside ?? []).every((each) => beside.has(thingClaimKey(each))) &&
    (all.things ?? []).every((each) => things.has(thingClaimKey(each))) &&
    all.addresses.every((each) => addresses.has(claimKey(each))) &&
    all.services.every((each) => services.has(serviceKey(each)));
}

/** What identifies a claim, also as one of an interface's own. */
export function claimKey(claim: AddressClaim): string {
  return `${claim.interface} ${addressOf({ ...claim, ifindex: 0, scope: 0 })}`;
}

function thingClaimKey(claim: NamedThing): string {
  return JSON.stringify(claim);
}

function byKey<T>(list: readonly T[], key: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [key(one), one]));
}
