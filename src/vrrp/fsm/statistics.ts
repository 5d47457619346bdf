/** What is counted per instance, by the names of keepalived's JSON and then our own. */

import type { DropReason } from "../drop_reason.ts";

/** keepalived's counters, in the order of its JSON. */
export const KEEPALIVED_COUNTERS = [
  "advert_rcvd",
  "advert_sent",
  "become_master",
  "release_master",
  "packet_len_err",
  "advert_interval_err",
  "ip_ttl_err",
  "invalid_type_rcvd",
  "addr_list_err",
  "invalid_authtype",
  "authtype_mismatch",
  "auth_failure",
  "auth_ext_missing",
  "auth_ext_malformed",
  "auth_ext_unknown_key",
  "auth_ext_invalid_hmac",
  "auth_ext_stale",
  "auth_ext_replay",
  "pri_zero_rcvd",
  "pri_zero_sent",
] as const;

/** Counters for drops that keepalived has no number for. */
export const OWN_COUNTERS = [
  "version_err",
  "checksum_err",
  "destination_err",
  "owner_ignored",
  "unicast_src_err",
  "address_claimed",
] as const;

/** Name of a counter. */
export type Counter = (typeof KEEPALIVED_COUNTERS)[number] | (typeof OWN_COUNTERS)[number];

/** Values since the instance exists. */
export type Statistics = Readonly<Record<Counter, number>>;

/** Every reason for a drop has its counter. */
export const COUNTER_OF: Readonly<Record<DropReason, Counter>> = {
  "authentication-header": "invalid_authtype",
  "length": "packet_len_err",
  "ttl": "ip_ttl_err",
  "version": "version_err",
  "trailer-missing": "auth_ext_missing",
  "trailer-malformed": "auth_ext_malformed",
  "trailer-stale": "auth_ext_stale",
  "trailer-unknown-key": "auth_ext_unknown_key",
  "trailer-forged": "auth_ext_invalid_hmac",
  "trailer-replayed": "auth_ext_replay",
  "auth-type": "invalid_authtype",
  "auth-mismatch": "authtype_mismatch",
  "auth-failure": "auth_failure",
  "interval": "advert_interval_err",
  "type": "invalid_type_rcvd",
  "checksum": "checksum_err",
  "destination": "destination_err",
  "owner": "owner_ignored",
  "unicast-source": "unicast_src_err",
};

/** All zero. */
export const NO_STATISTICS: Statistics = Object.fromEntries(
  [...KEEPALIVED_COUNTERS, ...OWN_COUNTERS].map((name) => [name, 0]),
) as Record<Counter, number>;

/** Adds one to each of the counters named. */
export function count(statistics: Statistics, ...names: readonly Counter[]): Statistics {
  const next: Record<Counter, number> = { ...statistics };
  for (const name of names) next[name] += 1;
  return next;
}

/** Counters as another run has left them; names it does not know are passed over, and what it lacks is 0. */
export function statisticsFrom(counts: Readonly<Record<string, number>>): Statistics {
  const known = Object.keys(NO_STATISTICS) as Counter[];
  return Object.fromEntries(known.map((name) => [name, counts[name] ?? 0])) as Statistics;
}
