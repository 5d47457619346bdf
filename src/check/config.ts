/** Checkers as configured, after inheritance from real server and virtual server. */

import type { BytePattern } from "../core/protocol.ts";
import type { ScriptCommand } from "../global/config.ts";
import type { Ip } from "../net/ip.ts";
import type { Micros } from "../net/micros.ts";
import type { Tracker } from "../track/tracker.ts";
import type { BodyPattern } from "./pattern.ts";
import type { Tls } from "./probe.ts";

/** Times and counts every checker has. */
export interface CheckerTiming {
  /** Time between checks of a server in service. */
  readonly delayLoop: Micros;
  /** Upper limit of the random delay of the first check; the shell draws it. */
  readonly warmup: Micros;
  /** Extra attempts before a check counts as failed, ≥ 0. */
  readonly retry: number;
  readonly delayBeforeRetry: Micros;
  /** Begins as failed until the first success. */
  readonly alpha: boolean;
  readonly logAllFailures: boolean;
  /** Checks in a row that must be good before a server that is down comes up, ≥ 2; absent: one. */
  readonly rise?: number;
  /** Checks in a row that must fail, each with its retries, before a server goes down, ≥ 2; absent: one. */
  readonly fall?: number;
  /** Each check but the first and retries is up to so much later than its moment, < `delayLoop`; absent: not at all. */
  readonly jitter?: Micros;
}

/** Where a checker connects. */
export interface ConnectOptions {
  readonly address: Ip;
  readonly port: number;
  readonly bindAddress?: Ip;
  readonly bindPort?: number;
  readonly bindInterface?: string;
  readonly fwmark?: number;
  /** Time for connecting, and then between any two pieces of what is sent and received. */
  readonly timeout: Micros;
}

/** One `url` of HTTP_GET. */
export interface UrlConfig {
  readonly path: string;
  /** Accepted status codes as inclusive ranges; default 200 to 299. */
  readonly statusCodes: readonly (readonly [number, number])[];
  /** MD5 of the body, 32 lower-case hexadecimal digits. */
  readonly digest?: string;
  /** Host header, from url, check, real server or virtual server. */
  readonly virtualhost?: string;
  readonly regex?: RegexConfig;
  /** Name sent in the TLS handshake. */
  readonly serverName?: string;
  /** TLS is ended by close_notify from both sides. */
  readonly tlsCompliant?: true;
}

/** What is looked for in a body. */
export interface RegexConfig {
  /** As written. */
  readonly written: string;
  readonly pattern: BodyPattern;
  /** It must not be there. */
  readonly noMatch: boolean;
  /** Where a match may start, bytes from the beginning of the body. */
  readonly minOffset: number;
  readonly maxOffset?: number;
}

export type TlsConfig = Tls;

/** Query types a DNS_CHECK knows. */
export const DNS_TYPES = [
  "A",
  "NS",
  "CNAME",
  "SOA",
  "MX",
  "TXT",
  "AAAA",
  "RRSIG",
  "DNSKEY",
] as const;

/** One of them. */
export type DnsType = typeof DNS_TYPES[number];

/** The reply a UDP_CHECK wants. */
export interface ReplyConfig {
  /** Bytes it begins with, of which the bits of the mask count; as far as both go. */
  readonly pattern?: BytePattern;
  /** Bytes, 0 to 65535. */
  readonly minLength: number;
  readonly maxLength: number;
}

/** One checker of one real server. */
export type CheckerConfig =
  | { readonly kind: "tcp"; readonly timing: CheckerTiming; readonly connect: ConnectOptions }
  | {
    readonly kind: "http";
    readonly timing: CheckerTiming;
    readonly connect: ConnectOptions;
    readonly httpProtocol: "1.0" | "1.0c" | "1.1";
    readonly urls: readonly UrlConfig[];
    /** Absent: in the clear. */
    readonly tls?: TlsConfig;
  }
  | {
    readonly kind: "smtp";
    readonly timing: CheckerTiming;
    readonly connect: ConnectOptions;
    /** Name said with HELO. */
    readonly heloName: string;
  }
  | {
    readonly kind: "dns";
    readonly timing: CheckerTiming;
    readonly connect: ConnectOptions;
    readonly type: DnsType;
    /** Domain asked for, `.` for the root; each label 1 to 63 bytes, together at most 254. */
    readonly name: string;
  }
  | {
    readonly kind: "udp";
    readonly timing: CheckerTiming;
    readonly connect: ConnectOptions;
    /** What is sent, hexadecimal, two digits a byte. */
    readonly payload: string;
    /** What must come back; absent: nothing need. */
    readonly reply?: ReplyConfig;
  }
  | { readonly kind: "ping"; readonly timing: CheckerTiming; readonly connect: ConnectOptions }
  | {
    readonly kind: "misc";
    readonly timing: CheckerTiming;
    readonly command: ScriptCommand;
    readonly timeout: Micros;
    /** Exit codes 2 to 255 set the weight to code − 2. */
    readonly dynamic: boolean;
  }
  | {
    readonly kind: "file";
    readonly timing: CheckerTiming;
    readonly tracker: Tracker;
    /** What its number is multiplied by and added to the weight; 0: a number other than 0 is bad. */
    readonly weight: number;
    readonly reverse: boolean;
  };
