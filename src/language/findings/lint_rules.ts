/**
 * Rules beyond keepalived's own complaints: what it accepts and what still does not do what was meant. The
 * code that looks is in `document/lint/`; names are stable, people switch them off.
 */

/** What each rule looks for. */
export const LINT_RULES = {
  "master-nopreempt": "state MASTER with nopreempt, which needs state BACKUP",
  "unicast-strict": "Unicast peers with vrrp_strict, which knows multicast only",
  "duplicate-vrid": "A virtual_router_id used twice on one interface",
  "unicast-no-peer": "unicast_src_ip without a unicast_peer",
  "unicast-own-peer": "A node's own address among its unicast peers",
  "source-not-held": "A source of adverts that no interface of the machine has",
  "mixed-families": "IPv4 and IPv6 in one vrrp_instance",
  "weight-too-small": "A tracker's weight that cannot change who is master",
  "weight-nopreempt": "A tracker's weight where nopreempt keeps a weaker master",
  "slow-detection": "A script that needs longer to fail than users wait",
  "no-checker": "A real_server whose failure nobody notices",
  "quorum-too-high": "A quorum above the sum of the weights",
  "address-twice": "A virtual address in two instances, or static as well",
  "address-own": "A virtual address that is the interface's own, without priority 255",
  "address-prefix": "A virtual address with another prefix length than its network",
  "server-is-address": "A real or sorry server that is the virtual server itself",
  "address-off-link": "A virtual address outside every network of its interface",
  "address-nowhere":
    "An address served by a virtual_server that no interface and no instance holds",
  "dr-loopback": "Direct routing, where real servers must hold the virtual address themselves",
  "script-not-found": "A program that does not exist",
  "script-not-executable": "A program that cannot be run",
  "script-writable": "A program that others than root can change, run as root",
  "foreign-quotes": "Quotes of a word processor, which are letters here",
  "shell-substitution": "A value that only a shell would expand",
  "interface-alias": "An alias such as eth0:1 where an interface is wanted",
  "pair-vrid": "A virtual_router_id that the other node does not have",
  "pair-version": "VRRP versions that differ between the nodes",
  "pair-advert-int": "advert_int that differs between the nodes",
  "pair-auth": "Authentication that differs between the nodes",
  "pair-addresses": "Virtual addresses that differ between the nodes",
  "pair-priority": "The same priority on both nodes",
  "pair-unicast": "Unicast peers that do not name the other node",
  "unknown-rule": "A comment that switches off a rule that does not exist",
} as const;

/** A lint rule's name. */
export type LintRuleName = keyof typeof LINT_RULES;
