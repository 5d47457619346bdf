/** What a configuration of virtual servers wants of the kernel beside them, and what of that a run after this one can know. */

import type { Thing } from "../../kernel/thing.ts";
import { markingTable, rewritingSettings, rewritingTable, syncDaemons } from "../../lvs/mod.ts";
import type { LvsConfig } from "../../lvs/config.ts";
import type { NamedThing } from "../../vrrp/mod.ts";

/** Everything, for a node that is master of the instance that decides, or not. */
export function besideServices(config: LvsConfig, isMaster: boolean): readonly Thing[] {
  const { timeouts } = config;
  const table = rewritingTable(config);
  const marks = markingTable(config);
  return [
    ...(marks === undefined ? [] : [{ kind: "nft" as const, value: marks }]),
    ...(table === undefined ? [] : [{ kind: "nft" as const, value: table }]),
    ...rewritingSettings(config).map((value) => ({ kind: "sysctl" as const, value })),
    ...syncDaemons(config, isMaster).map((value) => ({ kind: "sync-daemon" as const, value })),
    ...(timeouts === undefined ? [] : [{ kind: "ipvs-timeouts" as const, value: timeouts }]),
  ];
}

/** What a configuration may put into the kernel and is known by its name, whatever the states. */
export function namedLvsThings(config: LvsConfig): readonly NamedThing[] {
  const all = [true, false].flatMap((isMaster) => besideServices(config, isMaster));
  return all.flatMap((thing): readonly NamedThing[] => {
    if (thing.kind === "sync-daemon") return [thing];
    if (thing.kind !== "nft") return [];
    const { family, name } = thing.value;
    return [{ kind: "nft", value: { family, name } }];
  });
}
