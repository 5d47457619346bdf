/** What must be the same in the files of a pair, or must name the other one. */

import { lastUse, lastValue } from "../../language/mod.ts";
import type { Ip } from "../../net/ip.ts";
import { SECOND } from "../../net/micros.ts";
import type { Secret } from "../../net/secret.ts";
import { counterpartOf, type InstanceView, useOrBlock } from "./instance.ts";
import { type Found, keywordMark, type LintRule, valueMark } from "./rule.ts";

/** Both sides of one virtual router. */
interface Pair {
  readonly self: InstanceView;
  readonly other: InstanceView;
  /** File of the other. */
  readonly path: string;
}

/** The other node has no such virtual router: both become master. */
export const pairVrid: LintRule = {
  name: "pair-vrid",
  find: (input) => {
    const peers = input.peers.filter((peer) => !peer.damage.any) // else it may be what is refused
      .map((peer) => ({ path: peer.path, others: peer.instances }));
    return input.instances.flatMap((self) => {
      const use = lastUse(self.bound.virtual_router_id);
      if (use === undefined) return [];
      return peers.flatMap(({ path, others }): readonly Found[] => {
        if (counterpartOf(self, others) !== undefined) return [];
        const alike = others.find(({ name }) => name === self.name) ??
          others.find((other) => sharedAddress(self, other));
        return [{
          at: valueMark(use),
          severity: "warning",
          message: `Cannot find virtual_router_id ${self.vrid} of ${self.name} in ${path}${
            alike?.vrid === undefined ? "" : `: ${alike.name} there has ${alike.vrid}`
          }`,
          hint: "write the same virtual_router_id on every node",
        }];
      });
    });
  },
};

/** A v2 router drops v3 adverts and the other way round. */
export const pairVersion = pairRule("pair-version", ["version"], ({ self, other, path }) => {
  if (self.version === other.version) return undefined;
  return {
    at: valueMark(useOrBlock(self.bound.version, self.use)),
    severity: "warning",
    message: `Cannot talk VRRPv${self.version} in ${self.name}: ${path} has VRRPv${other.version}`,
    hint: "write the same version or vrrp_version on every node",
  };
});

/** RFC 3768 §5.3.7: a v2 backup discards adverts of another interval. v3 follows the master's. */
export const pairAdvertInt = pairRule(
  "pair-advert-int",
  ["advert_int"],
  ({ self, other, path }) => {
    if (self.advertInt === other.advertInt) return undefined;
    return {
      at: valueMark(useOrBlock(self.bound.advert_int, self.use)),
      severity: "warning",
      message: `Cannot agree on advert_int of ${self.name}: ${self.advertInt / SECOND} s here, ${
        other.advertInt / SECOND
      } s in ${path}`,
      hint: self.version === 2
        ? "VRRPv2 routers discard adverts of another interval"
        : "write the same advert_int on every node",
    };
  },
);

function passwordOf({ config }: Pick<InstanceView, "config">): Secret | undefined {
  const authentication = config?.authentication;
  return authentication?.kind === "hmac" ? undefined : authentication?.key;
}

/** Adverts of another password are discarded. Neither is told. */
export const pairAuth = pairRule(
  "pair-auth",
  ["authentication", "auth_type", "auth_pass"],
  ({ self, other, path }) => {
    const own = passwordOf(self);
    const theirs = passwordOf(other);
    if (self.config === undefined || other.config === undefined) return undefined;
    if (own === undefined && theirs === undefined) return undefined;
    if (own !== undefined && theirs !== undefined && own.equals(theirs)) return undefined;
    const block = lastUse(self.bound.authentication);
    const why = own === undefined
      ? `${path} has an auth_pass, this file has none`
      : theirs === undefined
      ? `${path} has no auth_pass`
      : `its auth_pass is not that of ${path}`;
    return {
      at: keywordMark(lastUse(block?.value.body.auth_pass) ?? block ?? self.use),
      severity: "warning",
      message: `Cannot authenticate ${self.name} with the other node: ${why}`,
      hint: "write the same authentication on every node",
    };
  },
);

