/** Why a packet is not used. */

/** Reasons in keepalived's order of checks, by the names the core has for them. Each has a counter, see `COUNTER_OF`. */
export const DROP_REASONS = [
  "authentication-header",
  "length",
  "ttl",
  "version",
  "trailer-missing",
  "trailer-malformed",
  "trailer-stale",
  "trailer-unknown-key",
  "trailer-forged",
  "trailer-replayed",
  "auth-type",
  "auth-mismatch",
  "auth-failure",
  "interval",
  "type",
  "checksum",
  "destination",
  "owner",
  "unicast-source",
] as const;

/** Why a packet is not used. */
export type DropReason = (typeof DROP_REASONS)[number];

/** Whether a word of the core is such a reason. */
export function isDropReason(word: string): word is DropReason {
  return (DROP_REASONS as readonly string[]).includes(word);
}
