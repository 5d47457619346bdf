/** Two instances with one VRID on one interface. */

import { lastUse } from "../../language/mod.ts";
import type { InstanceView } from "./instance.ts";
import { type LintRule, valueMark } from "./rule.ts";

/**
 * A VRID names a virtual router on a link; each node then hears its own other instance as a rival.
 */
export const duplicateVrid: LintRule = {
  name: "duplicate-vrid",
  replaces: ["conflict"],
  find: (input) => {
    const all = input.instances;
    return all.flatMap((self, index) => {
      const use = lastUse(self.bound.virtual_router_id);
      const other = all.slice(0, index).find((earlier) => collide(self, earlier));
      if (use === undefined || other === undefined) return [];
      return [{
        at: valueMark(use),
        severity: "warning",
        message:
          `Cannot use virtual_router_id ${self.vrid} for ${self.name}: ${other.name} has it on ${self.interface} already`,
        hint: `choose a number that is free on the link of ${self.interface}`,
      }];
    });
  },
};

/** Multicast instances hear each other; unicast ones do where they share a peer. */
function collide(a: InstanceView, b: InstanceView): boolean {
  if (a.vrid === undefined || a.vrid !== b.vrid || a.family !== b.family) return false;
  if (a.interface === undefined || a.interface !== b.interface) return false;
  if (a.peers.length === 0 || b.peers.length === 0) return a.peers.length === b.peers.length;
  const peers = new Set(a.peers.map(({ value }) => value.address));
  return b.peers.some(({ value }) => peers.has(value.address));
}
