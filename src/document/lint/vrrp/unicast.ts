/** Unicast peers: none, oneself, or where strict mode forbids them. */

import { allValues, lastUse } from "../../../language/mod.ts";
import type { Ip } from "../../../net/ip.ts";
import { entriesOf } from "../instance.ts";
import { keywordMark, type LintRule, valueMark } from "../rule.ts";

/** RFC 9568 §5.1.1.2: adverts go to the group. */
export const unicastStrict: LintRule = {
  name: "unicast-strict",
  replaces: ["strict"],
  find: (input) =>
    input.instances.flatMap(({ name, bound, strict, peers }) => {
      const use = lastUse(bound.unicast_peer);
      if (use === undefined || !strict || peers.length === 0) return [];
      return [{
        at: keywordMark(use),
        severity: "warning",
        message: `Cannot be strict and unicast in ${name}: vrrp_strict knows multicast only`,
        hint: "remove vrrp_strict, or write strict_mode off in the instance",
      }];
    }),
};

/** keepalived then sends to the group, which the other node does not hear if it is unicast. */
export const unicastNoPeer: LintRule = {
  name: "unicast-no-peer",
  replaces: ["incomplete"],
  find: (input) =>
    input.instances.flatMap(({ name, bound, peers }) => {
      const use = lastUse<unknown>(bound.unicast_src_ip) ?? lastUse(bound.unicast_peer);
      const complete = allValues(bound.unicast_peer).every((list) => list.complete);
      if (use === undefined || peers.length > 0 || !complete) return [];
      return [{
        at: keywordMark(use),
        severity: "warning",
        message: `Cannot find a unicast peer in ${name}: adverts are multicast`,
        hint: "list the other nodes in unicast_peer",
      }];
    }),
};

/** A file copied from one node to the other keeps the first one's peers. */
export const unicastOwnPeer: LintRule = {
  name: "unicast-own-peer",
  find: (input) =>
    input.instances.flatMap(({ name, bound, peers }) => {
      const source = lastUse(bound.unicast_src_ip);
      return peers.flatMap((peer) => {
        const { address } = peer.value;
        const dev = input.addresses?.find((own) => own.address === address)?.interface;
        const why = address === source?.value
          ? "it is unicast_src_ip"
          : dev !== undefined
          ? `it is this host's address on ${dev}`
          : undefined;
        if (why === undefined) return [];
        return [{
          at: keywordMark(peer),
          severity: "warning",
          message: `Cannot have ${address} as peer of ${name}: ${why}`,
          hint: "list the other nodes only",
        }];
      });
    }),
};

/** A file copied from one node to the other keeps the first one's source: the instance then waits for it, and never runs. */
export const sourceNotHeld: LintRule = {
  name: "source-not-held",
  find: (input) => {
    const { addresses, root } = input;
    if (addresses === undefined) return [];
    const held = new Set<Ip>([
      ...addresses.map(({ address }) => address),
      ...input.instances.flatMap((self) => [...self.addresses, ...self.excluded])
        .map(({ value }) => value.address),
      ...entriesOf(root.static_ipaddress).map(({ value }) => value.address),
    ]);
    return input.instances.flatMap(({ name, bound, peers }) => {
      const use = lastUse(bound.unicast_src_ip) ?? lastUse(bound.mcast_src_ip);
      if (use === undefined || held.has(use.value)) return [];
      const isOther = peers.some((peer) =>
        addresses.some(({ address }) => address === peer.value.address)
      );
      return [{
        at: valueMark(use),
        severity: "warning",
        message: `Cannot send from ${use.value} in ${name}: no interface of this machine has it`,
        hint: isOther
          ? "its peer is this machine: it is the file of another node"
          : "write an address of this machine",
      }];
    });
  },
};
