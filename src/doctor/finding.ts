/** One thing that is wrong with a host, or may be. */

/** What a finding is about; the word stays, so that programs can go by it. */
export type FindingKind =
  | "kernel-module"
  | "capability"
  | "open-files"
  | "locked-memory"
  | "real-time"
  | "clock-source"
  | "clock-unsynchronised"
  | "interface-missing"
  | "interface-down"
  | "interface-no-carrier"
  | "interface-no-multicast"
  | "interface-no-address"
  | "ipv6-off"
  | "forwarding-off"
  | "arp-ignore"
  | "rp-filter"
  | "dead-connections"
  | "firewall"
  | "firewall-unread"
  | "rival"
  | "interface-managed"
  | "address-taken"
  | "server-unreachable";

/** A finding. */
export interface Finding {
  readonly kind: FindingKind;
  /** `error`: it will not work. `warning`: it will not, in some case. */
  readonly level: "error" | "warning";
  /** What it is about: an instance, an interface, a module … */
  readonly of: string;
  /** What is so, one sentence without a full stop. */
  readonly what: string;
  /** What comes of it. */
  readonly means: string;
  /** Commands for root that mend it; empty: there is none that is right for everybody. */
  readonly mend: readonly string[];
}
