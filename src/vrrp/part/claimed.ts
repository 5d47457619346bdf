/**
 * Split brain: somebody else announces an address of a master. Both of them hear that, also when neither hears the other's adverts. It
 * ends with the first advert that passes.
 */

import type { VrrpEvent } from "../event.ts";
import { remarkOn } from "../fsm/action.ts";
import { type Micros, SECOND } from "../../net/mod.ts";
import { meet, rivalNews } from "../fsm/rival.ts";
import type { MasterState } from "../fsm/state.ts";
import { count } from "../fsm/statistics.ts";
import { linkAt } from "../kernel_facts.ts";
import { carriersOf } from "./directory.ts";
import { replace, type Turn } from "./turn.ts";

/** Who was master before keeps the addresses, and answers for them, until it has seen this one announce itself. */
function handsOver({ handoverUntil }: MasterState, now: Micros): boolean {
  return handoverUntil !== undefined && now < handoverUntil;
}

/** Counts it, and says it once in a state. */
export function onClaimed(
  turn: Turn,
  { ifindex, address, mac }: Extract<VrrpEvent, { readonly kind: "claimed" }>,
): void {
  const { kernel, directory } = turn.part;
  const ifname = linkAt(kernel, ifindex)?.ifname ?? "";
  for (const at of carriersOf(directory, ifname, address) ?? []) {
    const self = turn.part.instances[at];
    if (self?.state.kind !== "master" || handsOver(self.state, turn.now)) continue;
    const said = self.said.has("claimed");
    const meeting = { peer: mac, by: "announcements", interval: SECOND } as const;
    const next = {
      ...self,
      state: meet(self.state, meeting, turn.now),
      statistics: count(self.statistics, "address_claimed"),
      said: said ? self.said : new Set([...self.said, "claimed"]),
    };
    replace(turn, at, next);
    // What was said in this state is why adverts could not be used.
    const unheard = self.said.size === 0;
    const remark = { kind: "claimed", address, mac, unheard } as const;
    if (!said) turn.wanted.push([next, remarkOn(next, remark)]);
    for (const action of rivalNews(self, next, turn.now)) turn.wanted.push([next, action]);
  }
}
