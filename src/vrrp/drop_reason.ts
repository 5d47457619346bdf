/** Why a packet is not used. */

import type { Judgement } from "../core/protocol.ts";

/** Why a packet is not used: what the core found, but for the two that are no reason. Each has a counter, see `COUNTER_OF`. */
export type DropReason = Exclude<Judgement, "unjudged" | "admitted">;

/** Whether what the core found is such a reason. */
export function isDropReason(judgement: Judgement): judgement is DropReason {
  return judgement !== "unjudged" && judgement !== "admitted";
}
