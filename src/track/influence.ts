/** What following something does to an instance: a change of priority, or a fault. */

/** A tracked thing, up or down, and how it is followed. */
export interface Followed {
  /** Up: the script succeeds, the interface is up. */
  readonly up: boolean;
  /** −253 to 253; 0: down is a fault. */
  readonly weight: number;
  /** Swaps up and down. */
  readonly reverse: boolean;
}

/** What comes of it. */
export type Influence =
  | { readonly kind: "fault" }
  /** Added to the priority; 0 for nothing. */
  | { readonly kind: "weight"; readonly amount: number };

/** keepalived: a positive weight adds while up, a negative one subtracts while down. */
export function influenceOf({ up, weight, reverse }: Followed): Influence {
  const good = up !== reverse;
  if (weight === 0) return good ? { kind: "weight", amount: 0 } : { kind: "fault" };
  return { kind: "weight", amount: (weight > 0) === good ? weight : 0 };
}

/** Priority with all weights: an owner's never changes, others stay within 1 to 254. */
export function effectiveFrom(base: number, amounts: number): number {
  return base === 255 ? 255 : Math.max(1, Math.min(254, base + amounts));
}
