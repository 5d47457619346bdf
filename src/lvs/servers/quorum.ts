/** Quorum and hysteresis (wire.md §7). */

/** What decides. */
export interface QuorumRule {
  /** Live weight needed, ≥ 1. */
  readonly quorum: number;
  /** Margin for a change, 0 to quorum − 1. */
  readonly hysteresis: number;
}

/** Live weight at which a service without quorum gains it. */
export function gainAt({ quorum, hysteresis }: QuorumRule): number {
  return quorum + hysteresis;
}

/** Live weight below which a service with quorum loses it; at 0 it always does. */
export function loseBelow({ quorum, hysteresis }: QuorumRule): number {
  return Math.max(quorum - hysteresis, 1);
}

/** Whether there is quorum with `liveWeight`, given whether there was. */
export function hasQuorum(had: boolean, liveWeight: number, rule: QuorumRule): boolean {
  return liveWeight >= (had ? loseBelow(rule) : gainAt(rule));
}
