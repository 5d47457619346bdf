/** Firewall rules of this host, as far as they decide about VRRP. */

export { type Blocked, blockedBy, type Chain, type Hook, type Packet } from "./ruleset.ts";
export { firewallOf } from "./together.ts";
