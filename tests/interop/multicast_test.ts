/** Ours and Debian's keepalived as one pair, by multicast, in both roles, VRRP versions 2 and 3. */

import { labTest } from "../lab/mod.ts";
import { type PairPlan, switchovers } from "./pair.ts";

for (const version of [2, 3] as const) {
  for (const master of ["holdfast", "keepalived"] as const) {
    const plan: PairPlan = { version, master, transport: "multicast" };
    const backup = master === "holdfast" ? "keepalived" : "holdfast";
    labTest(
      `pair by multicast, VRRPv${version}, ${master} master and ${backup} backup, one master at all times`,
      ["keepalived", "tcpdump", "tshark"],
      () => switchovers(plan),
    );
  }
}