/**
 * VRRP compares the lists of adverts (RFC 9568 §7.1); an address on one node only does not move.
 */
export const pairAddresses = pairRule(
  "pair-addresses",
  ["virtual_ipaddress"],
  ({ self, other, path }) => {
    const own = new Set(self.addresses.map(({ value }) => value.address));
    const theirs = new Set(other.addresses.map(({ value }) => value.address));
    const extra = self.addresses.find(({ value }) => !theirs.has(value.address));
    const missing = [...theirs].filter((address) => !own.has(address));
    if (extra === undefined && missing.length === 0) return undefined;
    const more = [...own].filter((address) => !theirs.has(address));
    const parts = [
      ...(more.length > 0 ? [`${someOf(more)} not in ${path}`] : []),
      ...(missing.length > 0 ? [`${someOf(missing)} only there`] : []),
    ];
    return {
      at: keywordMark(extra ?? useOrBlock(self.bound.virtual_ipaddress, self.use)),
      severity: "warning",
      message: `Cannot move all addresses of ${self.name}: ${parts.join(", ")}`,
      hint: "write the same virtual_ipaddress on every node, in the same order",
    };
  },
);

/** Then the higher address wins (RFC 9568 §6.4.3), which nobody chose. */
export const pairPriority = pairRule("pair-priority", ["priority"], ({ self, other, path }) => {
  if (self.priority !== other.priority) return undefined;
  return {
    at: valueMark(useOrBlock(self.bound.priority, self.use)),
    severity: "info",
    message:
      `Cannot say who is preferred in ${self.name}: ${path} has priority ${self.priority} too`,
    hint: "the node with the higher address wins",
  };
});

/** One side unicast and the other not, or a peer list without the other node. */
export const pairUnicast = pairRule(
  "pair-unicast",
  ["unicast_peer", "unicast_src_ip"],
  ({ self, other, path }) => {
    const here = self.peers.length > 0;
    const there = other.peers.length > 0;
    if (!here && !there) return undefined;
    const list = useOrBlock(self.bound.unicast_peer, self.use);
    if (here !== there) {
      return {
        at: keywordMark(list),
        severity: "warning",
        message: `Cannot hear each other in ${self.name}: adverts are ${cast(here)} here, ${
          cast(there)
        } in ${path}`,
        hint: "write unicast_peer on every node or on none",
      };
    }
    const source = lastValue(other.bound.unicast_src_ip);
    if (source === undefined || self.peers.some(({ value }) => value.address === source)) {
      return undefined;
    }
    return {
      at: keywordMark(list),
      severity: "warning",
      message: `Cannot find ${source} of ${path} among the unicast peers of ${self.name}`,
      hint: "list every other node",
    };
  },
);

/**
 * A rule about keywords of both sides; where one of them is refused there is nothing to compare.
 */
function pairRule(
  name: LintRule["name"],
  keywords: readonly string[],
  compare: (pair: Pair) => Found | undefined,
): LintRule {
  return {
    name,
    find: (input) => {
      const damage = input.damage;
      const own = input.instances.filter((self) => !damage.isRefused(self.use, keywords));
      return input.peers.flatMap((peer) => {
        const theirs = peer.damage;
        const others = peer.instances;
        return own.flatMap((self) => {
          const other = self.vrid === undefined ? undefined : counterpartOf(self, others);
          return other === undefined || theirs.isRefused(other.use, keywords)
            ? []
            : compare({ self, other, path: peer.path }) ?? [];
        });
      });
    },
  };
}

function sharedAddress(a: InstanceView, b: InstanceView): boolean {
  const own = new Set(a.addresses.map(({ value }) => value.address));
  return b.addresses.some(({ value }) => own.has(value.address));
}

function someOf(addresses: readonly Ip[]): string {
  const [first, second] = addresses;
  if (second === undefined) return `${first} is`;
  return addresses.length === 2
    ? `${first} and ${second} are`
    : `${first} and ${addresses.length - 1} more are`;
}

function cast(unicast: boolean): string {
  return unicast ? "unicast" : "multicast";
}
