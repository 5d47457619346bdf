/** Two instances with one VRID on one interface. */

import { lastUse, lastValue } from "../../../language/mod.ts";
import { type Groups, isSameRouter, type RouterIdentity } from "../../../vrrp/router_identity.ts";
import type { InstanceView } from "../instance.ts";
import { type LintRule, valueMark } from "../rule.ts";

/**
 * A VRID names a virtual router on a link; each node then hears its own other instance as a rival.
 */
export const duplicateVrid: LintRule = {
  name: "duplicate-vrid",
  replaces: ["conflict"],
  find: (input) => {
    const all = input.instances;
    const { vrrpMcastGroup4: mcastGroup4, vrrpMcastGroup6: mcastGroup6 } = input.config.global;
    const groups = { mcastGroup4, mcastGroup6 };
    return all.flatMap((self, index) => {
      const use = lastUse(self.bound.virtual_router_id);
      const other = all.slice(0, index).find((earlier) => collide(self, earlier, groups));
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

function collide(a: InstanceView, b: InstanceView, groups: Groups): boolean {
  const [one, other] = [identityOf(a), identityOf(b)];
  return one !== undefined && other !== undefined && isSameRouter(one, other, groups);
}

/** As written, whether or not it can run. */
function identityOf(
  { bound, vrid, interface: ifname, family, peers }: InstanceView,
): RouterIdentity | undefined {
  if (vrid === undefined || ifname === undefined) return undefined;
  const unicastSrcIp = lastValue(bound.unicast_src_ip);
  const mcastSrcIp = lastValue(bound.mcast_src_ip);
  const mcastDstIp = lastValue(bound.mcast_dst_ip);
  return {
    interface: ifname,
    family,
    virtualRouterId: vrid,
    unicastPeers: peers.map(({ value }) => value),
    ...(unicastSrcIp !== undefined && { unicastSrcIp }),
    ...(mcastSrcIp !== undefined && { mcastSrcIp }),
    ...(mcastDstIp !== undefined && { mcastDstIp }),
  };
}
