/** Virtual addresses as dumps and JSON show them. */

import { ADDRESS_FLAG } from "../kernel/address.ts";
import { familyOf } from "../net/ip.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "../vrrp/config.ts";
import { broadcastOf, deviceOf } from "../vrrp/virtual_address.ts";

/** `172.16.1.98/24 brd 172.16.1.255 dev eth0 scope global label eth0:1 set`; `set`: it is installed. */
export function addressText(
  virtual: VirtualAddress,
  of: { readonly config: Pick<VrrpInstanceConfig, "interface">; readonly isSet: boolean },
): string {
  const { address, prefixLength, peer, label, scope } = virtual;
  const broadcast = broadcastOf(virtual);
  const full = familyOf(address) === "inet" ? 32 : 128;
  return [
    prefixLength === full ? address : `${address}/${prefixLength}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    `dev ${deviceOf(virtual, of.config)}`,
    `scope ${scopeText(scope ?? (address.startsWith("127.") ? 254 : 0))}`,
    ...(label === undefined ? [] : [`label ${label}`]),
    ...(peer === undefined ? [] : [`peer ${peer}/${full}`]),
    ...flagWords(virtual),
    ...lifetimeWords(virtual),
    ...(virtual.noTrack ? ["no_track"] : []),
    ...(of.isSet ? ["set"] : []),
  ].join(" ");
}

/** Flags by the words that set them; `-nodad` where the kernel looks for duplicates. */
function flagWords({ address, flags = 0 }: VirtualAddress): readonly string[] {
  const has = (flag: number) => (flags & flag) !== 0;
  const detects = familyOf(address) === "inet6" && !has(ADDRESS_FLAG.nodad);
  const words = (["home", "mngtmpaddr", "noprefixroute", "autojoin"] as const)
    .filter((word) => has(ADDRESS_FLAG[word]));
  return [...(detects ? ["-nodad"] : []), ...words];
}

function lifetimeWords({ address, preferredLifetime }: VirtualAddress): readonly string[] {
  if (familyOf(address) === "inet") return [];
  return preferredLifetime === 0
    ? ["deprecated"]
    : [`preferred_lft ${preferredLifetime ?? "forever"}`];
}

/** Names of `RT_SCOPE_*` (`/etc/iproute2/rt_scopes`). */
export function scopeText(scope: number): string {
  return SCOPES[scope] ?? `${scope}`;
}

const SCOPES: Readonly<Record<number, string>> = {
  0: "global",
  200: "site",
  253: "link",
  254: "host",
  255: "nowhere",
};
