/** Addresses and this host's interfaces. */

import { lastValue, type Use } from "../../language/mod.ts";
import { familyOf, type Ip } from "../../net/ip.ts";
import type { VirtualAddress } from "../../vrrp/config.ts";
import { entriesOf } from "./instance.ts";
import {
  contains,
  type Found,
  keywordMark,
  type LintRule,
  type LintSubject,
  ownAddresses,
  valueMark,
} from "./rule.ts";
import { serversOf, type ServerView } from "./lvs/server.ts";

/**
 * An address without a network of its own on an interface whose networks do not hold it: a typing
 * error, or routed.
 */
export const addressOffLink: LintRule = {
  name: "address-off-link",
  find: (input) => {
    const addresses = ownAddresses(input);
    if (addresses === undefined) return [];
    return input.instances.flatMap((self) =>
      self.addresses.flatMap((use): readonly Found[] => {
        const { address, prefixLength, dev = self.interface } = use.value;
        const family = familyOf(address);
        if (prefixLength !== (family === "inet" ? 32 : 128) || dev === "lo") return [];
        const networks = addresses.filter((own) =>
          own.interface === dev && familyOf(own.address) === family
        );
        if (networks.length === 0) return [];
        if (networks.some((own) => contains(own.address, own.prefixLength, address))) return [];
        return [{
          at: keywordMark(use),
          severity: "info",
          message: `Cannot find ${address} of ${self.name} in a network of ${dev}: it has ${
            networks.map((own) => `${own.address}/${own.prefixLength}`).join(", ")
          }`,
          hint: "correct the address, or route it to these nodes",
        }];
      })
    );
  },
};

/**
 * An address with a prefix length that is not that of the network it is in: the kernel then makes a route to the wrong
 * network, and sends what is for other networks to this link.
 */
export const addressPrefix: LintRule = {
  name: "address-prefix",
  find: (input) => {
    const addresses = ownAddresses(input);
    if (addresses === undefined) return [];
    return input.instances.flatMap((self) =>
      [...self.addresses, ...self.excluded].flatMap((use): readonly Found[] => {
        const { address, prefixLength, dev = self.interface } = use.value;
        const family = familyOf(address);
        if (prefixLength === (family === "inet" ? 32 : 128)) return [];
        const networks = addresses.filter((own) =>
          own.interface === dev && familyOf(own.address) === family &&
          contains(own.address, own.prefixLength, address)
        );
        const [own] = networks;
        if (own === undefined) return [];
        if (networks.some((each) => each.prefixLength === prefixLength)) return [];
        return [{
          at: keywordMark(use),
          // A network within its own is odd, and does no harm to others.
          severity: prefixLength < own.prefixLength ? "warning" : "info",
          message:
            `Cannot be sure of ${address}/${prefixLength} in ${self.name}: ${dev} has ${own.address}/${own.prefixLength} there`,
          hint: `write ${address}/${own.prefixLength}, or ${address} alone`,
        }];
      })
    );
  },
};

/**
 * A virtual address that the interface has of itself, without the priority of its owner (RFC 9568 §1.6): the host answers for it
 * whoever is master, and the instance is refused. The first address of an interface is its own, virtual ones come behind it.
 */
export const addressOwn: LintRule = {
  name: "address-own",
  find: ({ addresses, instances }) => {
    if (addresses === undefined) return [];
    return instances.flatMap((self) =>
      [...self.addresses, ...self.excluded].flatMap((use): readonly Found[] => {
        const { address, dev = self.interface } = use.value;
        const family = familyOf(address);
        // On another interface it may be one that this daemon has brought to where there was none.
        if (self.priority === 255 || dev !== self.interface || family !== "inet") return [];
        const first = addresses.find((own) =>
          own.interface === dev && familyOf(own.address) === family
        );
        if (first?.address !== address) return [];
        return [{
          at: keywordMark(use),
          severity: "warning",
          message:
            `Cannot take ${address} as virtual in ${self.name}: it is the own address of ${dev}, and the priority is ${self.priority}`,
          hint: "take an address that no interface has, or priority 255 on the node that owns it",
        }];
      })
    );
  },
};

/** A service on an address that nobody brings here: connections to it end at another machine. */
export const addressNowhere: LintRule = {
  name: "address-nowhere",
  find: (input) => {
    const { addresses, root } = input;
    if (addresses === undefined) return [];
    // Whoever holds the address may be what is refused, or what lacks its addresses.
    if (input.damage.any || input.diagnostics.some(({ code }) => code === "incomplete")) return [];
    const held = new Set<Ip>([
      ...addresses.map(({ address }) => address),
      ...input.instances.flatMap((self) => [...self.addresses, ...self.excluded])
        .map(addressIn),
      ...entriesOf(root.static_ipaddress).map(addressIn),
    ]);
    return serversOf(root).flatMap((server) => {
      const lost = addressesOf(server, input).find((address) => !held.has(address));
      if (lost === undefined || raisedByScript(server, lost)) return [];
      return [{
        at: valueMark(server.use),
        severity: "warning",
        message:
          `Cannot find ${lost} of virtual_server ${server.label} on an interface: no vrrp_instance holds it, nor does this host`,
        hint: "write it into virtual_ipaddress, or add it to an interface",
      }];
    });
  },
};

function addressIn({ value }: Use<VirtualAddress>): Ip {
  return value.address;
}

function addressesOf({ header }: ServerView, { root }: LintSubject): readonly Ip[] {
  if (header.kind === "address") return [header.address];
  if (header.kind === "fwmark") return [];
  const group = root.virtual_server_group?.find(({ value }) => value.header === header.group);
  return (group?.value.entries ?? []).flatMap(({ value }) =>
    value.kind === "addresses" ? value.addresses : []
  );
}

/** `quorum_up "ip addr add 10.0.0.1/32 dev lo"` is a way to announce a service. */
function raisedByScript({ bound }: ServerView, address: Ip): boolean {
  const argv = lastValue(bound.quorum_up)?.argv ?? [];
  return argv.some((word) => word.includes(address));
}
