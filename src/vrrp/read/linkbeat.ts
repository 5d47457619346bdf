/** Interfaces whose drivers are asked for the carrier: `linkbeat_interfaces` and `linkbeat_use_polling`. */

import { allValues, type Bound, lastValue, type Table, type Use } from "../../language/mod.ts";
import type { Linkbeat, VrrpConfig } from "../config.ts";
import type { linkbeatInterfaces } from "./keywords.ts";
import type { BoundInstance } from "./subject.ts";

/** What of a file is about them. */
export interface LinkbeatBlocks {
  readonly linkbeat_use_polling?: readonly Use<true>[];
  readonly linkbeat_interfaces?: Bound<
    { readonly linkbeat_interfaces: typeof linkbeatInterfaces } & Table
  >["linkbeat_interfaces"];
}

const METHODS = { MII: "mii", ETHTOOL: "ethtool", IOCTL: "ioctl" } as const;

/** Each interface once, with the method that is written last. */
export function readLinkbeat(
  blocks: LinkbeatBlocks,
  instances: readonly BoundInstance[],
): VrrpConfig["linkbeat"] {
  const found = new Map<string, Linkbeat>();
  for (const { interface: own, linkbeat_use_polling: polling } of instances) {
    const ifname = lastValue(own);
    if (polling !== undefined && ifname !== undefined) found.set(ifname, { ifname });
  }
  for (const { value: { dev, method } } of entriesOf(blocks)) {
    const known = (["MII", "ETHTOOL", "IOCTL"] as const).find((each) => each === method);
    found.set(dev, {
      ifname: dev,
      ...(known !== undefined && { method: METHODS[known] }),
    });
  }
  return { interfaces: [...found.values()], all: blocks.linkbeat_use_polling !== undefined };
}

function entriesOf({ linkbeat_interfaces: lists }: LinkbeatBlocks) {
  return allValues(lists).flatMap(({ entries }) => entries);
}
