/** `keepalived.stats` (SIGUSR2): what the instances counted, in the layout that exporters parse. */

import type { Counter } from "../vrrp/mod.ts";
import type { InstanceStatus, Snapshot } from "./snapshot.ts";

/** The whole file; empty without instances. */
export function statsText({ instances }: Pick<Snapshot, "instances">): string {
  return instances.map(instanceText).join("");
}

function instanceText({ config, statistics }: InstanceStatus): string {
  const lines = LAYOUT.map(([text, counter]) =>
    counter === undefined ? text : `${text}: ${statistics[counter]}`
  );
  return [`VRRP Instance: ${config.name}`, ...lines].map((line) => `${line}\n`).join("");
}

/** Lines in order: a heading, or a name with its counter. As keepalived 2.2.7 writes them. */
const LAYOUT: readonly (readonly [string, Counter?])[] = [
  ["  Advertisements:"],
  ["    Received", "advert_rcvd"],
  ["    Sent", "advert_sent"],
  ["  Became master", "become_master"],
  ["  Released master", "release_master"],
  ["  Packet Errors:"],
  ["    Length", "packet_len_err"],
  ["    TTL", "ip_ttl_err"],
  ["    Invalid Type", "invalid_type_rcvd"],
  ["    Advertisement Interval", "advert_interval_err"],
  ["    Address List", "addr_list_err"],
  ["  Authentication Errors:"],
  ["    Invalid Type", "invalid_authtype"],
  ["    Type Mismatch", "authtype_mismatch"],
  ["    Failure", "auth_failure"],
  ["  Priority Zero:"],
  ["    Received", "pri_zero_rcvd"],
  ["    Sent", "pri_zero_sent"],
];
