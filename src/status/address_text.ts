/** Virtual addresses as dumps and JSON show them. */

import { familyOf } from "../net/ip.ts";
import type { VirtualAddress, VrrpInstanceConfig } from "../vrrp/config.ts";
import { deviceOf } from "../vrrp/virtual_address.ts";

/** `172.16.1.98/24 brd 172.16.1.255 dev eth0 scope global label eth0:1 set`; `set`: it is installed. */
export function addressText(
  virtual: VirtualAddress,
  of: { readonly config: VrrpInstanceConfig; readonly isSet: boolean },
): string {
  const { address, prefixLength, broadcast, peer, label, scope } = virtual;
  const full = familyOf(address) === "inet" ? 32 : 128;
  return [
    prefixLength === full ? address : `${address}/${prefixLength}`,
    ...(peer === undefined ? [] : [`peer ${peer}`]),
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    `dev ${deviceOf(virtual, of.config)}`,
    `scope ${scopeText(scope ?? (address.startsWith("127.") ? 254 : 0))}`,
    ...(label === undefined ? [] : [`label ${label}`]),
    ...(of.isSet ? ["set"] : []),
  ].join(" ");
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
